"""Laboratories and pictures for the property tests, in Python and in the browser."""

from hypothesis import strategies as st

from cnnviz.kernel_specs import KernelLab, KernelStep

weights = st.one_of(st.sampled_from([0.0, 1.0, -1.0]), st.floats(-4, 4, width=32, allow_subnormal=False))


def kernels(height, width):
    return st.lists(st.lists(weights, min_size=width, max_size=width), min_size=height, max_size=height)


@st.composite
def kernel_steps(draw, kind="kernel"):
    height, width = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    mode = draw(st.sampled_from(["zeros", "reflect", "replicate", "circular", "none", "same"]))
    stride = (1, 1) if mode == "same" else draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    return KernelStep(
        kind=kind,
        kernel=tuple(map(tuple, draw(kernels(height, width)))),
        second=tuple(map(tuple, draw(kernels(height, width)))) if kind == "magnitude" else (),
        bias=draw(weights) if kind == "kernel" else 0.0,
        stride=stride,
        padding=draw(st.tuples(st.integers(0, 4), st.integers(0, 4))),
        mode=mode,
        dilation=draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
    )


pools = st.builds(
    KernelStep,
    kind=st.sampled_from(["max_pool", "avg_pool"]),
    size=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
any_step = st.one_of(
    kernel_steps(), kernel_steps(), kernel_steps("magnitude"), pools,
    st.sampled_from([KernelStep(kind="relu"), KernelStep(kind="abs")]),
)  # fmt: skip


@st.composite
def labs(draw):
    first = draw(st.one_of(kernel_steps(), kernel_steps(), any_step))
    more = draw(st.lists(any_step, max_size=3))
    return KernelLab((first, *more), draw(st.sampled_from(["each", "sum", "grey"])))


@st.composite
def pictures(draw):
    """(height, width, channels, seed)"""
    return (
        draw(st.integers(1, 14)), draw(st.integers(1, 14)),
        draw(st.sampled_from([1, 3, 3])), draw(st.integers(0, 9999)),
    )  # fmt: skip

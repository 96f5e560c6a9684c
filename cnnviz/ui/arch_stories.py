"""What the tutorials hide: three stories, each with a switch, a sentence and the number that moves."""

import pandas as pd
import streamlit as st

from cnnviz.charts.count_curves import count_curves_chart
from cnnviz.charts.param_bars import param_bars_chart
from cnnviz.ui import cache, state
from cnnviz.ui.look import colours

DEEP, SHAPE, MOST_BLOCKS = "cifar_res_deep", (3, 32, 32), 100
WAFER, WAFER_SHAPE = "wafer_cnn", (3, 53, 52)
VGG, VGG_SHAPE = "colour_vgg", (3, 28, 28)
SHARED, OWN = "one block, shared", "a block each"
KINDS = {"convolutions": "Conv2d", "batch norm": "BatchNorm", "linear layers": "Linear"}


def section() -> None:
    """The three stories, one under the other."""
    _shared_blocks()
    st.divider()
    left, right = st.columns(2, gap="large")
    with left:
        _idle_dropout()
    with right:
        _counted()


def deep_params(num_blocks: int, shared: bool) -> int:
    """Parameters of the residual network with so many blocks."""
    options = (("n", 32), ("num_blocks", num_blocks), ("shared", shared), ("hidden", 32))
    return cache.num_params(DEEP, options, 2, SHAPE)


def _shared_blocks() -> None:
    controls, picture = st.columns([3, 8], gap="medium")
    with controls:
        st.markdown("##### S1 · A hundred blocks that are one")
        depth = st.slider("Residual blocks", 1, MOST_BLOCKS, 10, key=state.STORY_DEPTH, bind="query-params")
        shared = st.toggle("Shared weights, as the tutorial has it", value=True, key=state.STORY_SHARED,
                           bind="query-params")  # fmt: skip
        now = deep_params(depth, bool(shared))
        st.metric("Parameters", f"{now:,}")
        st.markdown(
            "`n_blocks * [ResBlock(n)]` makes a list of one block, repeated: the depth grows, the parameters stay at "
            "75,810." if shared else f"Each of the {depth} blocks has weights of its own: "
            f"{now - deep_params(depth, True):,} parameters more than with one block for all."
        )  # fmt: skip
    with picture:
        rows = _depth_rows()
        st.altair_chart(
            count_curves_chart(rows, (OWN, SHARED), "Residual blocks", "Parameters", depth, colours(), height=250),
            key="story-depth", alt="Parameters over depth, with shared and with own blocks",
        )  # fmt: skip


def _depth_rows() -> pd.DataFrame:
    """Counts are linear in depth, so two nets give all of them; a test builds some in between."""
    step = deep_params(2, False) - deep_params(1, False)
    first = deep_params(1, False)
    rows = []
    for depth in range(1, MOST_BLOCKS + 1):
        rows += [(depth, deep_params(1, True), SHARED), (depth, first + (depth - 1) * step, OWN)]
    return pd.DataFrame(rows, columns=["x", "count", "name"])


def _idle_dropout() -> None:
    st.markdown("##### S4 · A dropout that never runs")
    runs = st.toggle("Let forward use it", key=state.STORY_DROPOUT, bind="query-params")
    options = (("dropout", 0.2), ("dropout_runs", bool(runs)))
    unused = cache.network_summary(WAFER, options, 9, WAFER_SHAPE, WAFER_SHAPE).graph.unused
    apart = twice_apart(bool(runs))
    with st.container(horizontal=True):
        st.metric("Modules declared and never called", len(unused), width=260,
                  help=", ".join(f"{each.path}: {each.label}" for each in unused) or "none")  # fmt: skip
        st.metric("Largest difference of two passes", f"{apart:.4g}", width=260,
                  help="The same 8 images through the network twice, in training mode.")  # fmt: skip
    st.markdown(
        "Now forward calls it before the last layer, and it draws anew: the same batch gives other logits each time."
        if runs else
        "`self.dropout = nn.Dropout(0.2)` stands in the constructor, and forward never calls it. In training mode the "
        "same batch gives the same logits, to the last bit."
    )  # fmt: skip


def twice_apart(runs: bool) -> float:
    """The largest difference between the logits of two passes of one batch in training mode."""
    return cache.two_passes_apart(WAFER, (("dropout", 0.2), ("dropout_runs", runs)), WAFER_SHAPE)


def counted() -> dict[str, int]:
    """Parameters of the small VGG by kind of layer."""
    options = (("keep_prob", 0.85),)
    graph = cache.network_summary(VGG, options, 10, VGG_SHAPE, VGG_SHAPE).graph
    return {name: sum(op.new_params for op in graph.ops if op.label.startswith(start)) for name, start in KINDS.items()}


def _counted() -> None:
    st.markdown("##### S5 · 287,008 or 1,251,658?")
    counts = counted()
    picked = st.pills("Count", list(KINDS), selection_mode="multi", default=["convolutions"], key=state.STORY_COUNT)
    st.metric("Parameters counted", f"{sum(counts[name] for name in picked):,}", help="Of 1,251,658 in all.")
    shown = {"convolutions": "convolution", "batch norm": "other", "linear layers": "linear"}
    rows = pd.DataFrame(
        [(name, shown[name] if name in picked else "other", count) for name, count in counts.items()],
        columns=["layer", "kind", "params"],
    )
    st.altair_chart(param_bars_chart(rows, colours()), key="story-counted", alt="Parameters by kind of layer")
    st.markdown(
        f"The tutorial reports {counts['convolutions']:,}: the six convolutions alone. Batch norm and the linear "
        f"layers bring it to {sum(counts.values()):,}, and it is the latter that weigh most."
    )

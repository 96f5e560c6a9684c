import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.errors import ShapeError, SpecError
from cnnviz.kernel_links import from_json, from_params, to_json, to_params
from cnnviz.kernel_specs import KernelLab, KernelStep
from tests.kernel_lab_strategies import labs


@settings(max_examples=150, deadline=None)
@given(labs())
def test_links_and_files_bring_back_the_same(lab):
    assert from_params(to_params(lab)) == (lab, [])
    assert from_json(to_json(lab).encode(), KernelLab()) == lab
    assert KernelLab.from_dict(json.loads(json.dumps(lab.to_dict()))) == lab


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["step1", "step2", "channels", "show", "x"]), st.text(max_size=40)))
def test_nonsense_in_a_link_is_told_and_left_out(params):
    lab, _ = from_params(params)
    assert lab.steps


@pytest.mark.parametrize(
    "text",
    ["kernel:abc", "kernel:nan", "kernel:1e30", "kernel:inf", "kernel:1,2;3", "kernel:",
     "sobel:1", "kernel:1:stride=0",
     "kernel:1:padding=x", "kernel:1:padding=1,2,3", "kernel:1:mode=mirror", "kernel:1:mode=same:stride=2",
     "magnitude:1,2:second=1", "kernel:1:stride=1.5",
     "kernel:" + ",".join("1" * 12), "kernel:1:dilation=1e400"],
)  # fmt: skip
def test_what_a_link_gets_wrong(text):
    lab, problems = from_params({"step1": text})
    assert lab == KernelLab()
    assert len(problems) == 1 and problems[0].message.startswith("step1 of the link") and problems[0].hint


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[[1, 2], [3]]", b"[[NaN]]", b"[[1e30]]", b'[["a"]]', b"[]", b"[[]]",
     b"7", b'{"kernel": null}',
     b'{"steps": []}', b'{"steps": 3}', b'{"steps": [3]}', b'{"steps": [{"kind": "kernel"}]}',
     b"\xff\xfe", b"[" * 100000,
     b'{"steps": [{"kind": "kernel", "kernel": [[1]], "stride": [1, "x"]}]}', b"[[true]]",
     b"[[1" + b"0" * 400 + b"]]", b"[[1" + b"0" * 5000 + b"]]",
     b'{"steps": [{"kind": "kernel", "kernel": [[1]], "stride": 1' + b"0" * 400 + b"}]}"],
)  # fmt: skip
def test_bad_files(data):
    with pytest.raises(SpecError) as caught:
        from_json(data, KernelLab())
    assert caught.value.hint


def test_a_file_with_only_a_kernel():
    lab = from_json(b"[[0, 1], [2, 3]]", KernelLab(channels="grey"))
    assert lab.steps[0].kernel == ((0, 1), (2, 3)) and lab.channels == "grey"
    assert from_json(b'{"kernel": [[1]]}', KernelLab()).steps[0].kernel == ((1,),)


@pytest.mark.parametrize(
    ("step", "size", "field"),
    [
        ({"kernel": ((1,) * 5,) * 5}, (3, 3), "kernel"),
        ({"kernel": ((1, 1),), "dilation": (1, 9)}, (8, 8), "kernel"),
        ({"kernel": ((1,),), "stride": (9, 9)}, (4, 4), "stride"),
        ({"kernel": ((1,) * 3,) * 3, "padding": (4, 4), "mode": "reflect"}, (4, 4), "padding"),
        ({"kernel": ((1,) * 3,) * 3, "padding": (1, 1), "mode": "reflect"}, (1, 1), "padding"),
        ({"kind": "max_pool", "size": (2, 2), "stride": (2, 2)}, (1, 1), "size"),
    ],
)
def test_what_does_not_fit_the_picture(step, size, field):
    with pytest.raises(ShapeError) as caught:
        KernelStep(**step).output_size(*size)
    assert caught.value.field == field and str(size[0]) in caught.value.message

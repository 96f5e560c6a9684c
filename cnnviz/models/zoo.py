"""The networks of the five tutorials: where each class is, what it takes, what may be changed about it."""

from cnnviz.models.entry import ModelEntry, OptionSpec

_WIDTH = "Channels of the first convolution."
_HIDDEN = OptionSpec(default=32, low=1, high=4096, about="Units of the hidden linear layer.")
_S3_OPTIONS = {
    "h": OptionSpec(
        default=8, low=1, high=256, about="Channels of the first convolution; the second has twice as many."
    ),
    "hidden": OptionSpec(default=100, low=1, high=4096, about="Units of the hidden linear layer."),
}


def _n(default: int) -> OptionSpec:
    return OptionSpec(default=default, low=2, high=512, about=_WIDTH)


def _share(default: float) -> OptionSpec:
    return OptionSpec(default=default, low=0.0, high=0.95, about="Share of units switched off at each training step.")


def _s1(name: str, title: str, location: str, options: dict[str, OptionSpec], min_size: int = 4) -> ModelEntry:
    return ModelEntry(
        name=f"cifar_{name}",
        title=f"Birds and airplanes: {title}",
        system="S1",
        location=f"cnnviz.models.{location}",
        input_shape=(3, 32, 32),
        num_classes=2,
        options={**options, "hidden": _HIDDEN},
        min_size=min_size,
    )


def _s3(
    name: str, title: str, kind: str, options: dict[str, OptionSpec] | None = None, any_size: bool = False
) -> ModelEntry:
    return ModelEntry(
        name=name,
        title=title,
        system="S3",
        location=f"cnnviz.models.overfitting:{kind}",
        input_shape=(1, 28, 28),
        options={**_S3_OPTIONS, **(options or {})},
        min_size=4,
        any_size=any_size,
    )


_CIFAR = (
    _s1("baseline", "baseline", "cifar_plain:CifarBaseline", {"n": _n(16)}),
    _s1("width", "width", "cifar_plain:CifarBaseline", {"n": _n(32)}),
    _s1("dropout", "dropout", "cifar_plain:CifarDropout", {"n": _n(32), "dropout": _share(0.4)}),
    _s1("batch_norm", "batch norm", "cifar_plain:CifarBatchNorm", {"n": _n(32)}),
    _s1("depth", "depth", "cifar_plain:CifarDepth", {"n": _n(32)}, min_size=8),
    _s1("res", "a skip connection", "cifar_residual:CifarRes", {"n": _n(32)}, min_size=8),
    _s1(
        "res_deep",
        "residual blocks",
        "cifar_residual:CifarResDeep",
        {
            "n": _n(32),
            "num_blocks": OptionSpec(default=10, low=1, high=200, about="Residual blocks, one after the other."),
            "shared": OptionSpec(default=True, about="One set of weights for all blocks, as the tutorial has it."),
        },
    ),
)
_DIGITS = (
    ModelEntry(
        name="lenet",
        title="LeNet",
        system="S2",
        location="cnnviz.models.lenet:LeNet",
        input_shape=(1, 28, 28),
        options={"dropout": _share(0.5)},
        min_size=16,
    ),
    _s3("overfit_cnn", "Over-fitting CNN", "OverfitCNN", {"dropout": _share(0.1)}),
    _s3("fc_cnn", "CNN with a fully connected head", "FullyConnectedCNN"),
    _s3("gap_cnn", "CNN with global average pooling", "GapCNN", any_size=True),
)
_COLOUR = (
    ModelEntry(
        name="wafer_cnn",
        title="Wafer-map CNN",
        system="S4",
        location="cnnviz.models.wafer:WaferCNN",
        input_shape=(3, 53, 52),
        num_classes=9,
        options={
            "dropout": _share(0.2),
            "dropout_runs": OptionSpec(default=False, about="The tutorial declares its dropout and never uses it."),
        },
        any_size=True,
    ),
    ModelEntry(
        name="colour_vgg",
        title="Small VGG",
        system="S5",
        location="cnnviz.models.colour_vgg:ColourVGG",
        input_shape=(3, 28, 28),
        options={
            "keep_prob": OptionSpec(default=0.85, low=0.05, high=1.0, about="Share of hidden units that dropout keeps.")
        },
        min_size=21,
    ),
)
ZOO = (*_CIFAR, *_DIGITS, *_COLOUR)

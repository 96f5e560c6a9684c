"""torchvision's classification models by name, so that listing them does not import torch. A test holds the list."""

from cnnviz.models.entry import ModelEntry

PREFIX = "torchvision:"
SIDE = 224
# Name: the smallest side of images that it takes; 0 for those that take their own size alone.
MIN_SIZES = {
    "alexnet": 63,
    **dict.fromkeys(("convnext_base", "convnext_large", "convnext_small", "convnext_tiny"), 32),
    **dict.fromkeys(("densenet121", "densenet161", "densenet169", "densenet201"), 29),
    **dict.fromkeys((f"efficientnet_b{size}" for size in range(8)), 1),
    **dict.fromkeys(("efficientnet_v2_l", "efficientnet_v2_m", "efficientnet_v2_s"), 1),
    "googlenet": 15,
    "inception_v3": 75,
    "maxvit_t": 0,
    **dict.fromkeys(("mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3"), 1),
    **dict.fromkeys(("mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small"), 1),
    **dict.fromkeys((f"regnet_x_{size}" for size in ("16gf", "1_6gf", "32gf", "3_2gf", "400mf", "800mf", "8gf")), 1),
    **dict.fromkeys(
        (f"regnet_y_{size}" for size in ("128gf", "16gf", "1_6gf", "32gf", "3_2gf", "400mf", "800mf", "8gf")), 1
    ),
    **dict.fromkeys(("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"), 1),
    **dict.fromkeys(("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"), 1),
    **dict.fromkeys((f"shufflenet_v2_x{size}" for size in ("0_5", "1_0", "1_5", "2_0")), 1),
    "squeezenet1_0": 21,
    "squeezenet1_1": 17,
    **dict.fromkeys(("swin_b", "swin_s", "swin_t", "swin_v2_b", "swin_v2_s", "swin_v2_t"), 4),
    **dict.fromkeys((f"vgg{size}{norm}" for size in (11, 13, 16, 19) for norm in ("", "_bn")), 32),
    **dict.fromkeys(("vit_b_16", "vit_b_32", "vit_h_14", "vit_l_16", "vit_l_32"), 0),
    **dict.fromkeys(("wide_resnet50_2", "wide_resnet101_2"), 1),
}
# The heads that only help training are left off: with them, forward returns several results in training mode.
ARGUMENTS = {name: {"aux_logits": False, "init_weights": True} for name in ("googlenet", "inception_v3")}


def _entry(name: str, min_size: int) -> ModelEntry:
    return ModelEntry(
        name=f"{PREFIX}{name}",
        title=name,
        system="",
        location="torchvision.models",
        group="torchvision",
        input_shape=(3, SIDE, SIDE),
        in_channels=3,
        num_classes=1000,
        min_size=min_size or SIDE,
        any_size=min_size > 0,
        fixed_shape=min_size == 0,
    )


TORCHVISION = {f"{PREFIX}{name}": _entry(name, MIN_SIZES[name]) for name in sorted(MIN_SIZES)}

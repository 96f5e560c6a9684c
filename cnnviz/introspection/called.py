"""Counting what a network's modules own and how often they are called; reading shapes off results."""

from torch import Tensor, nn

from cnnviz.introspection.graph import Shape, Unused


class Counted:
    """Parameters already met, calls of each module."""

    def __init__(self) -> None:
        self.met: set[int] = set()
        self.calls: dict[int, int] = {}

    def params(self, found: list[nn.Parameter]) -> tuple[int, int]:
        """Of these parameters: how many numbers, and how many of them are new."""
        own = {id(each): each.numel() for each in found}
        new = sum(size for key, size in own.items() if key not in self.met)
        self.met |= own.keys()
        return sum(own.values()), new

    def call(self, module: nn.Module) -> int:
        """The how-manieth call of the module this is."""
        self.calls[id(module)] = self.calls.get(id(module), 0) + 1
        return self.calls[id(module)]


def unused(copy: nn.Module, used: set[int]) -> tuple[Unused, ...]:
    """Modules without children that nobody called, nor any module around them that torch keeps whole."""
    inside = {
        id(part) for module in copy.modules() if id(module) in used and _is_whole(module) for part in module.modules()
    }
    return tuple(
        Unused(path, type(module).__name__, module.extra_repr(), sum(p.numel() for p in module.parameters()))
        for path, module in copy.named_modules()
        if path and not list(module.children()) and id(module) not in used | inside
    )


def _is_whole(module: nn.Module) -> bool:
    return type(module).__module__.startswith("torch.nn") and not isinstance(module, nn.Sequential)


def shape_of(value: object) -> Shape:
    """The shape of a result without the batch; of several, the first one's."""
    return next((tuple(each.shape[1:]) for each in tensors(value)), ())


def bytes_of(value: object) -> int:
    """The memory of a result."""
    return sum(each.numel() * each.element_size() for each in tensors(value))


def tensors(value: object) -> list[Tensor]:
    """The tensors in a result, whatever holds them."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [each for part in value for each in tensors(part)] if isinstance(value, tuple | list) else []

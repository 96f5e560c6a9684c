"""Random layers, sensible and senseless, for comparison with torch."""

import random
from typing import Any

Arguments = dict[str, Any]


def sizes(rng: random.Random, low: int, high: int, odd: float = 0.03, bad: tuple[int, ...] = (0, -1)) -> Any:
    """A number or a pair, now and then one that no layer takes."""

    def one() -> int:
        return rng.choice(bad) if rng.random() < odd else rng.randint(low, high)

    return one() if rng.random() < 0.3 else (one(), one())


def _channels(rng: random.Random) -> Arguments:
    groups = rng.choice([1, 1, 2, 3])
    pick = [groups * rng.choice([1, 2]) for _ in range(2)]
    if rng.random() < 0.1:
        pick = rng.sample(range(1, 5), 2)
    return {"in_channels": pick[0], "out_channels": pick[1],
            "groups": groups if rng.random() > 0.02 else rng.choice([0, -1])}  # fmt: skip


def conv(rng: random.Random) -> Arguments:
    padding = sizes(rng, 0, 3, 0.05, (-1, -2, 7))
    if rng.random() < 0.2:
        padding = rng.choice(["same", "same", "valid", "sam"])
    stride = 1 if padding == "same" and rng.random() < 0.8 else sizes(rng, 1, 3)
    return _channels(rng) | {
        "kernel_size": sizes(rng, 1, 4), "stride": stride, "padding": padding, "dilation": sizes(rng, 1, 3),
        "bias": rng.random() < 0.5,
        "padding_mode": rng.choice(["zeros", "zeros", "zeros", "reflect", "replicate", "circular"]),
    }  # fmt: skip


def transposed(rng: random.Random) -> Arguments:
    # A kernel of 1 with dilation 0 slips through some of torch's backends; see test_dilation_zero.
    return _channels(rng) | {
        "kernel_size": sizes(rng, 1, 4), "stride": sizes(rng, 1, 3), "padding": sizes(rng, 0, 3),
        "output_padding": sizes(rng, 0, 1, 0.15, (1, 2, -1)), "dilation": sizes(rng, 1, 3, 0.03, (-1,)),
        "bias": rng.random() < 0.5,
    }  # fmt: skip


def _pool(rng: random.Random) -> Arguments:
    return {
        "kernel_size": sizes(rng, 1, 4), "stride": None if rng.random() < 0.3 else sizes(rng, 1, 4),
        "padding": sizes(rng, 0, 1, 0.1, (2, 0, -1)), "ceil_mode": rng.random() < 0.5,
    }  # fmt: skip


def max_pool(rng: random.Random) -> Arguments:
    return _pool(rng) | {"dilation": sizes(rng, 1, 3)}


def avg_pool(rng: random.Random) -> Arguments:
    divisor = rng.choice([None, None, None, None, 0, 3, -2])
    return _pool(rng) | {"count_include_pad": rng.random() < 0.5, "divisor_override": divisor}


def adaptive(rng: random.Random) -> Arguments:
    def one() -> int | None:
        return rng.choice([None, -1 if rng.random() < 0.2 else 2, *(rng.randint(1, 9) for _ in range(4))])

    return {"output_size": (one(), one()) if rng.random() < 0.7 else rng.randint(1, 9)}


def zero_pad(rng: random.Random) -> Arguments:
    return {"padding": tuple(rng.randint(-3, 4) for _ in range(4))}


KINDS = {
    "Conv2d": conv,
    "ConvTranspose2d": transposed,
    "MaxPool2d": max_pool,
    "AvgPool2d": avg_pool,
    "AdaptiveAvgPool2d": adaptive,
    "AdaptiveMaxPool2d": adaptive,
    "ZeroPad2d": zero_pad,
}

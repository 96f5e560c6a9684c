"""Parameters of the two heads of the tutorial on global average pooling, by formula; tests hold them to torch.

Both networks share two 3×3 convolutions of h and 2·h channels, each followed by a pool of 2. FC flattens what is left,
``(side // 4)² · 2h`` numbers, into ``hidden`` units; GAP averages each of the 2h maps first.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class HeadCounts:
    """num_params of the shared convolutions and of either head, for one size of images."""

    features: int
    fc_head: int
    gap_head: int

    @property
    def fc(self) -> int:
        """All of the network with the flattened head."""
        return self.features + self.fc_head

    @property
    def gap(self) -> int:
        """All of the network with the pooled head."""
        return self.features + self.gap_head


def head_counts(side: int, in_channels: int, h: int, hidden: int, num_classes: int = 10) -> HeadCounts:
    """The counts for images of in_channels × side × side."""
    features = (9 * in_channels + 1) * h + (9 * h + 1) * 2 * h
    last = hidden * num_classes + num_classes
    flat = (side // 4) ** 2 * 2 * h
    return HeadCounts(features, flat * hidden + hidden + last, 2 * h * hidden + hidden + last)

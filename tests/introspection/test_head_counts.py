"""The counts on the page of FC against GAP are those of the networks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.introspection.head_counts import head_counts
from cnnviz.models import registry


@settings(max_examples=25, deadline=None)
@given(
    side=st.integers(4, 128),
    in_channels=st.integers(1, 8),
    h=st.integers(1, 64),
    hidden=st.integers(10, 1000),
    num_classes=st.integers(2, 12),
)
def test_both_counts_equal_torch(side, in_channels, h, hidden, num_classes):
    counts = head_counts(side, in_channels, h, hidden, num_classes)
    for name, counted in (("fc_cnn", counts.fc), ("gap_cnn", counts.gap)):
        network = registry.sketch(name, {"h": h, "hidden": hidden}, num_classes=num_classes,
                                  input_shape=(in_channels, side, side))  # fmt: skip
        assert counted == sum(part.numel() for part in network.parameters())
        assert counts.features == sum(part.numel() for part in network.features.parameters())


def test_the_tutorials_own():
    counts = head_counts(28, 1, 8, 100)
    assert (counts.fc, counts.gap) == (80_758, 3_958)

"""What in an image made a network decide as it did."""

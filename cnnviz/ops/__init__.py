"""What layers do to shapes and pictures, without a page around it."""

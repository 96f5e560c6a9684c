"""cnnviz: see what small convolutional networks do."""

__version__ = "0.1.0"

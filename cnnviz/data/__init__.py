"""The data sets: one file a set, and the registry; splitting and normalising."""

"""The training loop and what surrounds it. Knows nothing of run folders, processes or pages."""

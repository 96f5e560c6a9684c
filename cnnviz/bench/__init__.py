"""Benchmarks, as ratios within one run against the plain alternative a user would write.

Each module offers ``run(progress) -> Report``; ``python -m cnnviz bench NAME`` calls it.
"""

NAMES = ("train", "pages", "kernel", "shapes", "data", "race", "endurance")

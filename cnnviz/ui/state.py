"""Every key of the session's state. Nothing else in the app spells one."""

RUN = "run"  # also the name in the URL, so that a link or a reload shows the same run
RECIPE = "recipe"
START_ERROR = "start-error"  # a message that the next drawing shows beside the button
MISTAKES_TARGET = "true"
MISTAKES_PREDICTED = "predicted"


def setting(recipe: str, field: str) -> str:
    """The key of one setting; each recipe keeps its own, so that changing the recipe loses nothing."""
    return f"setting.{recipe}.{field}"


def mistakes_page(*filters: object) -> str:
    """The key of the gallery's page number; a changed filter starts at its first page."""
    return "mistakes-page." + ".".join(str(value) for value in filters)

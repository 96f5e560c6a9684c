"""The errors cnnviz raises on purpose. Each carries a message for a person and a hint on what to do."""


class CnnvizError(Exception):
    """Something a person can mend.

    message: one sentence on what is wrong, quoting the values involved.
    hint: one sentence on what to do about it.
    field: the control or argument that caused it, so that a page can show the message beside it.
    """

    def __init__(self, message: str, hint: str = "", *, field: str = "") -> None:
        super().__init__(message, hint, field)
        self.message = message
        self.hint = hint
        self.field = field

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process boundaries; the default rebuild forgets keyword arguments.
        return (_rebuild, (type(self), self.message, self.hint, self.field))


def _rebuild(kind: type[CnnvizError], message: str, hint: str, field: str) -> CnnvizError:
    return kind(message, hint, field=field)


class SpecError(CnnvizError):
    """A specification that asks for something impossible."""


class ShapeError(SpecError):
    """Sizes that do not fit one another."""


class ImageError(CnnvizError):
    """A picture that can't be opened."""


class DataError(CnnvizError):
    """A data set that is not to be had, or not as it should be."""


class ModelError(CnnvizError):
    """A model that is unknown or can't be built."""


class TrainingError(CnnvizError):
    """Training that can't go on."""


class RunError(CnnvizError):
    """A run folder that can't be found, read or written."""

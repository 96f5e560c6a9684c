"""The few pieces of JavaScript: plain files, read as text and mounted as Streamlit components."""

from pathlib import Path

FOLDER = Path(__file__).parent


def read(name: str, *files: str) -> str:
    """Files of a component's folder, joined in that order into one script or sheet."""
    return "\n".join((FOLDER / name / file).read_text(encoding="utf-8") for file in files)

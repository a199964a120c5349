"""Where things lie: beside the code in a checkout, inside the package once installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def template_folder() -> Path:
    """The folder of the Jinja templates. Raises ``FileNotFoundError`` where the installation is incomplete."""
    for folder in (PACKAGE / "templates", PACKAGE.parent / "templates"):
        if (folder / "base.html").is_file():
            return folder
    raise FileNotFoundError("The templates are missing: install Sendeplan again.")


def static_folder() -> Path:
    """The folder that is served under ``/static``; the built assets lie in its ``dist``."""
    return PACKAGE / "static"

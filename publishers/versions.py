"""Versions of a network's API that come to an end: which one is asked for, and until when it is served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """The version that an installation asks a network for.

    ``ends`` is the last day on which it is surely served, None where nothing is known. ``readable`` is False for a
    setting that names no version; ``newest`` is the newest that this program knows.
    """

    name: str
    ends: date | None
    newest: str
    readable: bool = True

"""Versions of a network's API that come to an end: which one is asked for, and until when it is served."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """The version that an installation asks a network for.

    ``ends`` is the last day on which it is surely served, None where nothing is known. ``readable`` is False for a
    setting that names no version; ``newest`` is the newest that this program knows; ``listed_at`` is the page of the
    network that lists all of them.
    """

    name: str
    ends: date | None
    newest: str
    readable: bool = True
    listed_at: str = ""

    @property
    def newer(self) -> str:
        """The newest that this program knows, where that is newer than this one; else empty."""
        return self.newest if _parts(self.newest) > _parts(self.name) else ""


def _parts(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,9}", name))

"""Networks behind one contract: see :mod:`publishers.base`, and :mod:`publishers.registry` for the list of them.

Usable by itself: nothing in here knows a planner, a database or a web framework.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("sendeplan")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+source"

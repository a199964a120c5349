"""Keeping the resident memory of a process with many threads small."""

from __future__ import annotations

import ctypes

M_ARENA_MAX = -8  # glibc's malloc.h
ARENAS = 2


def share_arenas() -> bool:
    """Let all threads allocate from few arenas: with one each, glibc keeps several MB that nobody uses.

    Call before threads are started. Returns False where the C library is another one; then nothing changes.
    """
    try:
        return bool(ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, ARENAS))
    except (OSError, AttributeError):
        return False

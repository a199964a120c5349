"""Where tests keep their files: in memory where the machine has room there, since a disk makes every commit wait."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM_BYTES = 2_000_000_000


def memory_folder() -> Path | None:
    """The folder of the machine's memory disk; None where there is none, or too little room."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM_BYTES:
        return None
    return MEMORY


def choose_quick_folder(config: pytest.Config) -> Path | None:
    """Let this run keep its files in memory, unless ``--basetemp`` says where. Returns the folder to the one process
    that made it and has to remove it, and None to the others."""
    memory = memory_folder()
    if memory is None or config.option.basetemp or hasattr(config, "workerinput"):
        return None
    folder = Path(tempfile.mkdtemp(prefix="sendeplan-tests-", dir=memory))
    config.option.basetemp = str(folder / "base")
    return folder

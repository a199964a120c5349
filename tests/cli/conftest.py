"""Instances for the command to work on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.command import Sendeplan


@pytest.fixture(scope="session")
def made_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder just after ``init``; to be copied, never changed."""
    folder = tmp_path_factory.mktemp("made") / "instance"
    done = Sendeplan(folder)("init")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def sendeplan(made_instance: Path, tmp_path: Path) -> Sendeplan:
    """The command on a fresh instance of its own."""
    folder = tmp_path / "instance"
    shutil.copytree(made_instance, folder)
    return Sendeplan(folder)

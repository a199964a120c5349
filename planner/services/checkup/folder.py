"""The instance folder: closed to others, writable for us, with room."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from planner.services.checkup.finding import Finding, Scene, notice, ok, problem

#: Free bytes below which one should know, and below which it will soon fail.
LITTLE, TOO_LITTLE = 2_000_000_000, 300_000_000


def closed(scene: Scene) -> Iterator[Finding]:
    """Keys and settings are nobody else's."""
    instance = scene.platform.settings.instance
    secret = (instance, instance / "keys.toml", instance / "config.toml")
    wide = [path for path in secret if path.exists() and _is_open_to_others(path)]
    if not wide:
        yield ok("folder", "folder_closed", folder=str(instance))
        return
    command = "chmod go-rwx " + " ".join(str(path) for path in wide)
    yield problem("folder", "folder_open", files=", ".join(path.name for path in wide), command=command)


def owned(scene: Scene) -> Iterator[Finding]:
    """One user owns what lies in it: what a command left there as root keeps the server from starting."""
    instance = scene.platform.settings.instance
    owner = instance.stat().st_uid
    foreign = sorted(path.name for path in instance.iterdir() if path.is_file() and path.stat().st_uid != owner)
    if foreign:
        command = f"chown -R --reference={instance} {instance}"
        yield problem("folder", "folder_foreign", files=", ".join(foreign), command=command)


def writable(scene: Scene) -> Iterator[Finding]:
    """Images and the database can be written."""
    settings = scene.platform.settings
    for folder in (settings.instance, settings.media_folder):
        if folder.exists() and (reason := _cannot_write(folder)):
            yield problem("folder", "folder_not_writable", folder=str(folder), reason=reason)


def room(scene: Scene) -> Iterator[Finding]:
    """The disk does not run full soon."""
    free = shutil.disk_usage(scene.platform.settings.instance).free
    megabytes = free // 1_000_000
    if free < TOO_LITTLE:
        yield problem("folder", "disk_full", megabytes=megabytes)
    elif free < LITTLE:
        yield notice("folder", "disk_low", megabytes=megabytes)
    else:
        yield ok("folder", "disk_room", gigabytes=free // 1_000_000_000)


def _is_open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _cannot_write(folder: Path) -> str | None:
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"x")
    except OSError as error:
        return error.strerror or type(error).__name__
    return None

"""FFmpeg, where it is installed: a video's first picture, and a video made to fit. Nothing else needs it.

It reads files that people uploaded, so it gets no network, no file but the one it is given, one thread and a limited
time, and it never outlives us.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

#: Seconds for one still picture.
STILL_TIME = 30
_running: set[subprocess.Popen[str]] = set()


class Failed(Exception):
    """It could not, or took too long. ``code`` is ``video_conversion_failed`` or ``video_conversion_slow``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def find(setting: str) -> str | None:
    """The program that a setting names (a name or a path); None where there is none."""
    return shutil.which(setting) if setting else None


def still(program: str, video: Path, target: Path, edge: int) -> None:
    """Write a picture from the first second as WebP or JPEG, by ``target``'s ending. Raises Failed."""
    scale = f"scale='min({edge},iw)':'min({edge},ih)':force_original_aspect_ratio=decrease"
    command = [*_reading(program, video), "-an", "-frames:v", "1", "-vf", scale, "-y", str(target)]
    try:
        subprocess.run(  # noqa: S603 - a fixed list of arguments, no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=STILL_TIME, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Failed("video_conversion_failed") from error


def convert(
    program: str, video: Path, target: Path, options: Sequence[str], *, limit: float, hear: Callable[[float], None]
) -> None:
    """Write ``video`` anew as ``options`` say, in ``limit`` seconds at most. ``hear`` gets the seconds that are done.

    Raises Failed; then nothing useful is in ``target``.
    """
    command = [*_reading(program, video), *options, "-progress", "pipe:1", "-nostats", "-y", str(target)]
    late = threading.Event()
    try:
        with subprocess.Popen(  # noqa: S603 - a fixed list of arguments, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            _follow(process, limit, late, hear)
    except OSError as error:
        raise Failed("video_conversion_failed") from error
    if late.is_set():
        raise Failed("video_conversion_slow")
    if process.returncode:
        raise Failed("video_conversion_failed")


def _follow(process: subprocess.Popen[str], limit: float, late: threading.Event, hear: Callable[[float], None]) -> None:
    """Until it ends, or ``limit`` is over: then ``late`` is set and it is ended."""

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(limit, end)
    timer.daemon = True
    timer.start()
    _running.add(process)
    try:
        _listen(process, hear)
        process.wait()
    finally:
        timer.cancel()
        process.kill()
        _running.discard(process)


def _reading(program: str, video: Path) -> list[str]:
    # The demuxer is named, so that a file cannot choose one that reads other files.
    return [
        *(program, "-hide_banner", "-loglevel", "error", "-nostdin", "-threads", "1"),
        *("-protocol_whitelist", "file", "-f", "mov", "-i", str(video), "-threads", "1"),
    ]


def _listen(process: subprocess.Popen[str], hear: Callable[[float], None]) -> None:
    for line in process.stdout or ():
        name, _sign, value = line.strip().partition("=")
        if name == "out_time_us" and value.isdecimal():
            hear(int(value) / 1_000_000)


@atexit.register
def _end_all() -> None:
    for process in list(_running):
        with contextlib.suppress(OSError):
            process.kill()

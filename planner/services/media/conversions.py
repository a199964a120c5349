"""Videos made to fit, in the background: started by a person, who may leave meanwhile and come back.

How far one is stands in a file beside the media, so that every process of the same instance knows it; its name says
what is made of what, so that the same wish twice is one piece of work. A conversion whose process ended is begun anew
when somebody asks again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from planner.models import Media
from planner.services.actor import Actor
from planner.services.errors import Invalid
from planner.services.media import ffmpeg, films
from planner.services.media.films import Film
from planner.services.media.receiving import discard, incoming_folder, take
from planner.services.media.storing import keep

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: Seconds. One that goes on tells how far it is at least so often; silent for longer, its process has ended.
_TELLS_EVERY = 2.0
_SILENT_AFTER = 60.0
_one_at_a_time = threading.Lock()


class State(StrEnum):
    """How far a conversion is; ``waiting`` for another one to end."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Conversion:
    """``percent`` from 0 to 100; ``media_id`` once it is done, ``code`` where it failed; ``told_at`` is the moment of
    the last word, in seconds since 1970."""

    key: str
    workspace_id: int
    state: State = State.WAITING
    percent: int = 0
    media_id: int | None = None
    code: str = ""
    told_at: float = 0.0

    @property
    def goes_on(self) -> bool:
        """Whether it is worth asking again."""
        return self.state in (State.WAITING, State.RUNNING)


def key_of(media: Media, film: Film) -> str:
    """The name of one piece of work."""
    said = json.dumps([media.workspace_id, media.id, media.stored_as, asdict(film)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def state_of(platform: Platform, workspace_id: int, key: str) -> Conversion | None:
    """How far it is; None where nobody asked for it, or its process has ended."""
    try:
        values = json.loads(_note(platform, key).read_text(encoding="utf-8"))
        found = Conversion(**{**values, "state": State(values["state"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    gone = found.goes_on and _now(platform) - found.told_at > _SILENT_AFTER
    return None if gone or found.workspace_id != workspace_id else found


def start(platform: Platform, actor: Actor, media: Media, film: Film, program: str) -> Conversion:
    """Begin it, unless it goes on or is done already; returns at once. ``program`` is FFmpeg."""
    found = state_of(platform, media.workspace_id, key_of(media, film))
    if found is not None and found.state is not State.FAILED:
        return found
    begun = _tell(platform, Conversion(key_of(media, film), media.workspace_id))
    source = platform.settings.media_folder / media.stored_as
    work = _Work(platform, actor, source, media.filename, media.alt, media.title or "", media.seconds, film, program)
    threading.Thread(target=work.run, args=(begun,), name="convert", daemon=True).start()
    return begun


@dataclass(frozen=True, slots=True)
class _Work:
    platform: Platform
    actor: Actor
    source: Path
    filename: str
    alt: str
    title: str
    seconds: float | None
    film: Film
    program: str

    def run(self, begun: Conversion) -> None:
        """In a thread of its own; one video at a time in a process."""
        ended = replace(begun, state=State.FAILED, code="video_conversion_failed")
        try:
            while not _one_at_a_time.acquire(timeout=_SILENT_AFTER / 3):
                _tell(self.platform, begun)
            try:
                media_id = self._convert(begun)
            finally:
                _one_at_a_time.release()
            ended = replace(begun, state=State.DONE, percent=100, media_id=media_id)
        except ffmpeg.Failed as error:
            ended = replace(ended, code=error.code)
        except Invalid:
            pass  # what FFmpeg wrote is no video
        finally:
            _tell(self.platform, ended)

    def _convert(self, begun: Conversion) -> int:
        settings = self.platform.settings
        place = incoming_folder(settings.media_folder)
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as folder:
            target = Path(folder, "video.mp4")
            ffmpeg.convert(
                self.program,
                self.source,
                target,
                films.options(self.film),
                limit=settings.video_timeout_seconds,
                hear=self._hearing(begun),
            )
            if target.stat().st_size > self.film.max_bytes:
                raise ffmpeg.Failed("video_conversion_large")
            return self._store(target)

    def _hearing(self, begun: Conversion) -> _Hearing:
        length = self.film.seconds or self.seconds or 0.0
        return _Hearing(self.platform, replace(begun, state=State.RUNNING), length)

    def _store(self, target: Path) -> int:
        incoming = take(target)
        name = Path(self.filename).stem[:240] + ".mp4"
        folder, now = self.platform.settings.media_folder, self.platform.clock.now()
        try:
            with self.platform.database.write() as session:
                said = {"alt": self.alt, "title": self.title}
                return keep(session, self.actor, incoming, name, now=now, folder=folder, **said).id
        finally:
            discard(incoming)


@dataclass(slots=True)
class _Hearing:
    """Notes how far FFmpeg is, but not with each of its words."""

    platform: Platform
    running: Conversion
    length: float

    def __call__(self, done: float) -> None:
        percent = min(99, int(done * 100 / self.length)) if self.length else 0
        if percent > self.running.percent or _now(self.platform) - self.running.told_at >= _TELLS_EVERY:
            self.running = _tell(self.platform, replace(self.running, percent=percent))


def _tell(platform: Platform, conversion: Conversion) -> Conversion:
    told = replace(conversion, told_at=_now(platform))
    note = _note(platform, told.key)
    note.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=note.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(told), file)
    Path(name).replace(note)
    return told


def _note(platform: Platform, key: str) -> Path:
    return platform.settings.media_folder / "conversions" / f"{key}.json"


def _now(platform: Platform) -> float:
    return platform.clock.now().timestamp()

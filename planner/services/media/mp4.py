"""Videos: what an MP4 or MOV file says of itself (ISO 14496-12), read box by box without touching the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from planner.services.errors import FieldError, Invalid

#: A file begins with one of these; ``wide`` and ``mdat`` come first in old QuickTime files.
_FIRST = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"skip", b"free", b"pnot"})
#: Boxes that hold boxes on the way to what we want.
_NESTED = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex"})
#: Still pictures come in the same boxes.
_STILLS = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"})
#: A broken or hostile file must not keep us busy.
_MOST_BOXES = 50_000
_DEEPEST = 8

#: The four letters of a codec to the name that people know.
CODECS = {
    "avc1": "H.264",
    "avc3": "H.264",
    "hvc1": "HEVC (H.265)",
    "hev1": "HEVC (H.265)",
    "av01": "AV1",
    "vp09": "VP9",
    "mp4v": "MPEG-4",
    "apch": "ProRes",
    "apcn": "ProRes",
    "apcs": "ProRes",
    "apco": "ProRes",
    "ap4h": "ProRes",
}


@dataclass(slots=True)
class Video:
    """Pixels as shown (a phone's turn applied), ``seconds`` None where the file does not tell; ``codec`` is the four
    letters of the picture's, ``sound`` of the sound's (``""``: none)."""

    mime: str = "video/quicktime"
    ending: str = ".mov"
    width: int = 0
    height: int = 0
    seconds: float | None = None
    codec: str = ""
    sound: str = ""

    @property
    def codec_name(self) -> str:
        """As people know it."""
        return CODECS.get(self.codec, self.codec or "?")


@dataclass(slots=True)
class _Track:
    kind: bytes = b""
    format: str = ""
    width: int = 0
    height: int = 0


@dataclass(slots=True)
class _Reading:
    """What was found so far. ``left`` counts down the boxes that may still be looked at."""

    file: BinaryIO
    video: Video = field(default_factory=Video)
    tracks: list[_Track] = field(default_factory=list)
    has_movie: bool = False
    has_data: bool = False
    scale: int = 0
    left: int = _MOST_BOXES


def begins_like_one(head: bytes) -> bool:
    """Whether the first bytes are those of such a file."""
    return head[4:8] in _FIRST and head[8:12] not in _STILLS


def read(path: Path) -> Video:
    """What the file says. Raises Invalid at ``file``: ``video_cut`` (a part is missing), ``video_unreadable``,
    ``video_without_picture``."""
    size = path.stat().st_size
    with path.open("rb") as file:
        reading = _Reading(file)
        try:
            _walk(reading, 0, size, depth=0)
        except (ValueError, IndexError) as error:
            raise _invalid("video_unreadable") from error
    if not reading.has_movie or not reading.has_data:
        raise _invalid("video_cut")
    picture = next((t for t in reading.tracks if t.kind == b"vide"), None)
    if picture is None or not picture.width or not picture.height:
        raise _invalid("video_without_picture")
    video = reading.video
    video.width, video.height, video.codec = picture.width, picture.height, picture.format
    video.sound = next((t.format for t in reading.tracks if t.kind == b"soun"), "")
    return video


def _walk(reading: _Reading, start: int, end: int, *, depth: int) -> None:
    for kind, at, stop in _boxes(reading, start, end, outermost=depth == 0):
        if kind == b"trak":
            reading.tracks.append(_Track())
        if kind in _NESTED and depth < _DEEPEST:
            reading.has_movie = reading.has_movie or kind == b"moov"
            _walk(reading, at, stop, depth=depth + 1)
        elif kind in (b"mdat", b"moof"):
            reading.has_data = reading.has_data or stop > at
        elif kind in _READERS:
            reading.file.seek(at)
            _READERS[kind](reading, reading.file.read(min(stop - at, 256)))


def _boxes(reading: _Reading, start: int, end: int, *, outermost: bool) -> Iterator[tuple[bytes, int, int]]:
    """Each box's kind, and where its content begins and ends."""
    while start + 8 <= end:
        reading.left -= 1
        if reading.left < 0:
            raise ValueError("too many boxes")
        reading.file.seek(start)
        head = reading.file.read(16)
        length, kind, skip = int.from_bytes(head[:4]), head[4:8], 8
        if length == 1:
            length, skip = int.from_bytes(head[8:16]), 16
        stop = end if length == 0 else start + length
        if length and length < skip:
            raise ValueError("a box shorter than its head")
        if stop > end:
            raise _invalid("video_cut" if outermost else "video_unreadable")
        yield kind, start + skip, stop
        start = stop


def _brand(reading: _Reading, content: bytes) -> None:
    if content[:4] != b"qt  ":
        reading.video.mime, reading.video.ending = "video/mp4", ".mp4"


def _movie_head(reading: _Reading, content: bytes) -> None:
    long = content[0] == 1
    reading.scale = int.from_bytes(content[20:24] if long else content[12:16])
    _note_length(reading, content[24:32] if long else content[16:20])


def _fragments_head(reading: _Reading, content: bytes) -> None:
    """A film in fragments says here how long it is as a whole."""
    _note_length(reading, content[4:12] if content[0] == 1 else content[4:8])


def _note_length(reading: _Reading, given: bytes) -> None:
    length = int.from_bytes(given)
    if reading.scale and length and given.strip(b"\xff"):
        reading.video.seconds = round(length / reading.scale, 3)


def _track_head(reading: _Reading, content: bytes) -> None:
    if not reading.tracks:
        return
    matrix = content[52:88] if content[0] == 1 else content[40:76]
    sides = content[88:96] if content[0] == 1 else content[76:84]
    width, height = int.from_bytes(sides[:2]), int.from_bytes(sides[4:6])
    turned = len(matrix) == 36 and not any(matrix[:4]) and any(matrix[4:8])
    track = reading.tracks[-1]
    track.width, track.height = (height, width) if turned else (width, height)


def _handler(reading: _Reading, content: bytes) -> None:
    # A second one, of the track's data references, comes later in QuickTime files.
    if reading.tracks and not reading.tracks[-1].kind:
        reading.tracks[-1].kind = content[8:12]


def _samples(reading: _Reading, content: bytes) -> None:
    if reading.tracks and int.from_bytes(content[4:8]):
        reading.tracks[-1].format = content[12:16].decode("ascii", "replace").strip()


_READERS = {
    b"ftyp": _brand,
    b"mvhd": _movie_head,
    b"mehd": _fragments_head,
    b"tkhd": _track_head,
    b"hdlr": _handler,
    b"stsd": _samples,
}


def _invalid(code: str) -> Invalid:
    return Invalid(FieldError("file", code))

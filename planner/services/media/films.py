"""How a video is made to fit a network's rules: its size, its length, its rate, and what FFmpeg is told."""

from __future__ import annotations

import math
from dataclasses import dataclass

from planner.models import Media
from planner.services.media.fitting import canvas
from publishers.base import KindRules

#: Every network takes H.264 with AAC in MP4, and none shows more than full HD on a page.
MIME = "video/mp4"
LONGEST_EDGE = 1920
#: Bits a second.
_SOUND_RATE = 128_000
_BEST_RATE = 8_000_000
_WORST_RATE = 150_000
#: The part of a size limit that may be filled; the rest is for the file's own lists.
_FILLED = 0.93


@dataclass(frozen=True, slots=True)
class Film:
    """What is to become of a video: pixels of the picture, and of the whole with a margin; ``rate`` in bits a second at
    most; ``seconds`` is where it is cut off, None: not at all."""

    width: int
    height: int
    whole: tuple[int, int]
    rate: int
    seconds: float | None
    max_bytes: int


def plan(media: Media, rules: KindRules) -> Film | None:
    """How a video can be made to fit a network's rules of videos; None where it cannot be: too long for so small a
    file, or no MP4 taken."""
    if not media.width or not media.height or MIME not in rules.mimes:
        return None
    whole = canvas(media.width, media.height, rules.ratios)
    pixels = rules.max_pixels or math.prod(whole)
    factor = min(1.0, LONGEST_EDGE / max(whole), math.sqrt(pixels / math.prod(whole)))
    cut = rules.max_seconds if rules.max_seconds and (media.seconds or 0) > rules.max_seconds else None
    rate = _rate(rules.max_bytes, cut or media.seconds)
    if rate is None:
        return None
    wide, high = _even(whole[0] * factor), _even(whole[1] * factor)
    picture = min(_even(media.width * factor), wide), min(_even(media.height * factor), high)
    return Film(*picture, (wide, high), rate, cut, rules.max_bytes)


def options(film: Film) -> list[str]:
    """What FFmpeg is told between its input and its output."""
    filters = [f"scale={film.width}:{film.height}"]
    if film.whole != (film.width, film.height):
        filters.append(f"pad={film.whole[0]}:{film.whole[1]}:-1:-1:white")
    cut = ["-t", f"{film.seconds:g}"] if film.seconds else []
    return [
        *cut,
        *("-map", "0:v:0", "-map", "0:a:0?", "-vf", ",".join(filters)),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "22", "-pix_fmt", "yuv420p", "-fpsmax", "60"),
        *("-maxrate", str(film.rate), "-bufsize", str(film.rate * 2)),
        *("-c:a", "aac", "-b:a", str(_SOUND_RATE), "-ac", "2", "-movflags", "+faststart", "-map_metadata", "-1"),
    ]


def _rate(max_bytes: int, seconds: float | None) -> int | None:
    if not seconds:
        return _BEST_RATE
    rate = int(max_bytes * 8 * _FILLED / seconds) - _SOUND_RATE
    return min(rate, _BEST_RATE) if rate >= _WORST_RATE else None


def _even(length: float) -> int:
    """H.264 wants even sides."""
    return max(2, int(length) // 2 * 2)

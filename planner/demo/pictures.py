"""Pictures for the sample company: drawn by code, the same for the same seed."""

from __future__ import annotations

import io
import math
import random
from pathlib import Path

from PIL import Image, ImageDraw

SIZE = (1200, 675)
GROUNDS = (("#123c4a", "#2b7a78"), ("#26324f", "#5a6fa8"), ("#40311f", "#b0793a"), ("#1f3b2c", "#5f9e74"))
INK = "#f4f1ea"

Draw = ImageDraw.ImageDraw


#: Six seconds of three gears that turn, drawn by code too.
FILM = Path(__file__).with_name("gears.mp4")


def picture(kind: str, seed: int) -> bytes:
    """A PNG of 1200 by 675 pixels. ``kind`` is ``gear``, ``mill``, ``people``, ``chart`` or ``fair``."""
    rng = random.Random(f"{kind}{seed}")
    image = _ground(*GROUNDS[rng.randrange(len(GROUNDS))])
    _DRAWINGS[kind](ImageDraw.Draw(image, "RGBA"), rng)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _ground(start: str, end: str) -> Image.Image:
    mask = Image.linear_gradient("L").rotate(90).resize(SIZE)
    return Image.composite(Image.new("RGB", SIZE, end), Image.new("RGB", SIZE, start), mask)


def _gear(draw: Draw, rng: random.Random) -> None:
    for _ in range(3):
        radius = rng.randint(110, 230)
        _one_gear(draw, rng.randint(200, 1000), rng.randint(180, 500), radius, rng.randint(12, 22))


def _one_gear(draw: Draw, x: int, y: int, radius: int, teeth: int) -> None:
    outline = []
    for step in range(teeth * 4):
        angle = math.tau * step / (teeth * 4)
        reach = radius if step % 4 in (0, 1) else radius * 0.86
        outline.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    draw.polygon(outline, fill=(244, 241, 234, 60), outline=INK)
    inner = radius * 0.42
    draw.ellipse((x - inner, y - inner, x + inner, y + inner), fill=(0, 0, 0, 70), outline=INK, width=4)


def _mill(draw: Draw, rng: random.Random) -> None:
    draw.rounded_rectangle((250, 120, 950, 560), 28, fill=(244, 241, 234, 46), outline=INK, width=5)
    draw.rounded_rectangle((320, 180, 700, 500), 14, fill=(0, 0, 0, 70), outline=INK, width=4)
    draw.polygon([(480, 180), (560, 180), (545, 330), (520, 390), (495, 330)], fill=INK)
    draw.rectangle((400, 440, 640, 470), fill=INK)
    for _ in range(26):
        x, y = rng.gauss(520, 60), rng.gauss(430, 24)
        draw.line((x, y, x + rng.randint(-18, 18), y + rng.randint(-26, 4)), fill=(255, 211, 122, 220), width=4)
    for row in range(3):
        draw.ellipse((790, 210 + row * 80, 838, 258 + row * 80), fill=(244, 241, 234, 140))


def _people(draw: Draw, rng: random.Random) -> None:
    for index in range(rng.randint(3, 5)):
        x, size = 240 + index * 190, rng.randint(80, 105)
        shade = (244, 241, 234, rng.randint(110, 210))
        draw.ellipse((x - size // 2, 210, x + size // 2, 210 + size), fill=shade)
        draw.rounded_rectangle((x - size, 225 + size, x + size, 640), 70, fill=shade)


def _chart(draw: Draw, rng: random.Random) -> None:
    height = rng.randint(90, 150)
    for index in range(8):
        height = min(430, max(60, height + rng.randint(-40, 80)))
        left = 190 + index * 105
        draw.rounded_rectangle((left, 560 - height, left + 64, 560), 8, fill=(244, 241, 234, 90 + index * 18))
    draw.line((160, 562, 1060, 562), fill=INK, width=5)


def _fair(draw: Draw, rng: random.Random) -> None:
    for index in range(6):
        left, top = 110 + index * 170, rng.randint(170, 280)
        draw.polygon([(left, top + 70), (left + 75, top), (left + 150, top + 70)], fill=INK)
        draw.rectangle((left + 10, top + 70, left + 140, 560), fill=(244, 241, 234, 70), outline=INK, width=3)
    draw.line((60, 562, 1140, 562), fill=INK, width=6)


_DRAWINGS = {"gear": _gear, "mill": _mill, "people": _people, "chart": _chart, "fair": _fair}

"""Files made to fit a network: what is offered, and what comes of it."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from planner.bootstrap import Platform
from planner.models import Media
from planner.services import media
from planner.services.errors import Conflict, Invalid
from planner.services.media import conversions, ffmpeg, films, fitting, images, offers
from planner.services.media.conversions import Conversion, State
from planner.services.media.fitting import Want
from publishers.base import KindRules, MediaKind, MediaRules, Medium
from tests.support import files
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_media, picture

PROGRAM = imageio_ffmpeg.get_ffmpeg_exe()
RULES = MediaRules(
    max_images=4,
    max_bytes=200_000,
    max_pixels=500_000,
    ratios=(0.8, 1.91),
    video=KindRules(("video/mp4",), max_bytes=80_000, max_pixels=160 * 120, max_seconds=1.5),
)
IMAGE, VIDEO = (RULES.of(kind) or KindRules(()) for kind in (MediaKind.IMAGE, MediaKind.VIDEO))


def medium(mime: str, size: int = 1000, width: int = 100, height: int = 100, seconds: float | None = None) -> Medium:
    return Medium(Path("x"), mime, size, width, height, seconds=seconds)


@pytest.mark.parametrize(
    ("given", "wants"),
    [
        (medium("image/png"), None),
        (medium("image/webp"), (Want.TYPE,)),
        (medium("image/png", width=2000, height=1000), (Want.RATIO, Want.PIXELS)),
        (medium("image/jpeg", size=200_001), (Want.SIZE,)),
        (medium("video/quicktime", seconds=9), (Want.TYPE, Want.SECONDS)),
        (medium("application/pdf"), None),
    ],
)
def test_what_keeps_a_file_from_fitting(given: Medium, wants: tuple[Want, ...] | None) -> None:
    found = fitting.misfit(given, RULES)
    assert (found.wants if found else None) == wants


def test_a_gif_is_only_ever_offered_as_a_still_picture() -> None:
    found = fitting.misfit(medium("image/gif"), RULES)
    assert found is not None
    assert (found.still, found.rules) == (True, IMAGE)


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [("PNG", "RGBA", (1400, 300)), ("WEBP", "RGB", (900, 900)), ("JPEG", "L", (400, 900)), ("GIF", "P", (120, 100))],
)
def test_an_image_comes_out_within_every_rule_and_never_larger(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int]
) -> None:
    source = tmp_path / "source"
    noise = Image.effect_noise(size, 100).convert(mode)
    noise.save(source, kind)
    path = fitting.fitted_image(source, IMAGE, tmp_path)
    made = images.read(path)
    fitted = Medium(path, made.mime, path.stat().st_size, made.width, made.height)
    assert fitting.misfit(fitted, RULES) is None
    wide, high = fitting.canvas(*size, IMAGE.ratios)
    assert made.width <= wide
    assert made.height <= high
    assert source.stat().st_size, "the original stays"


def test_nothing_is_cut_off_and_what_could_be_seen_through_is_white(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    clear = Image.new("RGBA", (600, 100), (0, 0, 0, 0))
    clear.paste((200, 30, 30, 255), (0, 0, 600, 10))
    clear.save(source)
    rules = KindRules(("image/jpeg",), ratios=(0.8, 1.91))
    with Image.open(fitting.fitted_image(source, rules, tmp_path)) as made:
        assert made.size == (600, 315)
        pixels = [made.getpixel((300, y)) for y in (2, 112, 160)]
    assert [tuple(c > 180 for c in p) for p in pixels if isinstance(p, tuple)] == [
        (True, True, True), (True, False, False), (True, True, True),
    ]  # fmt: skip


def test_an_image_that_no_form_of_it_fits_is_said_to_be_impossible(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(picture(size=(300, 300)))
    with pytest.raises(Invalid) as error:
        fitting.fitted_image(source, KindRules(("image/png",), max_bytes=20), tmp_path)
    assert error.value.errors[0].code == "fit_impossible"


def test_a_video_is_converted_in_the_background_and_the_same_wish_is_one_piece_of_work(
    platform: Platform, company: Company, tmp_path: Path
) -> None:
    original = stored(platform, make_media(platform, company.charlie, filmed(tmp_path, "320x240"), "messe.mov"))
    film = films.plan(original, VIDEO)
    assert film is not None
    assert (film.width, film.height, film.seconds) == (160, 120, 1.5)
    begun = conversions.start(platform, company.charlie, original, film, PROGRAM)
    assert begun.goes_on
    again = conversions.start(platform, company.charlie, original, film, PROGRAM)
    assert again.key == begun.key
    done = ended(platform, company, begun)
    assert (done.state, done.percent) == (State.DONE, 100)
    made = stored(platform, done.media_id or 0)
    assert (made.mime, made.width, made.height, made.filename) == ("video/mp4", 160, 120, "messe.mp4")
    assert made.seconds is not None
    assert made.seconds < 1.7
    assert made.size <= 80_000
    assert conversions.start(platform, company.charlie, original, film, PROGRAM).media_id == done.media_id
    assert conversions.state_of(platform, company.oscar.workspace_id, begun.key) is None, "nobody else's"
    with Image.open(media.thumbnail(made, platform.settings.media_folder, PROGRAM)) as still:
        assert still.size == (160, 120)


def test_a_conversion_that_fails_says_so_and_one_whose_process_ended_is_begun_anew(
    platform: Platform, company: Company, clock: FakeClock
) -> None:
    broken = stored(platform, make_media(platform, company.charlie, files.video(2.0), "kaputt.mp4"))
    film = films.plan(broken, KindRules(("video/mp4",)))
    assert film is not None
    begun = conversions.start(platform, company.charlie, broken, film, PROGRAM)
    assert ended(platform, company, begun).code == "video_conversion_failed"
    lost = conversions._tell(platform, Conversion(begun.key, company.workspace.id, State.RUNNING, 40))
    assert conversions.state_of(platform, company.workspace.id, lost.key) == lost
    clock.advance(seconds=61)
    assert conversions.state_of(platform, company.workspace.id, lost.key) is None


def test_ffmpeg_is_ended_when_its_time_is_over(tmp_path: Path) -> None:
    source = tmp_path / "long.mp4"
    source.write_bytes(filmed(tmp_path, "640x480", seconds=20))
    with pytest.raises(ffmpeg.Failed) as error:
        ffmpeg.convert(
            PROGRAM, source, tmp_path / "out.mp4", ["-vf", "scale=1280:960"], limit=0.05, hear=lambda _s: None
        )
    assert error.value.code == "video_conversion_slow"
    assert ffmpeg._running == set()


def test_what_is_offered_for_a_video_depends_on_ffmpeg(platform: Platform, company: Company) -> None:
    linkedin = make_channel(platform.database, company, platform.clock.now(), "linkedin")
    modern = stored(platform, make_media(platform, company.charlie, files.video(codec=b"hvc1"), "telefon.mp4"))
    offered = offers.offer(platform, linkedin, modern, PROGRAM)
    assert offered is not None
    assert (offered.codec, offered.possible) == ("HEVC (H.265)", True)
    without = offers.offer(platform, linkedin, modern, None)
    assert without is not None
    assert not without.possible
    with pytest.raises(Conflict) as error:
        offers.make(platform, company.charlie, modern.id, linkedin.id, None, now=platform.clock.now())
    assert error.value.code == "no_ffmpeg"


def test_nothing_is_offered_where_the_connection_takes_no_such_file_at_all(
    platform: Platform, company: Company
) -> None:
    now = platform.clock.now()
    connected = make_channel(platform.database, company, now, "xing", credentials="sealed")
    by_hand = make_channel(platform.database, company, now, "xing", name="Jonas Brandt")
    image = stored(platform, make_media(platform, company.charlie, picture("WEBP"), "bild.webp"))
    assert offers.offer(platform, connected, image, None) is None
    assert offers.offer(platform, by_hand, image, None) is not None


def filmed(folder: Path, size: str, seconds: int = 2) -> bytes:
    """A real video of a moving test picture with a tone, as a phone's MOV."""
    path = folder / f"{size}.mov"
    sources = ["-f", "lavfi", "-i", f"testsrc=s={size}:d={seconds}:r=10", "-f", "lavfi", "-i", f"sine=d={seconds}"]
    subprocess.run([PROGRAM, "-loglevel", "error", *sources, "-preset", "ultrafast", "-y", str(path)], check=True)
    return path.read_bytes()


def ended(platform: Platform, company: Company, begun: Conversion) -> Conversion:
    """The conversion once it is over: its thread is waited for."""
    for thread in threading.enumerate():
        if thread.name == "convert":
            thread.join(timeout=60)
    found = conversions.state_of(platform, company.workspace.id, begun.key)
    assert found is not None
    return found


def stored(platform: Platform, media_id: int) -> Media:
    with platform.database.read() as session:
        found = session.get_one(Media, media_id)
        session.expunge(found)
        return found

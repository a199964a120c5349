"""Files that people upload: what they are, what is refused, what is shown of them."""

from __future__ import annotations

import hashlib
import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from planner.bootstrap import Platform
from planner.models import Media
from planner.services import media
from planner.services.errors import Forbidden, Invalid, NotFound
from planner.services.media import mp4
from planner.services.media.documents import DOCX, PPTX
from planner.services.media.facts import Facts
from tests.support import files
from tests.support.databases import on_one_kind
from tests.support.factories import Company, make_media, picture

Result = TypeVar("Result")


def stored(platform: Platform, media_id: int) -> Media:
    with platform.database.read() as session:
        return session.get_one(Media, media_id)


@on_one_kind
@pytest.mark.parametrize(
    ("kind", "mime"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif"), ("WEBP", "image/webp")],
)
def test_what_an_image_is_comes_from_its_bytes_not_its_name(
    platform: Platform, company: Company, kind: str, mime: str
) -> None:
    image = stored(platform, make_media(platform, company.charlie, picture(kind), "urlaub.exe"))
    assert (image.mime, image.width, image.height) == (mime, 64, 48)
    assert (platform.settings.media_folder / image.stored_as).stat().st_size == image.size


BAD = [
    (b"", "file_empty"),
    (b"no image at all", "file_unknown"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_unknown"),
    (picture()[:60], "image_cut"),
    (files.video()[:-10], "video_cut"),
    (files.video()[:300], "video_cut"),
    (files.box(b"ftyp", b"isom") + files.box(b"mdat", b"x"), "video_cut"),
    (files.video(size=(0, 0)), "video_without_picture"),
    (files.video().replace(b"tkhd", b"xxxx"), "video_without_picture"),
    (files.video().replace(b"\x00\x00\x00\x6cmvhd", b"\xff\xff\xff\xffmvhd"), "video_unreadable"),
    (files.box(b"ftyp", b"heic"), "file_unknown"),
    (files.pdf()[:-200], "document_cut"),
    (b"%PDF-1.7\nnothing that follows is one\n%%EOF\n", "document_unreadable"),
    (files.pdf(0), "document_empty"),
    (files.pdf(password="geheim"), "document_locked"),
    (files.office()[:-30], "document_cut"),
    (files.office(pages=0), "document_empty"),
    (files.office().replace(b"[Content_Types].xml", b"[Nothing_Known].xml"), "file_unknown"),
    (b"\xd0\xcf\x11\xe0 an old one", "document_old"),
]


@pytest.mark.parametrize(("data", "code"), BAD)
def test_what_is_broken_or_unknown_is_refused_and_nothing_is_stored(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as error:
        media.receive(io.BytesIO(data), tmp_path, 1_000_000)
    assert [(e.field, e.code) for e in error.value.errors] == [("file", code)]
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (files.video(42.5, (1920, 1080)), Facts("video/mp4", ".mp4", 1920, 1080, 42.5)),
        (files.video(brand=b"qt  ", turned=True), Facts("video/quicktime", ".mov", 720, 1280, 42.0)),
        (files.pdf(7), Facts("application/pdf", ".pdf", pages=7)),
        (files.office(DOCX, 3), Facts(DOCX, ".docx", pages=3)),
        (files.office(PPTX, 12), Facts(PPTX, ".pptx", pages=12)),
    ],
)
def test_videos_and_documents_say_how_long_they_are(tmp_path: Path, data: bytes, facts: Facts) -> None:
    with media.received(io.BytesIO(data), tmp_path, 1_000_000) as incoming:
        assert incoming.facts == facts
        assert (incoming.size, incoming.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert list((tmp_path / "incoming").iterdir()) == []


def test_a_video_with_its_list_at_the_end_and_a_large_middle_is_read_without_its_pictures(tmp_path: Path) -> None:
    whole = files.video()
    at = whole.index(b"moov") - 4
    end = at + int.from_bytes(whole[at : at + 4])
    huge = struct.pack(">I4sQ", 1, b"mdat", 16 + 3_000_000_000)
    path = tmp_path / "huge.mp4"
    with path.open("wb") as file:
        file.write(whole[:at] + huge)
        file.seek(3_000_000_000, io.SEEK_CUR)  # nothing is written there: the disk holds no byte of it
        file.write(whole[at:end])
    found, used = measured(lambda: mp4.read(path))
    assert (found.seconds, found.codec_name, found.sound) == (42.0, "H.264", "mp4a")
    assert used < 1_000_000


def test_a_large_file_goes_to_the_disk_in_pieces_and_one_above_the_limit_is_refused_in_time(tmp_path: Path) -> None:
    head = files.video(data=0)[:-8] + struct.pack(">I", 300_000_008) + b"mdat"
    incoming, used = measured(lambda: media.receive(Endless(head, 300_000_000), tmp_path, 400_000_000))
    assert (incoming.size, incoming.facts.mime) == (len(head) + 300_000_000, "video/mp4")
    assert used < 8_000_000, "bytes at once"
    media.discard(incoming)
    source = Endless(head, 300_000_000)
    with pytest.raises(Invalid) as error:
        media.receive(source, tmp_path, 5_000_000)
    assert (error.value.errors[0].code, error.value.errors[0].params) == ("file_too_large", {"limit": 5})
    assert source.given < 8_000_000, "the rest is not even read"


@pytest.mark.parametrize("edge", [9_000, 50_000])
def test_an_image_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path: Path, edge: int) -> None:
    bomb = bytearray(picture())
    bomb[16:24] = struct.pack(">II", edge, edge)
    bomb[29:33] = struct.pack(">I", zlib.crc32(bytes(bomb[12:29])))

    def refused() -> str:
        with pytest.raises(Invalid) as error:
            media.receive(io.BytesIO(bytes(bomb)), tmp_path, 1_000_000)
        return error.value.errors[0].code

    code, used = measured(refused)
    assert code == "image_dimensions"
    assert used < 5_000_000


def test_a_photo_is_turned_upright_and_forgets_where_it_was_taken(platform: Platform, company: Company) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {2: (52.0, 22.0, 0.0)}
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48)).save(buffer, "JPEG", exif=exif)
    image = stored(platform, make_media(platform, company.charlie, buffer.getvalue(), "foto.jpg"))
    with Image.open(platform.settings.media_folder / image.stored_as) as kept:
        assert kept.size == (48, 64) == (image.width, image.height)
        assert not kept.getexif()


def test_a_thumbnail_is_small(platform: Platform, company: Company) -> None:
    image = stored(platform, make_media(platform, company.charlie, picture(size=(2000, 1000))))
    with Image.open(media.thumbnail(image, platform.settings.media_folder)) as small:
        assert small.size == (640, 320)


def test_a_reader_may_not_upload_and_an_outsider_sees_nothing(platform: Platform, company: Company) -> None:
    with pytest.raises(Forbidden):
        make_media(platform, company.rita)
    image = make_media(platform, company.charlie)
    with platform.database.read() as session, pytest.raises(NotFound):
        media.get(session, company.oscar.workspace_id, image)


def test_an_alternative_text_can_be_given_later(platform: Platform, company: Company) -> None:
    image = make_media(platform, company.charlie)
    with platform.database.write() as session:
        media.describe(session, company.charlie, image, "  Eine Fräse im Werk  ")
    assert stored(platform, image).alt == "Eine Fräse im Werk"


def test_a_title_is_kept_beside_the_alternative_text(platform: Platform, company: Company) -> None:
    document = make_media(platform, company.charlie, files.pdf(), "katalog.pdf")
    with platform.database.write() as session:
        media.describe(session, company.charlie, document, title="  Katalog 2027 ")
    kept = stored(platform, document)
    assert (kept.title, kept.alt, kept.pages, kept.filename) == ("Katalog 2027", "", 3, "katalog.pdf")


def test_a_document_has_no_picture_and_a_video_only_where_ffmpeg_is_installed(
    platform: Platform, company: Company
) -> None:
    folder = platform.settings.media_folder
    for data in (files.pdf(), files.video()):
        found = stored(platform, make_media(platform, company.charlie, data))
        assert not media.can_show(found, None)
        with pytest.raises(FileNotFoundError):
            media.thumbnail(found, folder, None)


class Endless(io.RawIOBase):
    """A stream of ``head`` and then ``size`` zeros, which nobody holds in memory. ``given`` counts what was read."""

    def __init__(self, head: bytes, size: int) -> None:
        self._head, self._left = head, size
        self.given = 0

    def read(self, wanted: int = -1) -> bytes:
        piece, self._head = self._head, b""
        if not piece:
            piece = b"\0" * min(wanted, self._left)
            self._left -= len(piece)
        self.given += len(piece)
        return piece


def measured(work: Callable[[], Result]) -> tuple[Result, int]:
    """What ``work`` gives, and the most bytes it held at once."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

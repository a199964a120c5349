"""Images that people upload."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from planner.bootstrap import Platform
from planner.models import Media
from planner.services import media
from planner.services.errors import Forbidden, Invalid, NotFound
from tests.support.factories import Company, make_media, picture


def stored(platform: Platform, media_id: int) -> Media:
    with platform.database.read() as session:
        return session.get_one(Media, media_id)


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


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image_empty"),
        (b"no image at all", "image_unreadable"),
        (picture()[:60], "image_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image_unreadable"),
        (b"%PDF-1.7", "image_unreadable"),
    ],
)
def test_what_is_no_image_is_refused_and_nothing_is_stored(
    platform: Platform, company: Company, data: bytes, code: str
) -> None:
    with pytest.raises(Invalid) as error:
        make_media(platform, company.charlie, data)
    assert [(e.field, e.code) for e in error.value.errors] == [("file", code)]
    folder = platform.settings.media_folder
    assert not folder.exists() or not list(folder.iterdir())


def test_an_image_of_too_many_pixels_is_refused_before_it_is_unpacked(platform: Platform, company: Company) -> None:
    buffer = io.BytesIO()
    Image.new("1", (9000, 9000)).save(buffer, "PNG")
    with pytest.raises(Invalid) as error:
        make_media(platform, company.charlie, buffer.getvalue())
    assert error.value.errors[0].code == "image_dimensions"


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

"""Images: what is taken in, and who gets to see it."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import func, select

from planner.bootstrap import Platform
from planner.models import Media
from tests.support.factories import Company, make_media, picture
from tests.support.web import ClientOf


def test_an_image_is_stored_and_can_be_seen(client_of: ClientOf, company: Company) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    answer = charlie.ask("/media", file=(io.BytesIO(picture(size=(900, 600))), "fräse.png"), alt="Eine Fräse")
    assert answer.status_code == 201
    shown = answer.json
    assert shown is not None
    assert (shown["name"], shown["alt"], shown["width"], shown["mime"]) == ("fräse.png", "Eine Fräse", 900, "image/png")
    with charlie.get(shown["url"]) as image, charlie.get(shown["thumbnail"]) as small:
        assert (image.mimetype, small.mimetype) == ("image/png", "image/webp")
        assert image.data == picture(size=(900, 600))
        assert small.data.startswith(b"RIFF")


def test_images_are_kept_by_the_browser_and_never_guessed_at(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    image = make_media(platform, company.charlie)
    rita = client_of(company.rita)
    with rita.get(f"/media/{image}") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"].startswith("private, max-age=")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        tag = answer.headers["ETag"]
    with rita.get(f"/media/{image}", headers={"If-None-Match": tag}) as answer:
        assert answer.status_code == 304


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "leer.png", "image_empty"),
        (b"<html><script>alert(1)</script>", "bild.png", "image_unreadable"),
        (b"%PDF-1.7", "bild.jpg", "image_unreadable"),
        (picture()[:40], "halb.png", "image_unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bild.svg", "image_unreadable"),
    ],
)
def test_what_is_no_image_is_refused_at_its_field(
    client_of: ClientOf, company: Company, platform: Platform, data: bytes, name: str, code: str
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    answer = charlie.ask("/media", file=(io.BytesIO(data), name))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert [(e["field"], e["code"]) for e in answer.json["errors"]] == [("file", code)]
    assert count(platform) == 0


def test_a_file_that_is_missing_is_said(client_of: ClientOf, company: Company) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    answer = charlie.ask("/media")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["code"] == "file_missing"


def test_a_file_that_is_too_large_is_refused_in_words(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    size = platform.settings.max_upload_bytes
    for extra, status in ((10, 422), (2_000_000, 413)):
        answer = charlie.ask_raw("/media", *multipart(b"x" * (size + extra)))
        assert answer.status_code == status
        assert answer.json is not None
        assert answer.json["detail"]
    assert count(platform) == 0


def test_who_may_upload_and_who_may_look(client_of: ClientOf, company: Company, platform: Platform) -> None:
    image = make_media(platform, company.charlie)
    charlie, rita, oscar, stranger = (
        client_of(person) for person in (company.charlie, company.rita, company.oscar, None)
    )
    for person, looks, uploads in ((charlie, 200, 201), (rita, 200, 403), (oscar, 404, 201)):
        for address in (f"/media/{image}", f"/media/{image}/thumbnail"):
            with person.get(address) as answer:
                assert answer.status_code == looks
        person.get("/account")
        assert person.ask("/media", file=(io.BytesIO(picture()), "a.png")).status_code == uploads
    assert stranger.get(f"/media/{image}").status_code == 302


def test_an_image_whose_file_is_gone_is_not_found(client_of: ClientOf, company: Company, platform: Platform) -> None:
    image = make_media(platform, company.charlie)
    for file in platform.settings.media_folder.glob("*.png"):
        file.unlink()
    rita = client_of(company.rita)
    assert rita.get(f"/media/{image}").status_code == 404
    assert rita.get(f"/media/{image}/thumbnail").status_code == 404


def multipart(data: bytes) -> tuple[bytes, str]:
    """A form with one file as a browser sends it, and its type. (The test client's own leaves large files open.)"""
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="gross.png"\r\n\r\n'
    return head + data + b"\r\n--edge--\r\n", "multipart/form-data; boundary=edge"


def count(platform: Platform) -> int:
    with platform.database.read() as session:
        return session.scalar(select(func.count(Media.id))) or 0

"""Files: what is taken in, who gets to see it, and what is made of it for a network."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from sqlalchemy import func, select

from planner.bootstrap import Platform
from planner.models import Channel, Media
from tests.support import files
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
        (b"", "leer.png", "file_empty"),
        (b"<html><script>alert(1)</script>", "bild.png", "file_unknown"),
        (b"%PDF-1.7", "bild.jpg", "document_cut"),
        (picture()[:60], "halb.png", "image_cut"),
        (files.video()[:-10], "film.mp4", "video_cut"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bild.svg", "file_unknown"),
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


def test_a_video_is_shown_in_the_pieces_that_a_player_asks_for(client_of: ClientOf, company: Company) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    data = files.video(data=5_000)
    shown = charlie.ask("/media", file=(io.BytesIO(data), "messe.mp4")).json
    assert shown is not None
    assert (shown["kind"], shown["seconds"], shown["thumbnail"]) == ("video", 42.0, None)
    assert shown["facts"] == "0:42 · 1280 × 720 · 6 KB"
    with charlie.get(shown["url"], headers={"Range": "bytes=100-199"}) as piece:
        assert (piece.status_code, piece.data) == (206, data[100:200])
        assert piece.headers["Content-Range"] == f"bytes 100-199/{len(data)}"
    with charlie.get(shown["url"], headers={"Range": "bytes=999999-"}) as nothing:
        assert nothing.status_code == 416
    assert charlie.get(f"{shown['url']}/thumbnail").status_code == 404


def test_a_document_is_saved_and_never_opened_in_the_page(client_of: ClientOf, company: Company) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    shown = charlie.ask("/media", file=(io.BytesIO(files.pdf(3)), "katalog.pdf")).json
    assert shown is not None
    assert (shown["kind"], shown["facts"]) == ("document", "3 Seiten · 1 KB")
    with charlie.get(shown["url"]) as answer:
        assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_an_image_is_made_to_fit_a_channel_and_the_original_stays(
    client_of: ClientOf, company: Company, platform: Platform, twitter: Channel
) -> None:
    noise = io.BytesIO()
    Image.effect_noise((2600, 2600), 120).save(noise, "PNG")
    large = make_media(platform, company.charlie, noise.getvalue(), "rauschen.png")
    assert len(noise.getvalue()) > 5_000_000, "more than X takes"
    charlie, rita, oscar = (client_of(person) for person in (company.charlie, company.rita, company.oscar))
    for person in (charlie, rita, oscar):
        person.get("/account")
    assert rita.ask(f"/media/{large}/fits", channel=twitter.id).status_code == 403
    assert oscar.ask(f"/media/{large}/fits", channel=twitter.id).status_code == 404
    answer = charlie.ask(f"/media/{large}/fits", channel=twitter.id)
    assert (answer.status_code, answer.json is not None) == (201, True)
    medium = answer.json["medium"] if answer.json else {}
    assert (medium["name"], medium["mime"], medium["width"]) == ("rauschen.jpg", "image/jpeg", 2600)
    assert medium["size"] <= 5_000_000
    with charlie.get(f"/media/{large}") as original:
        assert original.data == noise.getvalue()
    again = charlie.ask(f"/media/{medium['id']}/fits", channel=twitter.id)
    assert (again.status_code, again.json and again.json["title"]) == (409, "fits_already")


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

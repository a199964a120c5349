"""What a page says about itself for the card of a link: read safely, from a real server, whatever that answers."""

from __future__ import annotations

import gzip
import io
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, strategies as st
from PIL import Image
from sqlalchemy import func, select

from planner.bootstrap import Platform
from planner.models import Media
from planner.security import outgoing
from planner.services import link_cards
from planner.services.link_cards import LinkCard, Unreadable, reading
from planner.services.link_cards.pages import Facts, facts_of
from tests.publishers.raw import RawServer, Received, Reply
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_platform, picture

HTML = {"Content-Type": "text/html; charset=utf-8"}
URL = "https://www.brandt.example/aktuell/halle.html"


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock) -> Iterator[Platform]:
    platform = make_platform(tmp_path / "instance", any_url, clock, link_private_addresses=True)
    yield platform
    platform.close()


@pytest.fixture
def site() -> Iterator[RawServer]:
    with RawServer() as site:
        yield site


def serve(site: RawServer, **replies: Reply) -> None:
    """Each reply at the path of its name."""
    site.answer = lambda asked: replies.get(asked.path.strip("/").partition(".")[0], Reply(404))


def page(head: str) -> Reply:
    return Reply(200, f"<!doctype html><html><head>{head}</head><body>Hallo</body></html>".encode(), HTML)


def code_of(platform: Platform, url: str) -> str:
    with pytest.raises(Unreadable) as refused:
        link_cards.read(platform, url)
    return refused.value.code


# --- what a page says ----------------------------------------------------------------------------------------


def test_open_graph_comes_first_then_the_marks_of_x_then_plain_html() -> None:
    plain = '<title>Alt &amp; gut</title><meta name=description content="Von uns"><link rel="image_src" href="alt.png">'
    of_x = '<meta name="twitter:title" content="Für X"><meta name="twitter:image" content="//bild.example/x.png">'
    graph = '<META PROPERTY="og:title" CONTENT="Die  neue\nHalle"><meta property="og:image" content="/halle.jpg">'

    def said(head: str) -> Facts:
        return facts_of(head.encode(), "text/html; charset=utf-8", URL)

    site = "https://www.brandt.example"
    assert said(plain) == Facts("Alt & gut", "Von uns", f"{site}/aktuell/alt.png")
    assert said(plain + of_x) == Facts("Für X", "Von uns", "https://bild.example/x.png")
    assert said(plain + of_x + graph) == Facts("Die neue Halle", "Von uns", f"{site}/halle.jpg")
    assert said(f'<base href="/b/">{plain}').picture == f"{site}/b/alt.png"
    assert said('<title>Oben</title></head><body><meta property="og:title" content="Unten">').title == "Oben"
    assert said('<meta property="og:image" content="javascript:alert(1)">') == Facts("", "", "")
    assert len(said(f"<title>{'Wort ' * 200}</title>").title) <= 400


@pytest.mark.parametrize(
    ("encoding", "header", "head"),
    [
        ("utf-8", "", ""),
        ("windows-1252", "", ""),
        ("windows-1252", "; charset=ISO-8859-1", ""),
        ("iso8859-15", "", '<meta charset="iso-8859-15">'),
        ("utf-16", "", ""),
        ("utf-8", "; charset=no-such-thing", ""),
    ],
)
def test_a_page_is_read_in_its_own_encoding(encoding: str, header: str, head: str) -> None:
    content = f"{head}<title>Größe für Öfen</title>".encode(encoding)
    assert facts_of(content, "text/html" + header, URL).title == "Größe für Öfen"


PIECES = (
    "<", ">", "<!", "<![", "<!--", "-->", "]]>", "<?", "</", "<meta ", "property=", '"og:title"', "content=", "'", "\0",
    "ä", "<title>", "&#x110000;", "&#0;", "<base href='http://['>", "<link rel=image_src href='//[x'>",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join) | st.binary(max_size=200),
    st.text(max_size=40),
)
@example("<![if x]><title>a", "text/html; charset=idna")
@example("<title>a</title>", "text/html; charset=hex")
@example("<title>a</title>", "text/html; charset=undefined")
def test_no_garbage_breaks_the_reading(found: str | bytes, kind: str) -> None:
    said = facts_of(found if isinstance(found, bytes) else found.encode("utf-8", "surrogatepass"), kind, URL)
    assert len(said.title) <= 400
    assert not said.picture or said.picture.startswith(("http://", "https://"))


@pytest.mark.parametrize("piece", ["<!--", "<!", "<a ", "<![", "</", "<meta a=", "<?", "&", '<meta content="'])
def test_a_page_that_is_broken_on_purpose_does_not_keep_the_reader_for_minutes(piece: str) -> None:
    """As it would where the time grows with the square of the length."""
    size = reading.MOST_BYTES // len(piece)
    assert facts_of((piece * size).encode(), "text/html", URL) == Facts("", "", "")


# --- from a server -------------------------------------------------------------------------------------------


def test_a_page_is_read_through_redirects_with_a_small_picture_and_nothing_is_stored(
    platform: Platform, company: Company, site: RawServer
) -> None:
    head = '<meta property="og:title" content="Halle"><meta property="og:image" content="/bild.webp">'
    packed = gzip.compress(page(head).body)
    serve(
        site,
        kurz=Reply(302, headers={"Location": "/weiter"}),
        weiter=Reply(308, headers={"Location": "seite.html#oben"}),
        seite=Reply(200, packed, {**HTML, "Content-Encoding": "gzip"}),
        bild=Reply(200, picture("WEBP", (1200, 630)), {"Content-Type": "image/webp"}),
    )
    card = link_cards.read(platform, site.url + "/kurz", "de")
    assert (card.title, card.description, card.problem) == ("Halle", "", "")
    assert card.picture is not None
    assert card.picture.url == site.url + "/bild.webp"
    assert Image.open(io.BytesIO(card.picture.thumbnail)).size == (600, 315)
    assert site.requests[0].headers["accept-language"] == "de,*;q=0.5"
    folder = platform.settings.media_folder
    assert [path for path in folder.rglob("*") if path.is_file()] == []

    kept = link_cards.keep_picture(platform, company.charlie, card.picture.url, now=platform.clock.now())
    assert (kept.mime, kept.filename, kept.width) == ("image/jpeg", "127.0.0.1 bild.jpg", 1200)
    assert [path.name for path in folder.iterdir() if path.is_file()] == [kept.stored_as]


def test_a_page_whose_picture_cannot_be_had_still_has_a_title(
    platform: Platform, company: Company, site: RawServer
) -> None:
    head = '<title>Halle</title><meta property="og:image" content="/bild.png">'
    for answer in (Reply(404), Reply(200, b"<svg/>"), Reply(200, picture()[:80]), Reply(200, b"%PDF-1.7 %%EOF")):
        serve(site, seite=page(head), bild=answer)
        assert link_cards.read(platform, site.url + "/seite") == LinkCard("Halle", "", None, "card_picture_unreadable")
        with pytest.raises(Unreadable):
            link_cards.keep_picture(platform, company.charlie, site.url + "/bild.png", now=platform.clock.now())
    with platform.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Media)) == 0


def test_why_a_page_cannot_be_read_is_said_in_codes(
    platform: Platform, site: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SECONDS", 0.3)
    serve(
        site,
        kreis=Reply(301, headers={"Location": "/kreis"}),
        kaputt=Reply(503),
        datei=Reply(200, b"%PDF-1.7", {"Content-Type": "application/pdf"}),
        langsam=Reply(200, headers=HTML, drip=0.05),
        fort=Reply(302, headers={"Location": "ftp://brandt.example/"}),
        geheim=Reply(302, headers={"Location": "http://a:b@127.0.0.1/"}),
        wirr=Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
    )
    wanted = {
        "kreis": "page_redirects", "kaputt": "page_status", "datei": "page_no_page", "langsam": "page_silent",
        "fort": "page_address", "geheim": "page_password", "wirr": "page_away", "nirgends": "page_status",
    }  # fmt: skip
    assert {path: code_of(platform, f"{site.url}/{path}") for path in wanted} == wanted
    assert sum(asked.path == "/kreis" for asked in site.requests) == 6, "five redirects are followed"
    for url in (
        "",
        "brandt.example",
        "mailto:a@brandt.example",
        "https://[",
        "http://x y",
        f"https://a.de/{'x' * 2000}",
    ):
        assert code_of(platform, url) == "page_address"


def test_a_large_page_is_read_from_its_beginning(platform: Platform, site: RawServer) -> None:
    serve(site, seite=Reply(200, b"<title>Halle</title>" + b"<p>" * 1_000_000, HTML))
    assert link_cards.read(platform, site.url + "/seite").title == "Halle"


def test_nothing_in_the_own_network_is_read_be_it_by_name_or_by_redirect(
    platform: Platform, site: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = replace(platform, settings=replace(platform.settings, link_private_addresses=False))
    port = int(site.url.rpartition(":")[2])
    assert code_of(guarded, site.url) == "page_private"
    for inside in ("http://localhost/", "http://intranet/", "http://10.1.2.3/", "http://[::ffff:169.254.169.254]/"):
        assert code_of(guarded, inside) == "page_private"
    assert code_of(guarded, "https://www.brandt.example/") == "page_name_unknown", "nobody is asked for such names"

    addresses = {"seite.brandt.de": "127.0.0.1", "innen.brandt.de": "127.0.0.9"}
    look_up, is_public = socket.getaddrinfo, outgoing.is_public

    def names(host: str, *rest: Any, **more: Any) -> Any:
        return look_up(addresses.get(host, host), *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", names)
    assert code_of(guarded, f"http://innen.brandt.de:{port}/") == "page_private", "the name leads inside"
    assert code_of(guarded, f"http://seite.brandt.de:{port}/") == "page_private"
    assert site.connections == 0

    # As if the test's own machine stood on the open internet: what it leads on to does not.
    monkeypatch.setattr(outgoing, "is_public", lambda address: address == "127.0.0.1" or is_public(address))

    def leads(asked: Received) -> Reply:
        targets = {"/name": f"http://innen.brandt.de:{port}/", "/ip": "http://127.0.0.9/", "/here": "http://localhost/"}
        return Reply(302, headers={"Location": targets[asked.path]})

    site.answer = leads
    for path in ("/name", "/ip", "/here"):
        assert code_of(guarded, f"http://seite.brandt.de:{port}{path}") == "page_private"
    assert site.connections == 3, "only the first page was asked each time"
    site.answer = page(f'<title>Halle</title><meta property="og:image" content="http://innen.brandt.de:{port}/b.png">')
    found = link_cards.read(guarded, f"http://seite.brandt.de:{port}/")
    assert (found.title, found.problem) == ("Halle", "card_picture_unreadable")

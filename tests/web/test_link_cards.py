"""The card of a link in the composer: read for the script and by the button, its picture taken with the post."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from planner.bootstrap import Platform
from planner.models import Channel, Media, Post
from tests.publishers.raw import RawServer, Received, Reply
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_platform, picture
from tests.support.web import ClientOf

HEAD = '<meta property="og:title" content="Die Halle"><meta name="description" content="Größer">'
HEAD += '<meta property="og:image" content="/halle.png">'


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock) -> Iterator[Platform]:
    platform = make_platform(tmp_path / "instance", any_url, clock, link_private_addresses=True)
    yield platform
    platform.close()


@pytest.fixture
def site() -> Iterator[RawServer]:
    def answer(asked: Received) -> Reply:
        if asked.path == "/halle.png":
            return Reply(200, picture(size=(1200, 630)))
        return Reply(200, HEAD.encode(), {"Content-Type": "text/html"}) if asked.path == "/halle" else Reply(410)

    with RawServer(answer) as site:
        yield site


def stored(platform: Platform) -> tuple[Post, int]:
    """The only post, and how many files there are."""
    with platform.database.read() as session:
        post = session.scalars(select(Post).options(selectinload(Post.media))).one()
        count = session.scalar(select(func.count()).select_from(Media)) or 0
        session.expunge_all()
    return post, count


def form(channel: Channel, site: RawServer, **changes: Any) -> dict[str, Any]:
    said = {"text": "Fertig!", "link": f"{site.url}/halle", "channels": [channel.id], "when": "none", "with": ["card"]}
    return {**said, "card_title": "Unsere  Halle", "page_picture": f"{site.url}/halle.png", "action": "draft"} | changes


def test_a_page_is_read_for_those_who_write_posts_and_what_is_wrong_is_an_answer(
    client_of: ClientOf, company: Company, platform: Platform, site: RawServer
) -> None:
    charlie, rita = client_of(company.charlie), client_of(company.rita)
    charlie.get("/posts/new")
    found: Any = charlie.ask("/posts/link-card", link=f"{site.url}/halle").json
    assert (found["title"], found["description"], found["problem"]) == ("Die Halle", "Größer", "")
    assert found["picture"]["url"] == f"{site.url}/halle.png"
    assert found["picture"]["thumbnail"].startswith("data:image/webp;base64,")
    gone: Any = charlie.ask("/posts/link-card", link=f"{site.url}/fort").json
    assert (gone["title"], gone["picture"]) == ("", None)
    assert gone["problem"] == "Die Seite kann nicht gelesen werden: Sie antwortete mit dem Fehler 410."
    answers = [charlie.ask("/posts/link-card", link="") for _ in range(60)]
    assert {answer.status_code for answer in answers} == {200, 429}, "nobody reads pages without end"
    late: Any = answers[-1].json
    assert late["detail"]
    asked = len(site.requests)
    bob = client_of(company.bob)
    bob.get("/posts/new")
    assert bob.ask("/posts/link-card", link="").status_code == 200, "each person for themselves"
    rita.get("/calendar")
    assert rita.ask("/posts/link-card", link=f"{site.url}/halle").status_code == 403
    bob.token = "forged"
    assert bob.ask("/posts/link-card", link=f"{site.url}/halle").status_code == 400
    assert len(site.requests) == asked


def test_a_card_is_kept_with_the_post_and_the_page_s_picture_is_taken_only_then(
    client_of: ClientOf, company: Company, platform: Platform, site: RawServer, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    assert "Die Halle" in charlie.send("/posts/new", **form(linkedin, site, button="read:card:")).text
    again = charlie.send("/posts/new", **form(linkedin, site, button="read:card:", link=f"{site.url}/fort"))
    assert "Füllen Sie Titel und Bild von Hand aus." in again.text
    assert 'value="Unsere Halle"' in again.text, "what was typed stays"
    answer = charlie.send_and_follow("/posts/new", **form(linkedin, site, card_description="Größer denn je"))
    post, count = stored(platform)
    assert (post.card_title, post.card_description, count) == ("Unsere Halle", "Größer denn je", 1)
    assert [(m.part, m.medium.filename) for m in post.media] == [(-1, "127.0.0.1 halle.png")]
    for shown in (answer.text, charlie.get(f"/posts/{post.id}/edit").text):
        assert "Unsere Halle" in shown
        assert "Größer denn je" in shown
    beside = {"media": [post.media[0].media_id], "version": post.version}
    charlie.send(f"/posts/{post.id}/edit", **form(linkedin, site, **beside))
    post, count = stored(platform)
    assert ([m.part for m in post.media], count) == ([0], 1), "where a file takes the card's place, none is taken"
    charlie.send(f"/posts/{post.id}/edit", **form(linkedin, site, version=post.version, **{"with": []}))
    post, count = stored(platform)
    assert (post.card_title, post.card_description, post.media, count) == ("", "", [], 1)


def test_a_picture_that_cannot_be_had_keeps_nobody_from_saving(
    client_of: ClientOf, company: Company, platform: Platform, site: RawServer, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    answer = charlie.send_and_follow("/posts/new", **form(linkedin, site, page_picture=f"{site.url}/fort.png"))
    assert "Das Bild, das die Seite nennt, ist nicht zu bekommen." in answer.text
    post, count = stored(platform)
    assert (post.card_title, post.media, count) == ("Unsere Halle", [], 0)

"""From the composer to the network: what a person writes in a real browser is what the network has in the end."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from planner.bootstrap import Platform
from planner.models import Channel
from publishers.sandbox import Sandbox
from tests.publishers.raw import RawServer, Reply
from tests.services.publishing.stage import Stage
from tests.support import files
from tests.support.browser import assert_accessible
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_platform, picture
from tests.support.web import sign_in

pytestmark = pytest.mark.browser

#: So long each network works on a film or a document.
PROCESSING_SECONDS = 0.6
FILM_BYTES = 6_000_000


@pytest.fixture
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    """The networks live on the test's day, but their time passes: what they process is done after a while."""
    begun = time.monotonic()

    def passing() -> datetime:
        return clock.now() + timedelta(seconds=time.monotonic() - begun)

    with Sandbox(clock=passing, limits={}, processing_seconds=0) as sandbox:
        yield sandbox


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    networks = {key: sandbox.api_url(key) for key in ("facebook", "twitter", "linkedin")}
    platform = make_platform(tmp_path / "instance", any_url, clock, networks=networks, link_private_addresses=True)
    yield platform
    platform.close()


@dataclass
class Desk:
    """Bob, who may approve, with a Page, a profile on X and an organisation on LinkedIn."""

    stage: Stage
    page: Page
    server: str
    channels: dict[str, Channel]

    def open(self, text: str, *networks: str) -> None:
        self.page.goto(f"{self.server}/posts/new")
        for network in networks:
            self.page.locator(f"[data-channel-box][value='{self.channels[network].id}']").check()
        self.page.locator("#field-text").fill(text)

    def add(self, kind: str) -> None:
        self.page.locator(f"[name=with][value={kind}]").check()

    def attach(self, chosen: list[FilePayload], upload: str = "#upload") -> Locator:
        """Add files, and wait until each is there."""
        self.page.locator(upload).set_input_files(chosen)
        items = self.page.locator(upload).locator("xpath=ancestor::*[@data-images]").locator("[data-image]")
        expect(items).to_have_count(len(chosen))
        return items

    def publish(self) -> dict[str, dict[str, Any]]:
        """Approve it for in five minutes, let these pass; what each network has got as the post itself, with what
        stands under it as ``thread`` (texts and media) and ``comments``."""
        before = {post["id"] for post in self.stage.live()}
        soon = (self.stage.clock.now() + timedelta(hours=1, minutes=5)).strftime("%Y-%m-%dT%H:%M")  # Berlin, in March
        self.page.locator("#when-time").check()
        self.page.locator("#field-publish_at").fill(soon)
        self.page.locator("[data-main=timed]").click()
        self.page.wait_for_url(re.compile(r"/posts/\d+(#.*)?$"))
        assert self.stage.run() == 0, "nothing is due yet"
        self.stage.clock.advance(minutes=5)
        self.stage.run()
        self.page.reload()
        expect(self.page.locator(".delivery .status[data-status=published]").first).to_be_visible()
        return self._arrived([post for post in self.stage.live() if post["id"] not in before])

    def _arrived(self, posts: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for post in posts:
            network = post["network"]
            if post["reply_to"]:
                found[network]["thread"].append(post)
                continue
            assert network not in found, "each network has it once"
            comments = self.stage.sandbox.comments(network, post["id"])
            found[network] = {**post, "thread": [], "comments": [c["text"] for c in comments if c["own"]]}
        return found


@pytest.fixture
def desk(page: Page, server: str, platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock) -> Desk:
    stage = Stage(platform, company, sandbox, clock)
    channels = {network: stage.channel(network) for network in ("facebook", "twitter", "linkedin")}
    sign_in(page, server, company.bob)
    return Desk(stage, page, server, channels)


@pytest.fixture
def site() -> Iterator[RawServer]:
    """The company's own page, which says what it is about."""
    says = '<meta property="og:title" content="Hundert Jahre"><meta property="og:image" content="/seite.png">'
    replies = {
        "/geschichte": Reply(200, says.encode(), {"Content-Type": "text/html"}),
        "/seite.png": Reply(200, picture(size=(1200, 630), color="purple")),
    }
    with RawServer(lambda asked: replies.get(asked.path, Reply(404))) as site:
        yield site


def test_a_poll_pictures_a_thread_and_first_comments_arrive_as_they_were_written(desk: Desk, site: RawServer) -> None:
    page = desk.page
    desk.open("Welche Maschine zeigen wir?", "twitter", "linkedin")
    desk.add("poll")
    page.locator("[name='poll.question']").fill("Ihre Wahl?")
    options = page.locator("[data-rows=option] input")
    options.nth(0).fill("FX 400")
    options.nth(1).fill("BX 500")
    page.locator("[name='poll.hours']").select_option("24")
    asked = {network: post["poll"] for network, post in desk.publish().items()}
    choice = {"options": ["FX 400", "BX 500"], "minutes": 1440}
    assert asked == {"linkedin": {"question": "Ihre Wahl?", **choice}, "twitter": {"question": "", **choice}}

    desk.open("Die ganze Geschichte.", "twitter", "linkedin")
    page.locator("#field-link").fill(f"{site.url}/fort")
    expect(page.locator("[data-card-status]")).to_contain_text("Sie antwortete mit dem Fehler 404. Füllen Sie Titel")
    page.locator("#field-link").fill(f"{site.url}/geschichte")
    title, description = page.locator("#field-card_title"), page.locator("#field-card_description")
    expect(title).to_have_value("Hundert Jahre")
    for network in ("linkedin", "twitter"):
        shown = page.locator(f".preview[data-network={network}]")
        expect(shown.locator(".preview-link-title")).to_have_text("Hundert Jahre")
        expect(shown.locator(".preview-link-picture")).to_be_visible()
    title.fill("Unsere hundert Jahre")
    description.fill("Von der Schmiede zur Fräse")
    expect(page.locator(".preview[data-network=linkedin] .preview-link-title")).to_have_text("Unsere hundert Jahre")
    expect(page.locator(".preview[data-network=twitter] .preview-link-title")).to_have_text("Hundert Jahre")
    page.locator("[name=page_picture]").uncheck()
    desk.attach([image("falsch.png", "black")], "#upload\\.card")
    desk.attach([image("karte.png", "gold")], "#upload\\.card").locator("[data-alt]").fill("Das Werk von oben")
    expect(page.locator("[data-images=card] [data-file-name]")).to_have_text("karte.png")
    assert_accessible(page)
    page.locator("[name=page_picture]").check()
    expect(page.locator("[data-images=card]")).to_be_hidden()
    linked = desk.publish()
    stored = desk.stage.sandbox.world.store
    drawn = stored.media["linkedin", linked["linkedin"]["card"]]
    assert drawn.content == picture(size=(1200, 630), color="purple")
    kept = stored.find("linkedin", linked["linkedin"]["id"])
    assert kept is not None
    article = kept.meta["content"]["article"]
    assert (article["title"], article["description"]) == ("Unsere hundert Jahre", "Von der Schmiede zur Fräse")
    assert (linked["linkedin"]["link"], linked["twitter"]["card"]) == (f"{site.url}/geschichte", None)
    expect(page.locator(".follow-up", has_text="Linkvorschau").locator("img")).to_be_visible()

    desk.open("Drei Blicke in die Halle.", "facebook", "linkedin", "twitter")
    items = desk.attach([image("eins.png", "teal"), image("zwei.png", "orange"), image("drei.png", "navy")])
    for number, seen in enumerate(("Eine Fräse", "Ein Kran", "Ein Tor")):
        items.nth(number).locator("[data-alt]").fill(seen)
    items.nth(2).locator("[data-image-move=up]").click()
    desk.add("first_comment")
    page.locator("#field-first_comment").fill("Mehr auf unserer Seite.")
    desk.add("thread")
    page.keyboard.type("Der Kran hebt 20 Tonnen.")
    page.locator("[data-row-add=part]").click()
    page.keyboard.type("Das Tor ist 8 Meter hoch.")
    part = page.locator("[data-part]").first
    upload = f"#upload\\.part\\.{part.get_attribute('data-part')}"
    desk.attach([image("kran.png", "gold")], upload).first.locator("[data-alt]").fill("Der Haken")
    arrived = desk.publish()
    assert set(arrived) == {"facebook", "linkedin", "twitter"}
    for post in arrived.values():
        assert [one["alt"] for one in post["media"]] == ["Eine Fräse", "Ein Tor", "Ein Kran"]
    assert arrived["facebook"]["comments"] == arrived["linkedin"]["comments"] == ["Mehr auf unserer Seite."]
    thread = arrived["twitter"]["thread"]
    assert [part["text"] for part in thread] == ["Der Kran hebt 20 Tonnen.", "Das Tor ist 8 Meter hoch."]
    assert [one["alt"] for one in thread[0]["media"]] == ["Der Haken"]

    page.goto(f"{desk.server}/calendar?view=list")
    marks = {"Welche Maschine": ["Umfrage"], "Drei Blicke": ["Bilder", "Thread", "Erster Kommentar"]}
    for words, names in marks.items():
        shown = page.locator(".entry", has_text=words).locator(".entry-marks [role=img]")
        expect(shown).to_have_count(len(names))
        assert [one.get_attribute("aria-label") for one in shown.all()] == names
    assert_accessible(page)


def test_a_film_and_a_document_arrive_whole_once_the_networks_have_processed_them(desk: Desk) -> None:
    desk.stage.sandbox.world.processing_seconds = PROCESSING_SECONDS
    desk.open("Die neue Halle im Film.", "facebook", "twitter", "linkedin")
    film: FilePayload = {"name": "halle.mp4", "mimeType": "video/mp4", "buffer": files.video(data=FILM_BYTES)}
    desk.attach([film]).first.locator("[data-title]").fill("Halle Süd")
    shown = desk.publish()
    assert {network: post["media"][0]["size"] for network, post in shown.items()} == dict.fromkeys(
        ("facebook", "twitter", "linkedin"), len(film["buffer"])
    )
    for network in shown:
        asked = [entry["operation"] for entry in desk.stage.sandbox.requests(network)]
        assert asked.count("upload.part") > 1, f"{network} took it in pieces"
        assert "upload.status" in asked[: asked.index("publish")], f"{network} had to be waited for"

    desk.open("Unser Katalog.", "linkedin")
    catalogue: FilePayload = {"name": "katalog.pdf", "mimeType": "application/pdf", "buffer": files.pdf(12)}
    desk.attach([catalogue]).first.locator("[data-title]").fill("Katalog 2027")
    document = desk.publish()["linkedin"]["media"][0]
    assert (document["title"], document["pages"], document["size"]) == ("Katalog 2027", 12, len(catalogue["buffer"]))


def image(name: str, color: str) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": picture(color=color)}

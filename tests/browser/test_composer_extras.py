"""Polls, threads, first comments and files of every kind in a real browser."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from planner.bootstrap import Platform
from planner.models import Channel, Media, Post
from tests.support import files
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_platform
from tests.support.web import sign_in

pytestmark = pytest.mark.browser
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
LONG = "Eins ist ein Satz über Fräsen. " * 12


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock) -> Iterator[Platform]:
    """As everywhere, with FFmpeg."""
    platform = make_platform(tmp_path / "instance", any_url, clock, ffmpeg=FFMPEG)
    yield platform
    platform.close()


def test_accounts_cashtags_and_links_look_as_each_network_shows_them(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    now = platform.clock.now()
    instagram = make_channel(
        platform.database, company, now, "instagram", name="Bilder", profile_url="https://a.example"
    )
    open_composer(page, server, company)
    for channel in (linkedin, twitter, instagram):
        choose(page, channel)
    page.locator("#field-text").fill("Danke an @Messe und @Eva Roth! $AAPL, $MSFT")
    expect(page.locator("[data-counters=base]")).to_contain_text("$ 2 / 1")
    chip(page, "mentions").check()
    row = page.locator("[data-rows=mention] [data-row]").first
    row.locator("[name='mention.name']").fill("@Eva Roth")
    row.locator("[name='mention.id']").fill("https://www.linkedin.com/in/eva-roth")
    page.keyboard.press("Tab")
    expect(row.locator("[data-mention-found]")).to_contain_text("kein Konto")
    marks = page.locator(".preview[data-network=linkedin] .preview-mark")
    expect(marks).to_have_count(0)
    row.locator("[name='mention.id']").fill("https://www.linkedin.com/company/2414183/")
    page.keyboard.press("Tab")
    expect(row.locator("[name='mention.id']")).to_have_value("urn:li:organization:2414183")
    expect(marks).to_have_text(["@Eva Roth"])
    expect(page.locator(".preview[data-network=twitter] .preview-mark")).to_have_text(["@Messe", "@Eva"])

    page.locator("#field-link").fill("https://www.example.com/messe")
    expect(page.locator(".preview[data-network=linkedin] .preview-link")).to_be_visible()
    expect(page.locator(".preview[data-network=instagram]")).not_to_contain_text("example.com")
    chip(page, "poll").check()
    expect(page.locator(".preview[data-network=linkedin] .preview-link")).to_have_count(0)
    expect(marks).to_have_text(["@Eva Roth", "https://www.example.com/messe"])
    chip(page, "poll").uncheck()
    picture = io.BytesIO()
    Image.new("RGB", (1080, 1080)).save(picture, "PNG")
    page.locator("[data-images=base] input[type=file]").set_input_files(
        {"name": "halle.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    shown = page.locator(".preview[data-network=instagram] > *")
    expect(shown.nth(1)).to_have_class("preview-images")
    expect(shown.nth(2)).to_have_class("preview-text")


def test_a_poll_and_a_first_comment_are_written_previewed_kept_and_saved(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    open_composer(page, server, company)
    expect(page.locator("[data-extras]")).to_be_hidden()
    choose(page, twitter)
    expect(chip(page, "first_comment")).to_be_hidden()
    choose(page, linkedin)
    page.locator("#field-text").fill("Was zeigen wir auf der Messe?")
    chip(page, "poll").check()
    expect(page.locator("[name='poll.question']")).to_be_focused()
    page.keyboard.type("Welche Maschine?")
    options = page.locator("[data-rows=option] input")
    options.nth(0).fill("FX 400")
    options.nth(1).fill("Das große Bearbeitungszentrum")
    expect(page.locator("[data-rows=option] [data-counter]").nth(1)).to_have_attribute("data-tone", "danger")
    expect(page.locator("[data-live='poll.options']")).to_contain_text("@brandt")
    options.nth(1).fill("FX 500")
    page.locator("[data-row-add=option]").click()
    expect(options.nth(2)).to_be_focused()
    page.keyboard.type("Keine")
    page.locator("[data-row-remove]").nth(2).click()
    expect(options).to_have_count(2)
    page.locator(".toast-message [data-toast-action]").click()
    expect(options.nth(2)).to_have_value("Keine")
    chip(page, "first_comment").check()
    page.locator("#field-first_comment").fill("Mehr im Shop.")
    expect(page.locator("[data-extra-note=first_comment]")).to_have_text("Nur auf Brandt.")
    expect(page.locator(".preview[data-network=linkedin] .preview-poll li")).to_have_text(["FX 400", "FX 500", "Keine"])
    expect(page.locator(".preview[data-network=linkedin] .preview-comment")).to_contain_text("Mehr im Shop.")
    expect(page.locator(".preview[data-network=twitter] .preview-comment")).to_have_count(0)
    expect(page.locator("[data-warnings]")).to_contain_text("@brandt")
    assert_accessible(page)
    expect(page.locator("[data-kept]")).not_to_be_empty()
    page.goto(f"{server}/posts/new")
    page.locator("[data-restore-yes]").click()
    expect(options).to_have_count(3)
    expect(options.nth(2)).to_have_value("Keine")
    expect(page.locator("#field-first_comment")).to_have_value("Mehr im Shop.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    expect(page.locator(".poll-options li")).to_have_text(["FX 400", "FX 500", "Keine"])
    assert_accessible(page)
    post = only_post(platform)
    assert post.poll == {"question": "Welche Maschine?", "options": ["FX 400", "FX 500", "Keine"], "hours": 72}
    assert post.first_comment == "Mehr im Shop."


def test_a_long_text_becomes_a_thread_for_x_alone(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_composer(page, server, company, linkedin, twitter)
    page.locator("#field-text").fill(LONG.strip())
    chip(page, "thread").check()
    page.locator("[data-split]").click()
    parts = page.locator("[data-part-text]")
    expect(parts).to_have_count(1)
    expect(parts.first).to_have_value(re.compile(r"^Eins ist ein Satz.*Fräsen\.$"))
    expect(page.locator("#field-text")).to_have_value(LONG.strip())
    expect(page.locator(".preview[data-network=twitter] .preview-part")).to_have_count(1)
    page.locator("[data-row-add=part]").click()
    page.keyboard.type("Zum Schluss")
    page.locator("[data-part] [data-row-move=up]").nth(1).click()
    expect(parts.first).to_have_value("Zum Schluss")
    expect(page.locator("[data-part-counters] [data-counter]").first).to_have_text(re.compile(r"11 / 280$"))
    page.locator("#part-1, [data-part] textarea").first.fill("漢" * 141)
    expect(page.locator("[data-live-part=text]").first).to_contain_text("Folgeteil 1")
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    parts.first.fill("Zum Schluss")
    page.locator("[data-main=untimed]").click()
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    post = only_post(platform)
    assert post.text == LONG.strip()
    own = next(v.text for v in post.variants if v.channel_id == twitter.id)
    assert own is not None
    assert post.thread[0] == "Zum Schluss"
    assert f"{own} {post.thread[1]}" == LONG.strip()


def test_a_video_and_a_document_are_uploaded_with_progress_and_one_can_be_stopped(
    page: Page, server: str, company: Company, platform: Platform, linkedin: Channel, tmp_path: Path
) -> None:
    open_composer(page, server, company, linkedin)
    slow = page.context.new_cdp_session(page)
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1}
    slow.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": 300_000})
    large = {"name": "gross.mp4", "mimeType": "video/mp4", "buffer": files.video(data=6_000_000)}
    page.locator("#upload").set_input_files(large)  # type: ignore[arg-type]
    expect(page.locator(".upload-item")).to_contain_text("gross.mp4")
    expect(page.locator("[data-upload-state]")).to_contain_text("%")
    page.locator("[data-upload-cancel]").click()
    expect(page.locator(".upload-item")).to_have_count(0)
    slow.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": -1})
    several = [
        {"name": "messe.mp4", "mimeType": "video/mp4", "buffer": filmed(tmp_path, 4)},
        {"name": "katalog.pdf", "mimeType": "application/pdf", "buffer": files.pdf(12)},
        {"name": "kaputt.mov", "mimeType": "video/quicktime", "buffer": files.video()[:-20]},
    ]
    page.locator("#upload").set_input_files(several)  # type: ignore[arg-type]
    items = page.locator("[data-images=base] [data-image]")
    expect(items).to_have_count(2)
    expect(page.locator("[data-images=base] [data-image-error]")).to_contain_text("kaputt.mov: Dieses Video ist nicht")
    expect(items.nth(1)).to_contain_text("12 Seiten")
    expect(items.nth(0).locator("img")).to_have_js_property("complete", value=True)
    items.nth(1).locator("[data-title]").fill("Katalog 2027")
    expect(page.locator(".preview-document")).to_contain_text("Katalog 2027")
    expect(page.locator("[data-live=media]")).to_contain_text("Brandt")
    assert_accessible(page)
    items.nth(0).locator("[data-image-move=remove]").click()
    page.locator("[data-main=untimed]").click()
    page.wait_for_url(re.compile(r"/posts/\d+$"))
    with platform.database.read() as session:
        stored = {m.filename: m.title for m in session.scalars(select(Media))}
    assert stored == {"messe.mp4": None, "katalog.pdf": "Katalog 2027"}


def test_an_image_and_a_video_are_made_to_fit_for_one_channel(
    page: Page, server: str, company: Company, linkedin: Channel, twitter: Channel, tmp_path: Path
) -> None:
    open_composer(page, server, company, linkedin, twitter)
    noise = io.BytesIO()
    Image.effect_noise((2600, 2600), 120).save(noise, "PNG")
    page.locator("#upload").set_input_files({"name": "halle.png", "mimeType": "image/png", "buffer": noise.getvalue()})
    fit(page).filter(has_text="halle.png passt nicht zu @brandt").locator("[data-fit]").click()
    own = page.locator(f"[data-images='{twitter.id}'] [data-image]")
    expect(own).to_have_count(1, timeout=60_000)
    expect(page.locator(f"[data-images='{twitter.id}']")).to_contain_text("halle.jpg")
    expect(page.locator("[data-images=base]")).to_contain_text("halle.png")
    page.locator(".toast-message [data-toast-action]").last.click()
    expect(page.locator(f"[name='variants.{twitter.id}.own_media']")).not_to_be_checked()
    page.locator("[data-images=base] [data-image-move=remove]").click()
    film = {"name": "lang.mp4", "mimeType": "video/mp4", "buffer": filmed(tmp_path, 150)}
    page.locator("#upload").set_input_files(film)  # type: ignore[arg-type]
    offer = fit(page).filter(has_text="2:20")
    offer.locator("[data-fit]").click()
    expect(page.locator(f"[data-images='{twitter.id}']")).to_contain_text("2:20 · 160 × 120", timeout=60_000)
    expect(page.locator("[data-images=base]")).to_contain_text("2:30 · 160 × 120")
    expect(fit(page)).to_have_count(0)
    assert_accessible(page)


def open_composer(page: Page, server: str, company: Company, *channels: Channel) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/posts/new")
    choose(page, *channels)


def choose(page: Page, *channels: Channel) -> None:
    for channel in channels:
        page.locator(f"[data-channel-box][value='{channel.id}']").check()


def chip(page: Page, kind: str) -> Locator:
    return page.locator(f"[name=with][value={kind}]")


def fit(page: Page) -> Locator:
    return page.locator("[data-fits=base] li")


def filmed(folder: Path, seconds: int) -> bytes:
    """A real MP4 of a moving test picture of 160 x 120 pixels."""
    path = folder / "film.mp4"
    shape = ["-pix_fmt", "yuv420p", "-preset", "ultrafast"]
    source = ["-f", "lavfi", "-i", f"testsrc=s=160x120:d={seconds}:r=5"]
    subprocess.run([FFMPEG, "-loglevel", "error", *source, *shape, "-y", str(path)], check=True)
    return path.read_bytes()


def only_post(platform: Platform) -> Post:
    with platform.database.read() as session:
        query = select(Post).options(selectinload(Post.variants), selectinload(Post.media))
        post = session.scalars(query).one()
        session.expunge_all()
        return post

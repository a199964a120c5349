"""The main job from end to end: a week is planned, goes out by itself, and shows whether it worked.

Everything is real: the command ``sendeplan serve`` and the sandbox networks as processes, SQLite, three people with a
browser each. Times are those of the machine's clock, to the minute, as a person types them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import assert_accessible, assert_no_sideways_scroll, errors_of
from tests.support.factories import PASSWORD, picture
from tests.support.office import Office, running_office, wait_until

pytestmark = pytest.mark.browser

ADMIN, EDITOR, LEAD = "jonas@brandt.example", "lena@brandt.example", "katrin@brandt.example"
BERLIN = ZoneInfo("Europe/Berlin")
NETWORKS = ("facebook", "linkedin", "twitter", "xing")
LINK = "https://www.brandt-maschinenbau.example/bx-500"
TEXT = f"Die BX 500 fräst ab heute im Werk Süd. Alle Zahlen stehen auf unserer Seite: {LINK}"
TEXT_FOR_X = f"Die BX 500 läuft. {LINK}"
DRAGGED = "Am Freitag öffnen wir die Werkstore."

Arrive = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Slots:
    """The minutes of this hour at which the channels publish, for a test that cannot wait for next week."""

    times: tuple[datetime, ...]

    @classmethod
    def soon(cls) -> Slots:
        """Three minutes in a row: who is slow to write still finds one that is free."""
        first = next_minute(after_seconds=20)
        return cls(tuple(first + timedelta(minutes=number) for number in range(3)))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A new instance with three people and no channel yet."""
    people = [(ADMIN, "admin"), (EDITOR, "editor"), (LEAD, "approver")]
    with running_office(tmp_path, people) as running:
        yield running


@pytest.fixture
def arrive(chromium: Browser, office: Office) -> Iterator[Arrive]:
    """``arrive(EDITOR)`` is a browser of one's own in which that person has signed in; ``width=390`` is a phone."""
    opened: list[tuple[Page, list[str]]] = []

    def make(email: str, *, width: int = 1440, language: str = "en-GB") -> Page:
        context = chromium.new_context(
            locale=language, timezone_id="Europe/Berlin", viewport={"width": width, "height": 900},
            reduced_motion="reduce", base_url=office.address,
        )  # fmt: skip
        context.set_default_timeout(20_000)
        page = context.new_page()
        opened.append((page, errors_of(page)))
        page.goto("/sign-in")
        page.locator("input[name=email]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator(".sign-in button[type=submit]").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield make
    for page, _errors in opened:
        page.context.close()
    assert not any(errors for _page, errors in opened), [errors for _page, errors in opened]


def test_a_week_is_planned_goes_out_by_itself_and_shows_whether_it_worked(office: Office, arrive: Arrive) -> None:
    # The admin connects all four networks and says when each publishes.
    jonas = arrive(ADMIN)
    slots = Slots.soon()
    for network, credentials in office.accounts().items():
        connect(jonas, network, credentials)
        give_slots(jonas, slots)
        give_rhythm(jonas, posts_a_week=2)
    jonas.goto("/channels")
    expect(jonas.locator(".channels-table .status", has_text="Connected")).to_have_count(4)

    # The editor turns a topic into a post for all of them, and lets the queue choose the time.
    lena = arrive(EDITOR)
    note_topic(lena, "Neue Fräse im Werk Süd")
    make_post_of_topic(lena, "Neue Fräse im Werk Süd")
    choose_channels(lena, 4)
    write(lena, TEXT, link=LINK, image=picture(size=(640, 480)))
    write_for(lena, "X (Twitter)", TEXT_FOR_X)
    without_images(lena, "XING")
    lena.get_by_label(re.compile("Into the queue")).check()
    lena.get_by_role("button", name="Submit for approval").click()
    expect(deliveries(lena)).to_have_count(4)
    queued_post = lena.url

    # She schedules another one at a time of her own, and moves a third in the calendar.
    schedule(lena, "Schichtwechsel um sechs: ein Blick in die Halle.", next_minute(after_seconds=10), "LinkedIn")
    scheduled_post = lena.url
    drag_in_calendar(lena)

    # The lead approves on the phone.
    katrin = arrive(LEAD, width=390, language="de-DE")
    approve_from_the_phone(katrin, "BX 500")
    approve_from_the_phone(katrin, "Schichtwechsel")

    # Nobody touches anything: the posts go out, each once on each network.
    wait_until(lambda: len(office.arrived()) >= 5, "five posts have arrived")
    katrin.goto(queued_post)
    expect(katrin.locator(".delivery-state .status", has_text="Veröffentlicht")).to_have_count(4, timeout=20_000)
    katrin.goto(scheduled_post)
    expect(katrin.locator(".delivery-state .status", has_text="Veröffentlicht")).to_have_count(1, timeout=20_000)
    check_what_arrived(office)

    # Two days later the figures come back, and the lead sees them.
    office.move_networks_clock(hours=48)
    assert "5 new figures" in office.run("metrics", "pull", "--all")
    check_figures_of_the_post(katrin, queued_post)
    check_success(katrin)


def test_a_channel_without_an_interface_is_served_by_a_person_with_a_phone(office: Office, arrive: Arrive) -> None:
    jonas = arrive(ADMIN)
    jonas.goto("/channels/new?network=xing")
    jonas.locator("#by-hand-name").fill("XING-Profil von Jonas Brandt")
    jonas.get_by_role("button", name="Add channel").click()
    expect(jonas.get_by_text("At the time of a post, its owner is told to publish it")).to_be_visible()
    write_approved(office, "Drei Wünsche an die Politik: weniger Formulare.", seconds_ahead=2)

    lena = arrive(EDITOR, width=390, language="de-DE")
    due = lena.locator(".hand-item", has_text="Drei Wünsche")
    wait_until(
        # Not waited for: while it is claimed it is not on the page, and the page does not renew itself.
        lambda: (lena.goto("/assisted"), due.locator(".hand-action").all_inner_texts() == ["Veröffentlichen"])[1],
        "due",
    )
    due.click()
    expect(lena.locator("#hand-text")).to_have_value(re.compile("weniger Formulare"))
    lena.get_by_label("Adresse des Beitrags").fill("https://www.xing.com/profile/Jonas_Brandt/posts/4711")
    assert_no_sideways_scroll(lena)
    assert_accessible(lena)
    lena.get_by_role("button", name="Veröffentlicht").click()
    expect(lena.get_by_role("link", name="Bei XING öffnen")).to_have_attribute("href", re.compile("posts/4711"))

    # No network gives figures of it, so they are read off and typed in.
    lena.get_by_label("Impressionen").fill("412")
    lena.get_by_label("Reaktionen").fill("23")
    lena.get_by_role("button", name="Zahlen speichern").click()
    expect(lena.get_by_text(re.compile("Stand"))).to_be_visible()
    lena.goto("/success")
    lena.get_by_role("link", name="Diese Woche").click()
    expect(lena.locator(".key-figures").first).to_contain_text("412")
    assert office.arrived() == []


def test_the_crisis_switch_holds_everything_until_a_lead_lets_it_go(office: Office, arrive: Arrive) -> None:
    connect(arrive(ADMIN), "linkedin", office.accounts()["linkedin"])

    lena = arrive(EDITOR)
    lena.get_by_role("button", name="Pause everything").click()
    lena.get_by_label("Reason").fill("Ein Unfall im Werk")
    lena.get_by_role("button", name="Pause publishing").click()
    expect(lena.locator(".pause-banner")).to_contain_text("Ein Unfall im Werk")

    # A post becomes due and stays; the switch says so.
    write_approved(office, "Bei uns ist die Stimmung prächtig.", seconds_ahead=1)
    katrin = arrive(LEAD, width=390, language="de-DE")
    goes_out = katrin.locator(".effect-list li").first
    wait_until(lambda: (katrin.goto("/pause"), goes_out.inner_text().startswith("1 "))[1], "the post is due and held")
    assert_no_sideways_scroll(katrin)
    assert_accessible(katrin)
    assert office.arrived() == []

    # The lead lets it go: it goes out, once.
    katrin.locator("main form button").click()
    katrin.locator("dialog[open] .btn-primary, dialog[open] .btn-danger").click()
    expect(katrin.locator(".pause-banner")).to_have_count(0)
    wait_until(lambda: len(office.arrived()) > 0, "the held post arrives")
    katrin.goto("/posts")
    expect(katrin.locator("main .status", has_text="Veröffentlicht").first).to_be_visible()
    assert [post["text"] for post in office.arrived()] == ["Bei uns ist die Stimmung prächtig."]


def connect(page: Page, network: str, credentials: dict[str, str]) -> None:
    """Through the form, which asks the network whose account it is."""
    page.goto("/channels/new")
    page.locator(f'.network-choice[href*="network={network}"]').click()
    page.wait_for_url(f"**network={network}*")
    ways = page.locator("details", has_text="With tokens that you have")
    if ways.count():  # behind the network's own consent, or publishing by hand
        ways.locator("summary").first.click()
    for name, value in credentials.items():
        page.locator(f'[name="credentials.{name}"]').fill(value)
    page.get_by_role("button", name="Check and connect").click()
    expect(page.get_by_text(re.compile(r"Connected as .+"))).to_be_visible()
    page.wait_for_load_state()


def give_slots(page: Page, slots: Slots) -> None:
    """On the page to which connecting leads."""
    for time in slots.times:
        day = page.locator(f'[data-day="{time.weekday()}"]')
        day.locator("[data-add-slot]").click()
        day.locator("input[name=time]").last.fill(f"{time:%H:%M}")
    page.get_by_role("button", name="Save slots").click()
    expect(page.locator(".slot-chip")).to_have_count(len(slots.times))


def give_rhythm(page: Page, *, posts_a_week: int) -> None:
    """How many posts a week the channel should have."""
    page.get_by_label("Weekly rhythm").fill(str(posts_a_week))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Weekly rhythm")).to_have_value(str(posts_a_week))


def note_topic(page: Page, title: str) -> None:
    """An idea in one line."""
    page.goto("/topics")
    page.get_by_label("New topic in one line").fill(title)
    page.get_by_role("button", name="Note idea").click()
    expect(page.locator(".topic-card", has_text=title)).to_be_visible()


def make_post_of_topic(page: Page, title: str) -> None:
    """One click on the topic's page; the composer opens."""
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="Make a post of it").click()
    expect(page.get_by_role("heading", level=1, name="Edit post")).to_be_visible()


def choose_channels(page: Page, count: int) -> None:
    """All that there are."""
    boxes = page.locator("[data-channel-box]")
    expect(boxes).to_have_count(count)
    for box in boxes.all():
        box.check()


def write(page: Page, text: str, *, link: str, image: bytes) -> None:
    """The version for all, with a link and an image that has a description."""
    page.locator("textarea[name=text]").fill(text)
    page.locator("input[name=link]").fill(link)
    page.locator('input[name="upload"]').set_input_files(
        {"name": "bx500.png", "mimeType": "image/png", "buffer": image}
    )
    page.locator('[data-images="base"] [data-alt]').fill("Die Fräse BX 500 in der Halle")


def write_for(page: Page, network: str, text: str) -> None:
    """A text of its own for one channel."""
    version = open_version(page, network)
    version.get_by_label("Own text for this channel").check()
    version.locator("textarea").fill(text)


def without_images(page: Page, network: str) -> None:
    """What this network does not take."""
    open_version(page, network).get_by_label("Own files for this channel").check()


def open_version(page: Page, network: str) -> Locator:
    """The tab of the channel on that network."""
    chip = page.locator(".channel-chip", has_text=f"({network})")
    channel = chip.locator("[data-channel-box]").get_attribute("value")
    page.locator(f"#tab-{channel}").click()
    return page.locator(f"#version-{channel}")


def schedule(page: Page, text: str, time: datetime, network: str) -> None:
    """A post for one channel at a time that is typed."""
    page.goto("/posts/new")
    page.locator(".channel-chip", has_text=f"({network})").locator("[data-channel-box]").check()
    page.locator("textarea[name=text]").fill(text)
    page.get_by_label("At a time").check()
    page.locator("input[name=publish_at]").fill(f"{time:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Submit for approval").click()
    expect(deliveries(page)).to_have_count(1)


def drag_in_calendar(page: Page) -> None:
    """A post of the day after tomorrow goes one day on; the server agrees, and the page says so."""
    day = datetime.now(BERLIN).replace(hour=10, minute=0) + timedelta(days=2)
    schedule(page, DRAGGED, day, "Facebook")
    page.goto("/calendar?view=month")
    entry = page.locator(".entry", has_text=DRAGGED)
    target = page.locator(f'[data-date="{day + timedelta(days=1):%Y-%m-%d}"]').first
    move(page, entry, target)
    expect(page.locator(".toast-message", has_text="Moved to")).to_be_visible()
    expect(target.locator(".entry", has_text=DRAGGED)).to_be_visible()


def move(page: Page, what: Locator, target: Locator) -> None:
    """With the mouse, as a person does: press, pull, let go."""
    what.scroll_into_view_if_needed()
    start, end = what.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    page.mouse.up()


def approve_from_the_phone(page: Page, words: str) -> None:
    """One press, without scrolling sideways."""
    page.goto("/approvals")
    assert_no_sideways_scroll(page)
    card = page.locator(".approval", has_text=words)
    card.get_by_role("button", name="Freigeben").click()
    expect(page.locator(".approval", has_text=words)).to_have_count(0)


def check_what_arrived(office: Office) -> None:
    """Each network has the queued post once, in the version written for it; only LinkedIn has the other one too."""
    for network in NETWORKS:
        posts = office.arrived(network)
        assert len(posts) == (2 if network == "linkedin" else 1), posts
        post = next(p for p in posts if "BX 500" in p["text"])
        assert ("Werk Süd" in post["text"]) == (network != "twitter"), post
        assert len(post["media"]) == (0 if network == "xing" else 1), post


def check_figures_of_the_post(page: Page, address: str) -> None:
    """A line per network with figures and the time they are from."""
    page.goto(address)
    lines = page.locator(".figures-table tbody tr")
    expect(lines).to_have_count(4)
    for line in lines.all():
        expect(line.locator("td").filter(has_text=re.compile(r"^[1-9]")).first).to_be_visible()
        expect(line.get_by_text("Stand")).to_contain_text(f"{datetime.now(BERLIN):%Y}")
    assert_no_sideways_scroll(page)
    assert_accessible(page)


def check_success(page: Page) -> None:
    """The lead's first page: what it brought, and as of when."""
    page.goto("/success")
    page.get_by_role("link", name="Diese Woche").click()
    expect(page.locator(".key-figures").first).to_be_visible()
    expect(page.locator(".stand").first).to_contain_text("Stand")
    expect(page.locator(".ranking").first).to_contain_text("BX 500")
    assert_no_sideways_scroll(page)
    assert_accessible(page)


def write_approved(office: Office, text: str, *, seconds_ahead: int) -> None:
    """A script plans a post for every channel, to the second."""
    script = office.script("approver")
    channels = [channel["id"] for channel in script("GET", "channels")["items"]]
    when = datetime.now(UTC) + timedelta(seconds=seconds_ahead)
    script("POST", "posts", {"text": text, "channels": channels, "publish_at": when.isoformat(), "approved": True})


def deliveries(page: Page) -> Locator:
    """The lines of a post's page, one for each channel."""
    return page.locator(".delivery")


def next_minute(*, after_seconds: int) -> datetime:
    """The first whole minute that is at least so many seconds ahead, on the company's clock."""
    moment = datetime.now(UTC) + timedelta(seconds=after_seconds + 60)
    return moment.replace(second=0, microsecond=0).astimezone(BERLIN)

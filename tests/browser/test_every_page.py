"""Every page of the sample company: accessible in both colours, no wider than the window, without errors, in German.

The pages are found by walking the application's own map of addresses, so a new page is looked at without being listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from planner import create_app, schema
from planner.bootstrap import Platform
from planner.demo import PASSWORD, SIGN_INS, seed
from planner.domain.alarms import AlertKind
from planner.domain.outbox import OutboxState
from planner.domain.roles import Role
from planner.domain.states import DeliveryState, PostStatus
from planner.models import (
    Alert,
    Audience,
    Campaign,
    Category,
    Channel,
    Delivery,
    Event,
    Format,
    Goal,
    Mail,
    Media,
    Post,
    Topic,
    Webhook,
    WebhookCall,
    Workspace,
)  # fmt: skip
from planner.services import queue
from planner.services.actor import Actor
from planner.services.publishing import pause, resolutions
from planner.services.publishing.resolutions import RESOLVED, Choice, Resolution
from planner.services.publishing.status import refresh_status
from planner.services.webhooks import EVENTS
from tests.support.browser import assert_accessible, assert_no_sideways_scroll
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_platform
from tests.support.serving import serving
from tests.support.web import sign_in

pytestmark = pytest.mark.browser

#: A Wednesday before a change of the clocks, with posts behind and ahead.
TODAY = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
#: What fits the narrowest phone in use fits the others.
WIDE, NARROW = 1440, 360
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("dark", NARROW), ("dark", WIDE), ("light", WIDE))
KINDS: dict[str, type[Campaign | Goal | Audience | Category | Format]] = {
    "campaigns": Campaign, "goals": Goal, "audiences": Audience, "categories": Category, "formats": Format,
}  # fmt: skip
#: Files and answers for programs; everything else that answers with a whole HTML page is a page.
NOT_PAGES = frozenset(
    {"static", "posts.submission", "media.conversion", "health.healthz", "health.readyz", "health.metrics"}
    | {"devices.service_worker", "devices.web_manifest"}
)
#: Pages that look different for each example; of others one is enough.
EACH_LOOKS_ITS_OWN = frozenset(
    {"channels.setup", "posts.show", "assisted.show", "plan.entries", "plan.new", "plan.edit"}
)
#: Pages that look different when asked differently.
OTHER_LOOKS = (
    "/calendar?view=week", "/calendar?view=list", "/topics?view=list", "/success?period=12_weeks",
    "/channels/new?network=facebook", "/channels/new?network=twitter", "/channels/new?network=linkedin",
    "/channels/new?network=xing",
)  # fmt: skip
#: Words that no German sentence has. What a network said stands in its own language, in quotes or among the attempts.
ENGLISH = re.compile(r"\b(the|and|of|is|are|with|your|you|this|that|has|have|to|for|yet|it|be|by|there|was not)\b(?!…)")
ASIDE = "code, q, .attempts, script:not([data-texts]), style, textarea"
WORDS = """aside => {
  const found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest(aside)) found.push(walker.currentNode.data);
  }
  for (const element of document.querySelectorAll("*"))
    for (const name of ["aria-label", "title", "placeholder", "alt"])
      if (element.hasAttribute(name)) found.push(element.getAttribute(name));
  return found.map(text => text.trim()).filter(Boolean);
}"""
#: The colours are there, and none is still on its way.
SETTLED = "look => document.documentElement.dataset.bsTheme === look && !document.getAnimations().length"
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The sample company, six weeks old."""
    folder = tmp_path_factory.mktemp("sample")
    platform = make_platform(folder, f"sqlite:///{folder}/sample.sqlite", FakeClock(TODAY))
    schema.upgrade(platform.database)
    seed(platform.settings, folder / "networks.jsonl", today=TODAY)
    add_trouble(platform)
    leave_something_missed(platform)
    yield platform
    platform.close()


def test_every_page_of_the_sample_company_is_accessible_fits_and_speaks_german(page: Page, sample: Platform) -> None:
    app = create_app(sample)
    app.testing = True
    with serving(app) as server:
        open_session(page, server)
        pages = pages_of(app, sample, page, server)
        complaints = [complaint for path in pages for complaint in look_at(page, server, path)]
        complaints += same_in_both_languages(page, server, pages, sample)
    assert len(pages) > 40
    assert not complaints, "\n\n".join(complaints)


def test_an_empty_workspace_that_is_paused_is_accessible_and_fits(
    page: Page, server: str, app: Flask, platform: Platform, company: Company
) -> None:
    with platform.database.write() as session:
        pause.pause_workspace(session, company.alice, "Ein Unfall im Werk Süd", now=platform.clock.now())
    sign_in(page, server, company.alice)
    paths = [rule.rule for rule in rules_of(app) if not rule.arguments]
    shown = [path for path in paths if page_at(page, server, path)]
    complaints = [complaint for path in shown for complaint in look_at(page, server, path)]
    assert not complaints, "\n\n".join(complaints)


def leave_something_missed(platform: Platform) -> None:
    """Two posts were missed; about one of them somebody has decided."""
    with platform.database.write() as session:
        planned = select(Delivery).where(Delivery.state == DeliveryState.SCHEDULED, Delivery.queued)
        missed = session.scalars(planned.order_by(Delivery.publish_at.desc()).limit(2)).all()
        for delivery in missed:
            queue.leave(session, delivery)
            delivery.state, delivery.publish_at = DeliveryState.MISSED, TODAY - timedelta(days=1)
        refresh_status(session, *[delivery.post_id for delivery in missed])
        lead = Actor(missed[0].workspace_id, Role.APPROVER, "Katrin Vogel")
        resolutions.resolve(session, lead, [Resolution(missed[0].id, Choice.SLOT)], now=TODAY)


def pages_of(app: Flask, sample: Platform, page: Page, server: str) -> dict[str, str]:
    """Every page: its path, with examples where the address has a part to fill in, and what the server answers."""
    with sample.database.read() as session:
        known = examples(session)
    build = app.url_map.bind("127.0.0.1").build
    paths = [build(rule.endpoint, values) for rule in rules_of(app) for values in known_of(rule, known)]
    answers = {path: page_at(page, server, path) for path in [*paths, *OTHER_LOOKS]}
    return {path: text for path, text in answers.items() if text}


def rules_of(app: Flask) -> list[Rule]:
    """What a person can open, in the order of the address."""
    rules = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.rule.startswith("/api/")]
    return sorted((r for r in rules if r.endpoint not in NOT_PAGES), key=lambda rule: rule.rule)


def add_trouble(platform: Platform) -> None:
    """A mail and a webhook call that did not get through, an alert and one that is over."""
    now = platform.clock.now()
    reason = {"state": OutboxState.GIVEN_UP, "attempts": 1, "created_at": now}
    with platform.database.write() as session:
        place = session.scalars(select(Workspace)).one().id
        secret = platform.vault.seal({"secret": "whsec_"})
        hook = Webhook(workspace_id=place, url="https://x.example/y", secret=secret, events=[*EVENTS], created_at=now)
        session.add(hook)
        session.flush()
        call = WebhookCall(webhook_id=hook.id, key="1", event=EVENTS[0], body="{}", due_at=now, **reason)
        mail = Mail(workspace_id=place, address="technik@x.example", kind="test", key="1", due_at=now, **reason)
        call.status, call.error_code, mail.error_code = 500, "webhook_status", "mail_recipient_refused"
        session.add_all([call, mail])
        data = {"count": 2, "minutes": 30}
        for key, cleared_at in (("1", None), ("2", now)):
            alert = Alert(workspace_id=place, kind=AlertKind.UNKNOWN, key=key, data=data, raised_at=now)
            alert.cleared_at = cleared_at
            session.add(alert)


def known_of(rule: Rule, known: dict[frozenset[str], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Values for the parts of an address; a page with a part that this test has no example of fails it."""
    parts = frozenset(rule.arguments)
    assert parts in known, f"{rule.rule}: add an example of {sorted(parts)} to this test."
    return known[parts] if rule.endpoint in EACH_LOOKS_ITS_OWN else known[parts][-1:]


def examples(session: Session) -> dict[frozenset[str], list[dict[str, Any]]]:
    """A post of each status, a delivery of each state, and one of everything else."""
    posts = {post.status: post.id for post in session.scalars(select(Post).order_by(Post.id))}
    posts = {**posts, PostStatus.SCHEDULED: posts.pop(PostStatus.SCHEDULED)}  # the last one: it can be edited and moved
    deliveries = {d.state: d.id for d in session.scalars(select(Delivery).order_by(Delivery.id))}
    return {
        frozenset(): [{}],
        frozenset({"post_id"}): [{"post_id": id_} for id_ in posts.values()],
        frozenset({"delivery_id"}): [{"delivery_id": id_} for id_ in deliveries.values()],
        frozenset({"channel_id"}): [{"channel_id": session.scalar(select(Channel.id))}],
        frozenset({"topic_id"}): [{"topic_id": session.scalar(select(Topic.id))}],
        frozenset({"media_id"}): [{"media_id": session.scalar(select(Media.id))}],
        frozenset({"webhook_id"}): [{"webhook_id": session.scalar(select(Webhook.id))}],
        frozenset({"network"}): [{"network": network} for network in ("facebook", "linkedin", "twitter", "xing")],
        frozenset({"key"}): [{"key": "none"}],  # a conversion: an answer for programs
        frozenset({"begun_id"}): [{"begun_id": 1}],  # of nobody: whoever has none is sent on
        frozenset({"event_id"}): [{"event_id": session.scalar(select(Event.id).where(Event.kind == RESOLVED))}],
        frozenset({"kind"}): [{"kind": kind} for kind in KINDS],
        frozenset({"kind", "entry_id"}): [
            {"kind": kind, "entry_id": session.scalar(select(model.id))} for kind, model in KINDS.items()
        ],
    }


def page_at(page: Page, server: str, path: str) -> str:
    """The page that the server answers with; "" for a file, a part of a page and what this example does not have."""
    answer = page.request.get(server + path, max_redirects=0)
    assert answer.status < 500, f"{path}: {answer.status}"
    kind = answer.headers.get("content-type", "")
    text = answer.text() if answer.status == 200 and kind.startswith("text/html") else ""
    return text if "<html" in text else ""


def look_at(page: Page, server: str, path: str) -> Iterator[str]:
    """What is wrong with a page: in dark on a phone, and in dark and light on a desk."""
    loaded = False
    for look, width in LOOKS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=look)
        # A page is loaded once and then looked at as its styles change, but the calendar chooses its view by the width.
        if not loaded or (path.startswith("/calendar") and look == "dark"):
            page.goto(server + path)
            loaded = True
            if path.startswith("/calendar"):
                page.wait_for_load_state("networkidle")  # its entries come after the page
        page.wait_for_function(SETTLED, arg=look)
        again = (look, width) == ("dark", WIDE)
        yield from failures(f"{look}, {width} px", assert_accessible, page, only_colours=again)
        yield from failures(f"{width} px", assert_no_sideways_scroll, page)
    yield from english_on(page, path)


def failures(look: str, check: Callable[..., None], page: Page, **options: bool) -> Iterator[str]:
    """The words of a check that fails."""
    try:
        check(page, **options)
    except AssertionError as error:
        yield f"[{look}] {error}"


def english_on(page: Page, path: str) -> Iterator[str]:
    """Sentences on a German page that are English."""
    if page.locator("html").get_attribute("lang") != "de":
        yield f"{path} does not say that it is German."
    for text in page.evaluate(WORDS, ASIDE):
        if ENGLISH.search(text):
            yield f"{path} says in English: {text[:200]}"


def same_in_both_languages(page: Page, server: str, pages: dict[str, str], sample: Platform) -> Iterator[str]:
    """Headings that do not change with the language, though they are no name of anything."""
    for path, text in pages.items():
        german = heading(text, "de")
        english = heading(page.request.get(server + path, headers={"Accept-Language": "en"}).text(), "en")
        if german == english and not is_name(german, sample):
            yield f"{path} has the same heading in both languages: {german}"


def heading(text: str, language: str) -> str:
    """The one heading of the first level of a page in that language."""
    assert f'lang="{language}"' in text
    found = HEADING.findall(text)
    assert len(found) == 1, f"There are {len(found)} headings of the first level: {found}"
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def is_name(text: str, sample: Platform) -> bool:
    """Whether something of the company is called so, or begins so."""
    start = text.removesuffix("…").strip()[:40]
    with sample.database.read() as session:
        named = [session.scalars(select(column)) for column in (Channel.name, Topic.title, Post.text)]
        named += [session.scalars(select(model.name)) for model in KINDS.values()]
        return any(" ".join(name.split()).startswith(start) for names in named for name in names)


def open_session(page: Page, server: str) -> None:
    """Sign in as the admin, who may open everything."""
    admin = next(person for person in SIGN_INS if person.role is Role.ADMIN)
    page.goto(f"{server}/sign-in")
    page.locator("input[name=email]").fill(admin.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator(".sign-in button[type=submit]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)

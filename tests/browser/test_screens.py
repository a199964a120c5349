"""The screens beside calendar and composer, in a real browser."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState, TopicStage
from planner.models import Channel, Delivery, Slot, Topic
from planner.services.by_hand import CODE
from planner.services.plan import CampaignInput, GoalInput, TopicInput, campaigns, goals, topics
from planner.services.posts import When
from planner.services.publishing import pause
from planner.services.publishing.status import refresh_status
from tests.support.browser import assert_accessible
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_media, make_post
from tests.support.published import make_published
from tests.support.web import sign_in

pytestmark = pytest.mark.browser

LAST_WEEK = datetime(2026, 3, 10, 9, tzinfo=UTC)
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def linkedin(platform: Platform, company: Company) -> Channel:
    """A channel with two slots, one of them at night."""
    slots = [(1, "09:00"), (6, "02:30")]
    now = platform.clock.now()
    return make_channel(platform.database, company, now, "linkedin", slots, name="Brandt", rhythm_per_week=3)


@pytest.fixture
def xing(platform: Platform, company: Company) -> Channel:
    """A channel that a person serves."""
    return make_channel(platform.database, company, platform.clock.now(), "xing", name="XING von Hand")


@pytest.fixture
def topic(platform: Platform, company: Company, linkedin: Channel) -> Topic:
    """An overdue idea for one channel."""
    given = TopicInput(
        "Lehrlinge im Porträt",
        owner_id=company.charlie.user_id,
        due_on=date(2026, 3, 1),
        channel_ids=(str(linkedin.id),),
    )
    with platform.database.write() as session:
        return topics.create(session, company.charlie, given, now=platform.clock.now())


@pytest.fixture
def waiting(platform: Platform, company: Company, linkedin: Channel) -> None:
    """Two posts that wait for a yes."""
    image = make_media(platform, company.charlie)
    for days in (1, 2):
        when = When(at=platform.clock.now() + timedelta(days=days))
        make_post(platform, company.charlie, [linkedin], when, text=f"In {days} Tagen.", media=(image,))


@pytest.fixture
def by_hand(platform: Platform, company: Company, xing: Channel, clock: FakeClock) -> Delivery:
    """A publication that is due by hand."""
    image = make_media(platform, company.charlie)
    when = When(at=clock.now() + timedelta(minutes=1))
    text, link = "Wir stellen ein:\nzwei Zerspaner.", "https://brandt.example/stellen"
    post = make_post(platform, company.bob, [xing], when, approve=True, text=text, link=link, media=(image,))
    with platform.database.write() as session:
        delivery = session.query(Delivery).filter_by(post_id=post.id).one()
        delivery.state, delivery.error_code = DeliveryState.NEEDS_PERSON, CODE
        refresh_status(session, post.id)
    return delivery


@pytest.fixture
def history(platform: Platform, company: Company, linkedin: Channel, xing: Channel) -> int:
    """A week with figures, a campaign and a goal; the id of one publication by hand."""
    with platform.database.write() as session:
        now = platform.clock.now()
        measure = CampaignInput("Messe", budget_cents=500_000, spent_cents=620_000)
        campaign_id = campaigns.create(session, company.charlie, measure, now=now).id
        goal = GoalInput("Gespräche", "interactions", 100, date(2026, 3, 1), date(2026, 3, 31), None, campaign_id)
        goals.create(session, company.charlie, goal, now=now)
    for number in range(6):
        figures = {"reactions": 10 * number, "impressions": 400 + number}
        text, campaign = f"Beitrag {number}.", campaign_id if number % 2 else None
        make_published(platform, company.charlie, linkedin, LAST_WEEK, figures, text=text, campaign_id=campaign)
    post = make_published(platform, company.charlie, xing, LAST_WEEK, text="Von Hand.")
    with platform.database.read() as session:
        return session.query(Delivery).filter_by(post_id=post.id).one().id


def test_a_form_with_an_error_is_accessible_too(page: Page, server: str, company: Company) -> None:
    sign_in(page, server, company.alice)
    page.goto(f"{server}/members")
    page.locator("#field-email").fill("keine-adresse")
    page.locator("form:has(#field-email) button[type=submit]").click()
    expect(page.locator("#field-email-error")).to_be_visible()
    assert_accessible(page)


def test_a_card_is_dragged_to_another_stage_and_the_move_is_undone(
    page: Page, server: str, platform: Platform, company: Company, topic: Topic
) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/topics")
    page.locator(f"#topic-{topic.id}").drag_to(page.locator("[data-stage=ready] [data-cards]"))
    expect(page.locator(f"[data-stage=ready] #topic-{topic.id}")).to_be_visible()
    expect(page.locator(".toast-message")).to_be_visible()
    assert _stage(platform, topic) is TopicStage.READY
    page.locator("[data-toast-action]").click()
    expect(page.locator(f"[data-stage=idea] #topic-{topic.id}")).to_be_visible()
    expect(page.locator(".toast-message")).to_have_count(0)
    assert _stage(platform, topic) is TopicStage.IDEA


def test_a_card_goes_back_with_a_word_where_the_server_refuses(
    page: Page, server: str, platform: Platform, company: Company, topic: Topic
) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/topics")
    with platform.database.write() as session:
        topics.delete(session, company.bob, topic.id, now=platform.clock.now())
    page.locator(f"#topic-{topic.id}").drag_to(page.locator("[data-stage=ready] [data-cards]"))
    expect(page.locator("[data-kind=error]")).to_be_visible()
    expect(page.locator(f"[data-stage=idea] #topic-{topic.id}")).to_be_visible()


def test_the_same_move_works_from_the_menu_by_keyboard(
    page: Page, server: str, platform: Platform, company: Company, topic: Topic
) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/topics")
    page.locator(f"#topic-{topic.id} summary").focus()
    page.keyboard.press("Enter")
    page.locator(f"#topic-{topic.id} .menu form:has(input[value=in_work]) button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-stage=in_work] #topic-{topic.id}")).to_be_visible()
    assert _stage(platform, topic) is TopicStage.IN_WORK


def test_a_topic_opens_the_composer_in_one_click(page: Page, server: str, company: Company, topic: Topic) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/topics/{topic.id}")
    page.locator(".page-actions button[type=submit]").click()
    page.wait_for_url("**/posts/*/edit")
    expect(page.get_by_text("Lehrlinge im Porträt").first).to_be_attached()


def test_a_lead_approves_from_a_phone_and_undoes_it(page: Page, server: str, company: Company, waiting: None) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, server, company.bob)
    page.goto(f"{server}/approvals")
    page.locator(".approval .btn-primary").first.click()
    expect(page.locator(".approval")).to_have_count(1)
    page.locator("[data-toast-action]").click()
    expect(page.locator(".approval")).to_have_count(2)


def test_several_approvals_ask_with_their_count_first(page: Page, server: str, company: Company, waiting: None) -> None:
    sign_in(page, server, company.bob)
    page.goto(f"{server}/approvals")
    page.locator("#choose-all").check()
    expect(page.locator("[data-bulk]")).to_contain_text("2")
    page.locator("[data-bulk]").click()
    expect(page.locator("#confirm-dialog")).to_contain_text("2")
    assert_accessible(page)
    page.locator("#confirm-dialog [data-confirm]").click()
    expect(page.locator(".approval")).to_have_count(0)


def test_sending_back_opens_its_field_and_wants_a_word(
    page: Page, server: str, company: Company, waiting: None
) -> None:
    sign_in(page, server, company.bob)
    page.goto(f"{server}/approvals")
    page.locator(".send-back summary").first.click()
    page.locator(".send-back button[type=submit]").first.click()
    expect(page.locator(".send-back .field-error")).to_be_visible()
    page.locator(".send-back[open] textarea").fill("Bitte mit Uhrzeit.")
    page.locator(".send-back[open] button[type=submit]").click()
    expect(page.locator(".approval")).to_have_count(1)


def test_slots_are_added_and_removed(
    page: Page, server: str, platform: Platform, company: Company, linkedin: Channel
) -> None:
    sign_in(page, server, company.alice)
    page.goto(f"{server}/channels/{linkedin.id}/slots")
    page.locator("[data-day='3'] [data-add-slot]").click()
    added = page.locator("[data-day='3'] input[type=time]")
    expect(added).to_be_focused()
    added.fill("14:45")
    page.locator("[data-day='6'] [data-remove-slot]").click()
    expect(page.locator("[data-day='6'] [data-add-slot]")).to_be_focused()
    page.locator("main .form-actions button[type=submit]").click()
    page.wait_for_url(f"**/channels/{linkedin.id}")
    with platform.database.read() as session:
        slots = {(s.weekday, f"{s.wall_time:%H:%M}") for s in session.query(Slot)}
    assert slots == {(1, "09:00"), (3, "14:45")}


def test_publishing_by_hand_on_a_phone(
    page: Page, server: str, platform: Platform, company: Company, by_hand: Delivery
) -> None:
    page.set_viewport_size(PHONE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/assisted")
    page.locator(".hand-item a").click()
    page.wait_for_url(f"**/assisted/{by_hand.id}")
    page.locator("[data-copy=hand-text]").click()
    expect(page.locator(".toast-message")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#hand-text").input_value()
    with page.expect_download() as download:
        page.locator(".hand-images a").click()
    assert download.value.suggested_filename == "fraese.png"
    page.locator("#field-url").fill("https://www.xing.com/feed/posts/abc")
    page.locator(".hand-steps form button[type=submit]").click()
    expect(page.locator("#figures-title")).to_be_visible()
    with platform.database.read() as session:
        assert session.get_one(Delivery, by_hand.id).state is DeliveryState.PUBLISHED


def test_where_copying_is_forbidden_the_text_is_marked(
    page: Page, server: str, company: Company, by_hand: Delivery
) -> None:
    sign_in(page, server, company.charlie)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{server}/assisted/{by_hand.id}")
    page.locator("[data-copy=hand-text]").click()
    expect(page.locator("#hand-text")).to_be_focused()
    marked = "e => e.value.slice(e.selectionStart, e.selectionEnd) === e.value"
    assert page.locator("#hand-text").evaluate(marked)


def test_charts_are_drawn_and_each_has_its_table(page: Page, server: str, company: Company, history: int) -> None:
    sign_in(page, server, company.bob)
    page.goto(f"{server}/success?period=last_week")
    drawn = """canvas => canvas.getContext('2d')
        .getImageData(0, 0, canvas.width, canvas.height).data.some(value => value !== 0)"""
    for canvas in page.locator("canvas[data-chart]").all():
        expect(canvas).to_be_visible()
        assert canvas.evaluate(drawn)
    for table in page.locator(".data-table").all():
        table.locator("summary").click()
        expect(table.locator("table")).to_be_visible()
    assert_accessible(page)


def test_the_page_prints_without_the_frame(page: Page, server: str, company: Company, history: int) -> None:
    sign_in(page, server, company.bob)
    page.goto(f"{server}/success?period=last_week")
    page.emulate_media(media="print")
    for part in (".sidebar", ".period-bar", ".metric-choice", "[data-print]"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator(".verdict")).to_be_visible()
    table = page.locator(".data-table table").first
    expect(table).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(table).to_be_visible()


def test_the_crisis_switch_is_on_every_page_and_asks_for_a_reason(
    page: Page, server: str, company: Company, linkedin: Channel
) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/channels")
    page.locator(".side-tools [data-open=pause-dialog]").click()
    expect(page.locator("#pause-dialog")).to_be_visible()
    assert_accessible(page, within="#pause-dialog")
    page.locator("#pause-reason").fill("Unfall im Werk")
    page.locator("#pause-dialog button[type=submit]").click()
    page.wait_for_url("**/channels")
    expect(page.locator(".pause-banner")).to_contain_text("Unfall im Werk")
    expect(page.locator(".pause-banner")).to_contain_text("Charlie")
    assert_accessible(page)


def test_a_lead_releases_after_reading_what_will_happen(
    page: Page, server: str, platform: Platform, company: Company, waiting: None
) -> None:
    with platform.database.write() as session:
        pause.pause_workspace(session, company.charlie, "Unfall im Werk", now=platform.clock.now())
    sign_in(page, server, company.bob)
    page.locator(".pause-banner a").click()
    page.wait_for_url("**/pause")
    expect(page.locator(".effect-list li")).to_have_count(3)
    page.locator("main form button[type=submit]").click()
    page.locator("#confirm-dialog [data-confirm]").click()
    expect(page.locator(".pause-banner")).to_have_count(0)


def test_keys_are_switched_off_on_the_account_page(page: Page, server: str, company: Company) -> None:
    sign_in(page, server, company.charlie)
    page.goto(f"{server}/account")
    page.locator("#field-shortcuts").uncheck()
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts-dialog")).to_be_hidden()
    page.reload()
    expect(page.locator("#field-shortcuts")).not_to_be_checked()


def _stage(platform: Platform, topic: Topic) -> TopicStage:
    with platform.database.read() as session:
        return session.get_one(Topic, topic.id).stage

"""The screen on which everything that was missed is decided about."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Channel, Delivery
from planner.services.posts import When
from planner.services.publishing import missed, pause
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_post
from tests.support.web import ClientOf

S = DeliveryState


@pytest.fixture
def lost(platform: Platform, company: Company, clock: FakeClock, linkedin: Channel, twitter: Channel) -> list[int]:
    """Two posts that were missed on LinkedIn (which has slots) and one on X; the ids of their deliveries."""
    now = clock.now()
    for n, channels in enumerate(([linkedin, twitter], [linkedin])):
        make_post(platform, company.charlie, channels, When(at=now + timedelta(hours=n + 1)), text=f"Beitrag {n}")
    with platform.database.write() as session:
        for delivery in session.scalars(select(Delivery)):
            delivery.state, delivery.post.approved_at = S.SCHEDULED, now
    clock.advance(hours=8)
    missed.sweep(platform)
    return [d.id for d in deliveries(platform)]


def deliveries(platform: Platform) -> list[Delivery]:
    with platform.database.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.publish_at, Delivery.id)))


def states(platform: Platform) -> dict[int, DeliveryState]:
    return {d.id: d.state for d in deliveries(platform)}


def choices(page: str) -> dict[int, str]:
    """What the page has chosen for each."""
    return {
        int(select_[1]): found[1]
        for select_ in re.finditer(r'<select[^>]*name="choice-(\d+)".*?</select>', page, re.DOTALL)
        if (found := re.search(r'<option value="(\w+)" selected', select_[0]))
    }


def test_the_calendar_and_the_notice_lead_there_and_each_has_a_suggestion(
    client_of: ClientOf, company: Company, lost: list[int]
) -> None:
    charlie = client_of(company.charlie)
    assert 'href="/missed"' in charlie.get("/calendar").text
    assert "3 Beiträge" in charlie.get("/notices").text
    page = charlie.get("/missed").text
    assert choices(page) == dict.fromkeys(lost, "now")
    assert page.index("Beitrag 0") < page.index("Beitrag 1")
    reader = client_of(company.rita).get("/missed").text
    assert "Beitrag 0" in reader
    assert "<select" not in reader.split("missed-form")[1]


def test_one_choice_for_all_or_for_a_channel_without_javascript(
    client_of: ClientOf, company: Company, platform: Platform, lost: list[int], twitter: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/missed")
    page = charlie.send("/missed/preview", preset="all:slot").text
    assert choices(page) == dict.fromkeys(lost, "slot")
    given = {f"choice-{i}": "slot" for i in lost}
    page = charlie.send("/missed/preview", preset=f"{twitter.id}:drop", **given).text
    assert sorted(choices(page).values()) == ["drop", "slot", "slot"]
    assert set(states(platform).values()) == {S.MISSED}


def test_javascript_hears_what_each_choice_leads_to(client_of: ClientOf, company: Company, lost: list[int]) -> None:
    charlie = client_of(company.charlie)
    one, two, three = lost
    given = {f"choice-{one}": "slot", f"choice-{two}": "drop", f"choice-{three}": "later", "spacing": "5"}
    answer = charlie.ask("/missed/preview", **given).get_json()
    outcomes = answer["outcomes"]
    assert "17. März 2026, 09:00" in outcomes[str(one)]
    assert answer["chosen"] == {str(one): "slot", str(two): "drop", str(three): "later"}
    refused = charlie.ask("/missed/preview", **(given | {"spacing": "hundert"}))
    assert refused.status_code == 422
    assert refused.get_json()["errors"][0]["field"] == "spacing"


def test_a_decision_is_summed_up_and_can_be_undone(
    client_of: ClientOf, company: Company, platform: Platform, lost: list[int]
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/missed")
    one, two, three = lost
    given = {f"choice-{one}": "slot", f"choice-{two}": "drop", f"choice-{three}": "later", "spacing": "10"}
    done = charlie.send_and_follow("/missed", **given)
    assert done.request.path.startswith("/missed/decisions/")
    assert [states(platform)[i] for i in lost] == [S.SCHEDULED, S.CANCELLED, S.MISSED]
    assert 'href="/missed"' in done.text
    assert client_of(company.oscar).get(done.request.path).status_code == 404
    assert client_of(company.rita).send(f"{done.request.path}/undo").status_code == 403

    back = charlie.send_and_follow(f"{done.request.path}/undo")

    assert back.request.path == "/missed"
    assert set(states(platform).values()) == {S.MISSED}


def test_what_cannot_be_done_is_said_at_its_row_and_the_choices_stay(
    client_of: ClientOf, company: Company, platform: Platform, lost: list[int], twitter: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/missed")
    without_slots = next(d.id for d in deliveries(platform) if d.channel_id == twitter.id)
    given = {f"choice-{i}": "drop" for i in lost} | {f"choice-{without_slots}": "slot", "spacing": "3"}
    answer = charlie.send("/missed", **given)
    assert answer.status_code == 422
    assert f'id="error-{without_slots}"' in answer.text
    assert choices(answer.text)[without_slots] == "slot"
    assert 'value="3"' in answer.text
    bad = charlie.send("/missed", **(given | {"spacing": "9999"}))
    assert 'id="field-spacing-error"' in bad.text
    assert 'value="9999"' in bad.text
    nothing = charlie.send("/missed", **{f"choice-{i}": "later" for i in lost})
    assert nothing.status_code == 422
    assert set(states(platform).values()) == {S.MISSED}


def test_what_a_colleague_decided_in_the_meantime_is_said_and_nothing_is_done_twice(
    client_of: ClientOf, company: Company, platform: Platform, lost: list[int]
) -> None:
    charlie, alice = client_of(company.charlie), client_of(company.alice)
    charlie.get("/missed")
    alice.get("/missed")
    alice.send("/missed", **{f"choice-{lost[0]}": "drop"})
    answer = charlie.send("/missed", **{f"choice-{i}": "drop" for i in lost})
    assert answer.status_code == 422
    assert set(choices(answer.text)) == set(lost[1:])
    assert [states(platform)[i] for i in lost] == [S.CANCELLED, S.MISSED, S.MISSED]
    alice.send("/missed", **{f"choice-{i}": "drop" for i in lost[1:]})
    assert "Das wurde schon entschieden" in charlie.send_and_follow("/missed", **{f"choice-{lost[1]}": "now"}).text


def test_what_would_be_held_says_so(
    client_of: ClientOf, company: Company, platform: Platform, lost: list[int], twitter: Channel
) -> None:
    with platform.database.write() as session:
        pause.pause_channel(session, company.charlie, twitter.id, "Umbau", now=platform.clock.now())
    page = client_of(company.charlie).get("/missed").text
    assert page.count("missed-hold") == 1
    assert "Umbau" in page

"""Campaigns, goals, target groups, categories and formats."""

from __future__ import annotations

from typing import Any

import pytest

from planner.bootstrap import Platform
from planner.models import Audience, Campaign, Category, Format, Goal
from tests.support.factories import Company
from tests.support.web import Browsing, ClientOf

GOOD: dict[str, tuple[Any, dict[str, str]]] = {
    "campaigns": (Campaign, {"name": "Messe", "starts_on": "2026-04-01", "ends_on": "2026-04-30"}),
    "goals": (
        Goal,
        {
            "name": "Reichweite",
            "metric": "reach",
            "target": "10.000",
            "starts_on": "2026-03-01",
            "ends_on": "2026-05-31",
        },
    ),
    "audiences": (Audience, {"name": "Einkauf", "networks": "linkedin"}),
    "categories": (Category, {"name": "Produkt", "color": "teal"}),
    "formats": (Format, {"name": "Werkstück des Monats", "rhythm": "jeden ersten Dienstag"}),
}
BAD = [
    ("campaigns", {"ends_on": "2026-03-01"}, "ends_on"),
    ("campaigns", {"budget_cents": "viel"}, "budget_cents"),
    ("campaigns", {"starts_on": "bald"}, "starts_on"),
    ("goals", {"target": ""}, "target"),
    ("goals", {"target": "0"}, "target"),
    ("goals", {"starts_on": ""}, "starts_on"),
    ("goals", {"metric": "glory"}, "metric"),
    ("categories", {"color": "plaid"}, "color"),
    ("formats", {"name": " "}, "name"),
]


@pytest.fixture
def charlie(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.charlie)
    client.send("/language", language="en")
    return client


@pytest.mark.parametrize("kind", GOOD)
def test_an_entry_is_made_changed_and_deleted(charlie: Browsing, platform: Platform, kind: str) -> None:
    model, fields = GOOD[kind]
    assert "One" not in charlie.get(f"/plan/{kind}").text
    assert charlie.send(f"/plan/{kind}/new", **fields).location == f"/plan/{kind}"
    with platform.database.read() as session:
        entry_id = session.query(model).one().id
    assert fields["name"] in charlie.get(f"/plan/{kind}").text
    assert charlie.get(f"/plan/{kind}/{entry_id}").status_code == 200
    assert charlie.send(f"/plan/{kind}/{entry_id}", **(fields | {"name": "Anders"})).status_code == 302
    assert "Anders" in charlie.get(f"/plan/{kind}").text
    assert charlie.send(f"/plan/{kind}/{entry_id}/removal").status_code == 302
    with platform.database.read() as session:
        assert session.query(model).count() == 0


@pytest.mark.parametrize(("kind", "change", "field"), BAD)
def test_bad_input_is_said_at_its_field_and_stays_typed(
    charlie: Browsing, platform: Platform, kind: str, change: dict[str, str], field: str
) -> None:
    model, fields = GOOD[kind]
    answer = charlie.send(f"/plan/{kind}/new", **(fields | change))
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    if field != "name":
        assert f'value="{fields["name"]}"' in answer.text
    with platform.database.read() as session:
        assert session.query(model).count() == 0


@pytest.mark.parametrize("kind", GOOD)
def test_readers_look_and_outsiders_find_nothing(
    charlie: Browsing, client_of: ClientOf, company: Company, kind: str
) -> None:
    _model, fields = GOOD[kind]
    charlie.send(f"/plan/{kind}/new", **fields)
    rita, oscar = client_of(company.rita), client_of(company.oscar)
    assert fields["name"] in rita.get(f"/plan/{kind}").text
    for path in ("new", "1", "1/removal"):
        assert rita.send(f"/plan/{kind}/{path}", **fields).status_code == 403
    assert fields["name"] not in oscar.get(f"/plan/{kind}").text
    assert oscar.get(f"/plan/{kind}/1").status_code == 404
    assert oscar.send(f"/plan/{kind}/1", **fields).status_code == 404
    assert oscar.send(f"/plan/{kind}/1/removal").status_code == 404


@pytest.mark.parametrize(
    ("budget", "spent", "said"),
    [
        ("12.000", "3.450,50", "€8,549.50 left"),
        ("1000", "1250", "€250.00 over budget"),
        ("", "80", "€80.00 spent, no budget set"),
    ],
)
def test_a_campaign_says_what_is_spent_and_left(charlie: Browsing, budget: str, spent: str, said: str) -> None:
    charlie.send("/plan/campaigns/new", name="Messe", budget_cents=budget, spent_cents=spent)
    assert said in charlie.get("/plan/campaigns").text


def test_an_amount_comes_back_as_it_was_meant(charlie: Browsing) -> None:
    charlie.send("/plan/campaigns/new", name="Messe", budget_cents="1.234,5", spent_cents="12000")
    for language, budget, spent in (("en", "1,234.50", "12,000"), ("de", "1.234,50", "12.000")):
        charlie.send("/language", language=language)
        page = charlie.get("/plan/campaigns/1").text
        assert f'value="{budget}"' in page
        assert f'value="{spent}"' in page
        charlie.send("/plan/campaigns/1", name="Messe", budget_cents=budget, spent_cents=spent)


def test_a_campaign_is_paused_and_resumed(
    charlie: Browsing, client_of: ClientOf, platform: Platform, company: Company
) -> None:
    charlie.send("/plan/campaigns/new", name="Messe")
    refused = charlie.send("/plan/campaigns/1/pause", reason="x" * 501)
    assert (refused.status_code, "x" * 501 in refused.text) == (422, True)
    assert 'action="/plan/campaigns/1" novalidate' in refused.text, "the form beside it still saves the campaign"
    charlie.send("/plan/campaigns/1/pause", reason="Messe verschoben")
    assert "Messe verschoben" in charlie.get("/plan/campaigns/1").text
    assert charlie.send("/plan/campaigns/1/pause/release").status_code == 403
    client_of(company.bob).send("/plan/campaigns/1/pause/release")
    with platform.database.read() as session:
        assert session.query(Campaign).one().paused_at is None
    again = client_of(company.bob).send_and_follow("/plan/campaigns/1/pause/release")
    assert "Hier ist nichts pausiert." in again.text


def test_an_unknown_kind_is_not_found(charlie: Browsing) -> None:
    assert charlie.get("/plan/wishes").status_code == 404

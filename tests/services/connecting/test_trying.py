"""A trial sign-in: the whole way to a network and back, a list of points, and nothing left of it."""

from __future__ import annotations

import pytest

from planner.bootstrap import Platform
from planner.services import connecting
from planner.services.actor import Actor
from planner.services.connecting import Mark, Point, Trial
from planner.services.errors import Conflict
from publishers.sandbox import Sandbox
from tests.services.connecting.tripping import BACK, SESSION, all_channels, choose, come_back, rows
from tests.support.consenting import brought, decide
from tests.support.databases import on_one_kind
from tests.support.factories import Company

pytestmark = on_one_kind


def begin(platform: Platform, actor: Actor, network: str) -> str:
    return connecting.begin(
        platform, actor, network, session_secret=SESSION, redirect_uri=BACK.format(network), trial=True
    )


def tried(platform: Platform, actor: Actor, network: str, parameters: dict[str, str]) -> Trial:
    arrival = come_back(platform, actor, network, parameters)
    assert arrival.trial
    with platform.database.read() as session:
        return connecting.trial(session, platform, actor, arrival.begun_id, SESSION)


def marks(found: Trial) -> list[tuple[str, str, str]]:
    return [(one.point.value, one.mark.value, one.name or one.why) for one in found.points]


@pytest.mark.parametrize("network", ["facebook", "twitter", "linkedin", "xing"])
def test_it_goes_the_whole_way_makes_no_channel_and_keeps_no_token(
    platform: Platform, company: Company, sandbox: Sandbox, network: str
) -> None:
    found = tried(platform, company.alice, network, brought(decide(begin(platform, company.alice, network))))
    assert found.good
    assert [one.point for one in found.points if one.mark is Mark.RIGHT][:4] == [
        Point.REDIRECT, Point.STATE, Point.ALLOWED, Point.CODE,
    ]  # fmt: skip
    assert found.points[-1] == connecting.Tried(
        Point.TOKENS, Mark.RIGHT, why="void" if network == "twitter" else "forgotten"
    )
    assert (Point.PERMISSION in {one.point for one in found.points}) is (network != "xing")
    [row] = rows(platform)
    assert platform.vault.open(row.sealed).keys() == {"points"}
    assert all_channels(platform) == []
    with pytest.raises(Conflict, match="consent_choice_gone"):
        choose(platform, company.alice, row.id, "104872951638204")
    for stranger, session_secret in ((company.oscar, SESSION), (company.alice, "another-session")):
        with platform.database.read() as session, pytest.raises(Conflict, match="trial_gone"):
            connecting.trial(session, platform, stranger, row.id, session_secret)


def test_what_went_wrong_is_marked_where_it_did(platform: Platform, company: Company, sandbox: Sandbox) -> None:
    alice = company.alice
    without = {"read_insights", "pages_manage_posts"}
    found = tried(platform, alice, "facebook", brought(decide(begin(platform, alice, "facebook"), without=without)))
    assert not found.good
    assert [one for one in marks(found) if one[1] == "wrong"] == [
        ("permission", "wrong", "pages_manage_posts"), ("permission", "wrong", "read_insights"),
        ("account", "wrong", "Brandt Maschinenbau"), ("account", "wrong", "Brandt Service & Ersatzteile"),
        ("account", "wrong", "Ausbildung bei Brandt"),
    ]  # fmt: skip

    denied = tried(platform, alice, "twitter", brought(decide(begin(platform, alice, "twitter"), allow=False)))
    assert ("allowed", "wrong", "denied") in marks(denied)
    assert ("code", "open", "") in marks(denied)

    state = brought(begin(platform, alice, "linkedin"))["state"]
    unfit = {
        "error": "unauthorized_scope_error",
        "error_description": "Scope “r_ads” is not authorized",
        "state": state,
    }
    found = tried(platform, alice, "linkedin", unfit)
    assert [(one.mark, one.said) for one in found.points if one.point is Point.ALLOWED] == [
        (Mark.WRONG, "Scope “r_ads” is not authorized")
    ]

    parameters = brought(decide(begin(platform, alice, "linkedin")))
    platform.settings.network("linkedin").app["client_secret"] = "wrong"  # type: ignore[index]
    assert ("code", "wrong", "app") in marks(tried(platform, alice, "linkedin", parameters))
    assert all_channels(platform) == []

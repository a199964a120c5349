"""An adapter that fails where nobody foresaw it, or is not installed any more: the clock's other channels go on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings
from planner.services import dialogue, metrics, verifying
from planner.services.publishing import expiring, renewal
from planner.services.publishing.warming import warm_up
from publishers import registry
from publishers.base import Account
from tests.services.publishing.access.ending import APP
from tests.services.publishing.stage import Stage

#: The one that fails comes first, by its id and in each list.
BROKEN = "linkedin"


class Broken:
    """Opens, and fails at whatever it is asked."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fails(*_: object, **__: object) -> Any:
            raise ZeroDivisionError(f"nobody thought of this at {name}")

        return fails

    def close(self) -> None:
        """Nothing to close."""

    def limits(self) -> tuple[()]:
        return ()

    def charges(self) -> tuple[()]:
        return ()


class Talking(Broken):
    """Gives something for everything, and never what was asked for."""

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        return lambda *_, **__: object()

    def __init__(self, account: str) -> None:
        self._account = account

    def verify(self) -> Account:
        what: Any = object()
        return Account(self._account, "", missing=(what,), permissions_known=True)


def cannot_open(*_: object) -> Any:
    raise ZeroDivisionError("nobody thought of this")


@pytest.fixture
def database_url(any_url: str) -> str:
    """The kind of database does not matter to an adapter."""
    return any_url


KINDS: dict[str, dict[str, Any]] = {
    "fails at all": {"connect": lambda *_: Broken()},
    "cannot be opened": {"connect": cannot_open},
    "talks nonsense": {"connect": lambda credentials, _: Talking(credentials["author"])},
    "cannot say what it can do": {"narrowed_capabilities": cannot_open, "renews": cannot_open, "connect": cannot_open},
}


@pytest.fixture(params=[*KINDS, "is not installed"])
def break_adapter(request: pytest.FixtureRequest, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, the adapter of one network is no good."""

    def act() -> None:
        stage.platform.connections.close()
        known = registry.networks()
        whole = known[BROKEN]
        if request.param == "is not installed":
            del known[BROKEN]
        else:
            known[BROKEN] = replace(whole, **KINDS[request.param])
        monkeypatch.setattr(registry, "_networks", lambda: known)

    return act


def test_access_that_ends_soon_is_renewed_all_the_same(stage: Stage, break_adapter: Callable[[], None]) -> None:
    ends = stage.moment(minutes=5)
    stage.channel(BROKEN, more={"refresh_token": "refresh-broken"}, token_expires_at=ends)
    sound = stage.channel("twitter", token_expires_at=ends)
    urls = stage.platform.settings.networks
    with_app = {key: NetworkSettings(settings.api_url, APP) for key, settings in urls.items()}
    break_adapter()

    with closing(bootstrap(replace(stage.platform.settings, networks=with_app), clock=stage.clock)) as wired:
        assert renewal.renew_due(wired) == 1

    assert stage.channel_now(sound).credentials_version == 2


def test_people_are_warned_of_access_that_ends_all_the_same(stage: Stage, break_adapter: Callable[[], None]) -> None:
    ends = stage.moment(hours=5)
    stage.channel(BROKEN, token_expires_at=ends)
    sound = stage.channel("facebook", token_expires_at=ends)
    break_adapter()

    expiring.warn_due(stage.platform)

    assert stage.channel_now(sound).expiry_warned_for == ends


@pytest.mark.parametrize(
    "ask",
    [
        lambda platform: metrics.pull_due(platform, all_due=True).snapshots,
        metrics.pull_channels,
        lambda platform: dialogue.hear_due(platform, all_due=True).channels,
        verifying.check_due,
    ],
    ids=["posts' figures", "channels' figures", "what was said", "the daily check"],
)
def test_what_the_clock_asks_for_it_asks_the_others_all_the_same(
    stage: Stage, break_adapter: Callable[[], None], ask: Callable[[Platform], int]
) -> None:
    stage.due(stage.channel(BROKEN), stage.channel("facebook"))
    stage.run()
    assert len(stage.live()) == 2
    break_adapter()

    assert ask(stage.platform) == 1


def test_nothing_keeps_the_planner_from_starting(stage: Stage, break_adapter: Callable[[], None]) -> None:
    stage.channel(BROKEN)
    break_adapter()

    warm_up(stage.platform)

"""What the check-up finds about developer apps, with and without asking the networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from planner.config import NetworkSettings
from planner.services.checkup import Scene, apps as looking
from publishers.sandbox import Sandbox, apps
from tests.support import sandboxed
from tests.support.clock import FakeClock

sandbox = sandboxed.seeded


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """Wired to the sandbox networks as the developer app that they know."""
    changes = {"apps": sandboxed.APPS, "public_url": "https://plan.firma.example"}
    platform = sandboxed.wired(tmp_path / "instance", any_url, clock, sandbox, **changes)
    yield platform
    platform.close()


def codes(platform: Platform, *, online: bool = False) -> list[tuple[str, str]]:
    scene = Scene(platform, platform.clock.now(), {}, online=online)
    return [(str(finding.params["network"]), finding.code) for finding in looking.set_up(scene)]


def with_settings(platform: Platform, public_url: str | None, **options: str) -> None:
    """Facebook's app options changed, all other apps taken away."""
    url = platform.settings.network("facebook").api_url
    app = {**apps.settings("facebook"), **options}
    changed = replace(platform.settings, public_url=public_url, networks={"facebook": NetworkSettings(url, app)})
    platform.settings = platform.connections._settings = changed


def test_apps_that_are_right_are_called_right_once_the_networks_were_asked(platform: Platform) -> None:
    assert codes(platform) == []
    said = codes(platform, online=True)
    assert {network for network, code in said if code == "app_accepted"} == {"Facebook", "X", "LinkedIn", "XING"}
    assert [code for network, code in said if network == "Facebook"] == [
        "app_accepted", "app_version_right", "app_domains_right", "app_privacy_right", "app_unseen",
    ]  # fmt: skip
    assert [code for network, code in said if network == "XING"] == ["app_accepted", "app_redirect_right"]


def test_what_is_wrong_is_named(platform: Platform, sandbox: Sandbox) -> None:
    with_settings(platform, "http://plan.firma.example", client_secret="")
    assert codes(platform, online=True) == [("Facebook", "app_setting_missing"), ("Facebook", "app_address_plain")]
    with_settings(platform, None, client_secret="wrong")
    assert codes(platform, online=True) == [("Facebook", "app_address_unknown"), ("Facebook", "app_refused")]
    with_settings(platform, "https://plan.elsewhere.example/?x=1")
    assert {"app_address_odd", "app_domains_other"} < {code for _, code in codes(platform, online=True)}
    scene = Scene(platform, platform.clock.now(), {})
    found = list(looking.app(scene, "facebook", "https://plan.firma.example", "http://10.0.0.7:8000/"))
    assert [one.code for one in found] == ["app_address", "app_address_elsewhere"]
    with_settings(platform, "https://plan.firma.example")
    sandbox.faults.add("reset", "facebook", None)
    assert codes(platform, online=True) == [("Facebook", "app_silent")]
    with_settings(platform, "https://plan.firma.example", client_id="", client_secret="")
    assert codes(platform, online=True) == [], "nobody means to connect by consent"

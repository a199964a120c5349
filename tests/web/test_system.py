"""The page that says how the installation is doing."""

from __future__ import annotations

from planner.bootstrap import Platform
from planner.services import heartbeats
from tests.support.clock import FakeClock
from tests.support.factories import Company
from tests.support.web import ClientOf


def test_admins_read_the_check_up_in_both_languages_and_nobody_else(
    client_of: ClientOf, company: Company, platform: Platform, clock: FakeClock
) -> None:
    heartbeats.beat(platform, "scheduler", "me")
    clock.advance(minutes=10)
    alice = client_of(company.alice)
    assert "/settings/system" in alice.get("/settings").text
    german = alice.get("/settings/system").text
    assert "Systemzustand" in german
    assert "Das letzte Lebenszeichen der Zeitsteuerung: Mo., 16. März 2026, 10:00." in german
    assert "Starten Sie „sendeplan serve“" in german
    assert "Anderswo" not in german, "that is another company's"
    alice.send("/language", language="en")
    assert "The scheduler last gave a sign of life on Mon, 16 Mar 2026, 10:00." in alice.get("/settings/system").text
    for actor in (company.bob, company.charlie, company.rita):
        other = client_of(actor)
        assert other.get("/settings/system").status_code == 403
        assert "/settings/system" not in other.get("/settings").text
    assert client_of(None).get("/settings/system").status_code == 302

"""What to do about a network's answer stands where people look, in both languages, until it is done."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from planner.bootstrap import Platform
from planner.domain.alarms import AlertKind
from planner.models import Alert
from planner.services import alerts, channels, heartbeats
from planner.services.publishing import pause
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS
from tests.services.publishing.stage import Stage
from tests.support import sandboxed
from tests.support.api import Script, made, make_token
from tests.support.clock import FakeClock
from tests.support.factories import Company
from tests.support.web import Browsing, ClientOf

LISTED = "https://learn.microsoft.com/linkedin/marketing/versioning"
sandbox = sandboxed.sandbox


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """A newer version than Facebook's is known, than LinkedIn's none."""
    apps = {"facebook": {"api_version": "v24.0"}}
    platform = sandboxed.wired(tmp_path / "instance", any_url, clock, sandbox, apps=apps)
    yield platform
    platform.close()


@pytest.fixture
def stage(platform: Platform, company: Company, sandbox: Sandbox, clock: FakeClock) -> Stage:
    return Stage(platform, company, sandbox, clock)


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    return client_of(company.alice)


def said(client: Browsing, path: str, language: str) -> str:
    """The words of a page."""
    client.send("/language", language=language)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", client.get(path).text)).split())


def test_a_version_that_is_refused_says_what_the_operator_sets_until_the_pause_ends(
    stage: Stage, alice: Browsing, company: Company
) -> None:
    facebook, linkedin = stage.channel("facebook"), stage.channel("linkedin")
    for network in ("facebook", "linkedin"):
        stage.sandbox.faults.add("version_retired", network, count=1)
    stage.due(facebook, linkedin)
    stage.run()
    heartbeats.beat(stage.platform, "scheduler", "me")
    alerts.check(stage.platform)

    german = said(alice, "/alerts", "de")
    assert "Facebook unterstützt Version v24.0 seiner API nicht mehr" in german
    assert (
        "Setzen Sie SENDEPLAN_FACEBOOK_API_VERSION auf eine neuere Version (v26.0 oder neuer), und starten Sie "
        "Sendeplan neu. Sonst geht auf Facebook nichts hinaus."
    ) in german
    assert f"SENDEPLAN_LINKEDIN_API_VERSION auf die neueste Version, die {LISTED} nennt, und starten Sie" in german
    english = said(alice, "/alerts", "en")
    assert "LinkedIn no longer serves version 202608 of its API" in english
    assert (
        "Set SENDEPLAN_FACEBOOK_API_VERSION to a newer version (v26.0 or later), and start Sendeplan again. Without "
        "it nothing goes out on Facebook."
    ) in english
    assert f"SENDEPLAN_LINKEDIN_API_VERSION to the newest version that {LISTED} lists, and start" in english

    german = said(alice, "/settings/system", "de")
    assert "LinkedIn unterstützt Version 202608 seiner API nicht mehr: Das hat das Netzwerk gemeldet" in german
    assert "auf eine neuere Version (v26.0 oder neuer), starten Sie Sendeplan neu und heben Sie die Pause" in german
    assert f"auf die neueste Version, die {LISTED} nennt, starten Sie Sendeplan neu und heben Sie" in german
    english = said(alice, "/settings/system", "en")
    assert "Facebook no longer serves version v24.0 of its API: it said so, and channels wait." in english
    assert "to a newer version (v26.0 or later), start Sendeplan again, and end their pause." in english
    assert f"to the newest version that {LISTED} lists, start Sendeplan again, and end their pause." in english

    assert "setzt SENDEPLAN_FACEBOOK_API_VERSION auf v26.0 oder neuer" in said(alice, f"/channels/{facebook.id}", "de")
    for channel in (facebook, linkedin):
        with stage.platform.database.write() as session:
            pause.release_channel(session, company.alice, channel.id, now=stage.clock.now())
    assert [one.pause_advice for one in (stage.channel_now(facebook), stage.channel_now(linkedin))] == [None, None]
    assert "SENDEPLAN_FACEBOOK_API_VERSION" not in said(alice, f"/channels/{facebook.id}", "de")
    assert "nicht mehr: Das hat das Netzwerk gemeldet" not in said(alice, "/settings/system", "de")


def test_a_permission_that_facebook_names_is_named_until_the_channel_is_reconnected(
    stage: Stage, alice: Browsing, company: Company, app: Flask
) -> None:
    channel = stage.channel("facebook")
    stage.sandbox.faults.add("missing_permission", "facebook", count=1)
    delivery = stage.due(channel)
    stage.run()

    named = "pages_manage_posts, pages_read_engagement"
    page = said(alice, f"/posts/{delivery.post_id}", "de")
    assert f"Das Netzwerk verlangt diese Berechtigungen und gewährt sie nicht alle: {named}." in page
    assert (
        "pages_manage_posts: Ohne sie kann nichts veröffentlicht werden. pages_read_engagement: Ohne sie kann" in page
    )
    wanted = f"The network wants these permissions and does not grant them all: {named}."
    assert wanted in said(alice, f"/posts/{delivery.post_id}", "en")
    assert wanted in said(alice, f"/channels/{channel.id}", "en")
    script = Script(app, make_token(stage.platform, company.alice))
    assert (
        wanted
        in made(
            script.get(f"/deliveries/{delivery.id}"),
        )["error"]["message"]
    )
    assert stage.channel_now(channel).reconnect_advice == {
        "advice": "permission", "permissions": ["pages_manage_posts", "pages_read_engagement"]
    }  # fmt: skip

    given = {**CREDENTIALS["facebook"], "page_id": channel.remote_account_id or ""}
    with stage.platform.database.write() as session:
        channels.reconnect(session, company.alice, stage.platform.vault, channel.id, given, now=stage.clock.now())
    assert stage.channel_now(channel).reconnect_advice is None
    assert wanted not in said(alice, f"/channels/{channel.id}", "en")


def test_posts_that_nobody_takes_and_answers_that_stand_are_told_of_in_both_languages(
    platform: Platform, company: Company, alice: Browsing
) -> None:
    answers = (AlertKind.ANSWER_SENDING, AlertKind.ANSWER_UNKNOWN)
    for kind, count in ((AlertKind.OVERDUE, 1), (AlertKind.OVERDUE, 2), (answers[0], 2), (answers[1], 1)):
        data = {"count": count, "delivery": "1", "minutes": 5}
        with platform.database.write() as session:
            session.add(
                Alert(
                    workspace_id=company.workspace.id, kind=kind, key=f"{kind}:{count}", data=data,
                    raised_at=platform.clock.now(),
                )
            )  # fmt: skip
    german = said(alice, "/alerts", "de")
    assert "Auf 1 Kanal ist seit mehr als 5 Minuten ein Beitrag fällig, und er wird nicht gesendet" in german
    assert "Auf 2 Kanälen ist seit mehr als 5 Minuten" in german
    assert "„sendeplan doctor“" in german
    assert "2 Antworten auf Kommentare werden seit mehr als 5 Minuten gesendet" in german
    assert "1 Antwort auf einen Kommentar ist seit mehr als 5 Minuten unbestätigt" in german
    assert "lässt es sich nicht feststellen, bittet ein Hinweis Sie um Ihre Entscheidung." in german
    english = said(alice, "/alerts", "en")
    assert "On 1 channel a post has been due for more than 5 minutes, and nobody takes it" in english
    assert "start the scheduler and the workers again. Nothing is sent a second time." in english
    assert "2 answers to comments have been sending for more than 5 minutes" in english
    assert "1 answer to a comment has been unconfirmed for more than 5 minutes" in english
    assert "where nobody can tell, a notice asks for your decision." in english

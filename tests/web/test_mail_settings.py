"""Mail on the screens: what each person wishes, whether it works, and a mail to try it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from planner.bootstrap import Platform
from planner.domain.outbox import TOLD_BY_THE_WEEK, WISHES, OutboxState
from planner.models import Mail, User
from planner.services.mail.waiting import put
from planner.web.messages.notices import KINDS
from planner.web.messages.wishes import LABELS
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_platform
from tests.support.mailserver import Mailbox
from tests.support.web import Browsing, ClientOf


@pytest.fixture
def platform(
    request: pytest.FixtureRequest, tmp_path: Path, any_url: str, clock: FakeClock, mailbox: Mailbox
) -> Iterator[Platform]:
    """With mail, unless the test is marked to do without by its parameter."""
    settings = (
        {} if getattr(request, "param", "on") == "off" else {"smtp_url": mailbox.url, "mail_from": "plan@b.example"}
    )
    platform = make_platform(tmp_path / "instance", any_url, clock, **settings)
    yield platform
    platform.close()


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.alice)
    client.send("/language", language="en")
    return client


def test_a_person_is_asked_about_what_can_concern_the_role_and_the_choice_is_kept(
    client_of: ClientOf, platform: Platform, company: Company
) -> None:
    charlie, rita = client_of(company.charlie), client_of(company.rita)
    page = charlie.get("/account").text
    assert 'name="delivery_failed"' in page
    assert 'name="approval_asked"' not in page
    assert 'name="alert"' not in page
    assert 'name="delivery_failed"' not in rita.get("/account").text
    assert charlie.send("/account/mail", delivery_failed="daily", alert="none").status_code == 302
    with platform.database.read() as session:
        assert session.get_one(User, company.charlie.user_id).mail_wishes == {"delivery_failed": "daily"}
    wrong = charlie.send("/account/mail", delivery_failed="hourly")
    assert wrong.status_code == 422
    assert 'id="field-delivery_failed-error"' in wrong.text


def test_every_kind_of_notice_can_be_wished_for_and_has_its_words() -> None:
    assert set(KINDS) == (set(WISHES) - {"week", "alert"}) | TOLD_BY_THE_WEEK
    assert set(LABELS) == set(WISHES)


def test_a_test_mail_goes_to_oneself_and_the_answer_is_clear(
    alice: Browsing, platform: Platform, company: Company, mailbox: Mailbox
) -> None:
    answer = alice.send_and_follow("/settings/mail/test")
    assert "took a mail to alice@example.com" in answer.text
    assert [str(m["To"]) for m in mailbox.taken] == ["Alice <alice@example.com>"]
    mailbox.refusals.append("550 5.1.1 <alice@example.com>: unknown")
    refused = alice.send("/settings/mail/test")
    assert refused.status_code == 502
    assert "The mail server refused the recipient&#39;s address." in refused.text
    assert "550 5.1.1 &lt;alice@example.com&gt;: unknown" in refused.text


def test_what_did_not_get_through_is_listed_with_the_reason(
    alice: Browsing, platform: Platform, company: Company
) -> None:
    with platform.database.write() as session:
        place = company.workspace.id
        put(session, "test", platform.clock.now(), workspace_id=place, user_id=company.bob.user_id)
        session.flush()
        lost = {"state": OutboxState.GIVEN_UP, "error_code": "mail_sender_refused", "error": "553 not you"}
        session.execute(update(Mail).values(**lost))
        put(session, "test", platform.clock.now(), workspace_id=company.oscar.workspace_id, address="x@y.example")
    page = alice.get("/settings/mail").text
    assert "bob@example.com" in page
    assert "does not let this sender send" in page
    assert "553 not you" in page
    assert "x@y.example" not in page


def test_mail_and_webhooks_and_alerts_are_an_admins(client_of: ClientOf, company: Company) -> None:
    for actor in (company.bob, company.charlie, company.rita):
        client = client_of(actor)
        for path in ("/settings/mail", "/settings/webhooks", "/alerts"):
            assert client.get(path).status_code == 403
        assert client.send("/settings/mail/test").status_code == 403


@pytest.mark.parametrize("platform", ["off"], indirect=True)
def test_without_mail_the_pages_say_so(alice: Browsing, platform: Platform) -> None:
    assert "Mail is not set up" in alice.get("/settings/mail").text
    assert "Mail is not set up" in alice.get("/account").text
    assert alice.send("/settings/mail/test").status_code == 502

"""Members, their roles, and the last admin."""

from __future__ import annotations

import re

import pytest

from planner.bootstrap import Platform
from planner.domain.roles import Role
from planner.models import Member, User
from planner.services.actor import Actor
from tests.support.factories import Company
from tests.support.web import Browsing, ClientOf


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.alice)
    client.send("/language", language="en")
    return client


def place_of(platform: Platform, actor: Actor) -> Member:
    with platform.database.read() as session:
        return session.query(Member).filter_by(user_id=actor.user_id).one()


def test_everyone_sees_who_belongs_and_only_admins_change_it(client_of: ClientOf, company: Company) -> None:
    for actor in (company.bob, company.charlie, company.rita):
        client = client_of(actor)
        page = client.get("/members").text
        assert "rita@example.com" in page
        assert "oscar@example.com" not in page
        assert "Mitglied hinzufügen" not in page
        assert client.send("/members", email="neu@example.com", role="editor").status_code == 403
        assert client.send("/members/1/role", role="admin").status_code == 403
        assert client.send("/members/1/removal").status_code == 403


def test_an_outsider_changes_nobody(client_of: ClientOf, platform: Platform, company: Company) -> None:
    rita = place_of(platform, company.rita)
    oscar = client_of(company.oscar)
    assert oscar.send(f"/members/{rita.id}/role", role="admin").status_code == 404
    assert oscar.send(f"/members/{rita.id}/removal").status_code == 404


def test_a_made_up_password_is_shown_once_and_opens_the_account(
    alice: Browsing, client_of: ClientOf, company: Company
) -> None:
    page = alice.send("/members", email="Dora.Klein@example.com", role="editor").text
    found = re.search(r'id="first-password"[^>]*>([^<]+)<', page)
    assert found is not None
    assert found[1] not in alice.get("/members").text
    stranger = client_of(None)
    stranger.get("/sign-in")
    assert stranger.send("/sign-in", email="dora.klein@example.com", password=found[1]).status_code == 302


def test_a_chosen_password_is_not_shown(alice: Browsing) -> None:
    password = "ein langer erster satz"
    page = alice.send("/members", email="dora@example.com", role="reader", password=password).text
    assert "Dora is a member now" in page
    assert password not in page


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "keine-adresse", "role": "editor"}, "email"),
        ({"email": "bob@example.com", "role": "editor"}, "email"),
        ({"email": "neu@example.com", "role": "king"}, "role"),
        ({"email": "neu@example.com", "role": "editor", "password": "kurz"}, "password"),
    ],
)
def test_bad_input_is_said_at_its_field_and_stays_typed(
    alice: Browsing, platform: Platform, fields: dict[str, str], field: str
) -> None:
    answer = alice.send("/members", name="Dora Klein", **fields)
    assert answer.status_code == 422
    assert f'id="field-{field}-error"' in answer.text
    assert 'value="Dora Klein"' in answer.text
    assert f'value="{fields["email"]}"' in answer.text
    with platform.database.read() as session:
        assert session.query(User).count() == 5


def test_a_role_is_changed(alice: Browsing, platform: Platform, company: Company) -> None:
    place = place_of(platform, company.charlie)
    answer = alice.send_and_follow(f"/members/{place.id}/role", role="approver")
    assert "Charlie now has the role “Lead”." in answer.text
    assert place_of(platform, company.charlie).role is Role.APPROVER


def test_the_last_admin_stays(alice: Browsing, platform: Platform, company: Company) -> None:
    place = place_of(platform, company.alice)
    for answer in (
        alice.send_and_follow(f"/members/{place.id}/role", role="reader"),
        alice.send_and_follow(f"/members/{place.id}/removal"),
    ):
        assert "This is the only admin." in answer.text
    assert place_of(platform, company.alice).role is Role.ADMIN


def test_who_is_removed_is_signed_out_at_once(
    alice: Browsing, client_of: ClientOf, platform: Platform, company: Company
) -> None:
    charlie = client_of(company.charlie)
    alice.send(f"/members/{place_of(platform, company.charlie).id}/removal")
    assert charlie.get("/topics").status_code == 302

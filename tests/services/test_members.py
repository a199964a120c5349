"""People and tokens of a workspace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from planner.bootstrap import Platform
from planner.domain.roles import Role
from planner.models import ApiToken, Event, Member, User
from planner.services import accounts, members, tokens
from planner.services.actor import Actor
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound, ServiceError
from tests.support.databases import on_one_kind
from tests.support.factories import Company

PASSWORD = "ein langes Passwort"


def add(platform: Platform, actor: Actor, email: str, role: Role = Role.EDITOR, **options: str) -> Member:
    with platform.database.write() as session:
        given = {"password": PASSWORD, **options}
        return members.create(session, actor, email, role, now=platform.clock.now(), **given)


def member_of(platform: Platform, actor: Actor) -> int:
    with platform.database.read() as session:
        return session.scalars(
            select(Member.id).where(Member.user_id == actor.user_id, Member.workspace_id == actor.workspace_id)
        ).one()


def test_a_new_person_may_sign_in_and_is_called_by_their_address(platform: Platform, company: Company) -> None:
    member = add(platform, company.alice, " Eva.Maria_Klein@Example.com ")
    assert (member.user.email, member.user.name) == ("eva.maria_klein@example.com", "Eva Maria Klein")
    with platform.database.write() as session:
        assert accounts.sign_in(session, "eva.maria_klein@example.com", PASSWORD, now=platform.clock.now())


def test_someone_of_another_workspace_keeps_their_password(platform: Platform, company: Company) -> None:
    add(platform, company.alice, "oscar@example.com", password="")
    with platform.database.write() as session:
        assert accounts.sign_in(session, "oscar@example.com", "wochenplan am montag", now=platform.clock.now())
    with platform.database.read() as session:
        user = session.scalars(select(User).where(User.email == "oscar@example.com")).one()
        assert len(session.scalars(select(Member).where(Member.user_id == user.id)).all()) == 2


def test_nobody_is_a_member_twice(platform: Platform, company: Company) -> None:
    with pytest.raises(Conflict, match="member_already"):
        add(platform, company.alice, "Charlie@example.com")


@on_one_kind
@pytest.mark.parametrize(
    ("email", "password", "name", "fields"),
    [
        ("", PASSWORD, "", ["email"]),
        ("kein-at", PASSWORD, "", ["email"]),
        ("a b@example.com", PASSWORD, "", ["email"]),
        ("a@example", PASSWORD, "", ["email"]),
        ("x" * 250 + "@example.com", PASSWORD, "", ["email"]),
        ("neu@example.com", "kurz", "", ["password"]),
        ("neu@example.com", "neu@example.com", "", ["password"]),
        ("neu@example.com", PASSWORD, "x" * 201, ["name"]),
    ],
)
def test_what_is_wrong_is_named(
    platform: Platform, company: Company, email: str, password: str, name: str, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as found:
        add(platform, company.alice, email, password=password, name=name)
    assert [e.field for e in found.value.errors] == fields


def test_only_an_admin_of_the_same_workspace_manages_people(platform: Platform, company: Company) -> None:
    member = member_of(platform, company.charlie)
    for actor, error in ((company.bob, Forbidden), (company.oscar, NotFound)):
        with pytest.raises(error), platform.database.write() as session:
            members.change_role(session, actor, member, Role.ADMIN, now=platform.clock.now())
        with pytest.raises(error), platform.database.write() as session:
            members.remove(session, actor, member, now=platform.clock.now())


def test_the_last_admin_stays(platform: Platform, company: Company) -> None:
    alice = member_of(platform, company.alice)
    with pytest.raises(Conflict, match="last_admin"), platform.database.write() as session:
        members.change_role(session, company.alice, alice, Role.EDITOR, now=platform.clock.now())
    with pytest.raises(Conflict, match="last_admin"), platform.database.write() as session:
        members.remove(session, company.alice, alice, now=platform.clock.now())
    with platform.database.write() as session:
        members.change_role(
            session, company.alice, member_of(platform, company.bob), Role.ADMIN, now=platform.clock.now()
        )
    with platform.database.write() as session:
        members.remove(session, company.alice, alice, now=platform.clock.now())


def test_two_admins_who_remove_each_other_at_once_leave_one(platform: Platform, company: Company) -> None:
    alice, bob = member_of(platform, company.alice), member_of(platform, company.bob)
    with platform.database.write() as session:
        members.change_role(session, company.alice, bob, Role.ADMIN, now=platform.clock.now())

    def remove(member: int) -> str:
        try:
            with platform.database.write() as session:
                members.remove(session, company.alice, member, now=platform.clock.now())
        except ServiceError as error:
            return error.code
        return "removed"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(remove, (alice, bob))) == ["last_admin", "removed"]


def test_a_removed_person_is_signed_out_and_may_come_back_with_a_new_password(
    platform: Platform, company: Company
) -> None:
    member = member_of(platform, company.charlie)
    with platform.database.write() as session:
        before = session.get_one(User, company.charlie.user_id).session_epoch
        members.remove(session, company.alice, member, now=platform.clock.now())
    with platform.database.read() as session:
        user = session.get_one(User, company.charlie.user_id)
        assert (user.active, user.session_epoch) == (False, before + 1)
        kinds = session.scalars(select(Event.kind).where(Event.subject == "member")).all()
        assert list(kinds) == ["removed"]
    assert add(platform, company.alice, "charlie@example.com").user_id == company.charlie.user_id
    with platform.database.write() as session:
        assert accounts.sign_in(session, "charlie@example.com", PASSWORD, now=platform.clock.now())


def test_a_token_is_kept_only_as_a_hash(platform: Platform, company: Company) -> None:
    with platform.database.write() as session:
        token, secret = tokens.create(session, company.alice, "  Skript ", Role.EDITOR, now=platform.clock.now())
        assert token.name == "Skript"
    with platform.database.read() as session:
        row = session.scalars(select(ApiToken)).one()
        assert secret not in (row.token_hash, row.hint)
        assert secret.startswith(row.hint)
        found = tokens.identify(session, secret)
        assert found is not None
        assert found.role is Role.EDITOR
        assert tokens.identify(session, secret + "x") is None


def test_only_admins_make_and_revoke_tokens(platform: Platform, company: Company) -> None:
    with platform.database.write() as session:
        token, secret = tokens.create(session, company.alice, "Skript", Role.READER, now=platform.clock.now())
    for actor, error in ((company.bob, Forbidden), (company.oscar, NotFound)):
        with pytest.raises(error), platform.database.write() as session:
            tokens.revoke(session, actor, token.id, now=platform.clock.now())
    with pytest.raises(Forbidden), platform.database.write() as session:
        tokens.create(session, company.bob, "Skript", Role.READER, now=platform.clock.now())
    with platform.database.write() as session:
        tokens.revoke(session, company.alice, token.id, now=platform.clock.now())
    with platform.database.read() as session:
        assert tokens.identify(session, secret) is None
        assert tokens.all_of(session, company.workspace.id) == []


@pytest.mark.parametrize(("name", "code"), [("  ", "name_missing"), ("x" * 101, "too_long")])
def test_a_token_wants_a_name(platform: Platform, company: Company, name: str, code: str) -> None:
    with pytest.raises(Invalid) as found, platform.database.write() as session:
        tokens.create(session, company.alice, name, Role.READER, now=platform.clock.now())
    assert [e.code for e in found.value.errors] == [code]

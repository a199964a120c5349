"""The ground the tests stand on holds."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from planner.database import Database
from planner.models import Workspace
from tests.support.clock import FakeClock
from tests.support.network import OutsideConnection


def test_a_fresh_database_is_empty_and_takes_a_row(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        assert session.scalars(select(Workspace)).all() == []
        session.add(Workspace(name="Beispiel", created_at=clock.now()))
    with database.read() as session:
        assert session.scalars(select(Workspace.name)).all() == ["Beispiel"]


def test_the_next_test_does_not_see_that_row(database: Database) -> None:
    with database.read() as session:
        assert session.scalars(select(Workspace)).all() == []


def test_the_clock_moves_only_when_told(clock: FakeClock) -> None:
    start = clock.now()
    assert clock.now() == start
    assert clock.advance(minutes=5) == start + timedelta(minutes=5)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_no_connection_leaves_this_machine(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outgoing, pytest.raises(OutsideConnection, match="only this machine"):
        outgoing.connect(address)


def test_no_name_of_another_machine_is_looked_up() -> None:
    with pytest.raises(OutsideConnection, match="look up"):
        socket.getaddrinfo("sendeplan.example", 443)


@pytest.mark.browser
def test_the_browser_starts_and_reads_a_page(page: Page) -> None:
    page.set_content("<h1>Guten Morgen</h1>")
    assert page.get_by_role("heading").inner_text() == "Guten Morgen"

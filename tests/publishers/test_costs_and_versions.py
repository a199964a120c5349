"""What networks ask for, and until when they serve which version of their API."""

from __future__ import annotations

from datetime import date

import pytest

from publishers.base import Connection, OutgoingPost, Publisher
from publishers.costs import Charge, Cost
from publishers.registry import network, networks
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, connect, send


@pytest.mark.parametrize(
    ("post", "cost"),
    [
        (OutgoingPost("Neue Drehmaschine in Halle 3"), Cost(15_000)),
        (OutgoingPost("Neue Drehmaschine", "https://brandt.de/dreh"), Cost(200_000, with_link=True)),
        (OutgoingPost("Mehr auf brandt.de/dreh"), Cost(200_000, with_link=True)),
        (OutgoingPost("Um 9.30 Uhr geht es los. Bis dann"), Cost(15_000)),
    ],
    ids=["no link", "a link", "a bare address that X links", "a time of day"],
)
def test_a_post_on_x_costs_more_with_whatever_x_makes_a_link_of(post: OutgoingPost, cost: Cost) -> None:
    assert network("twitter").cost(post) == cost


def test_the_other_networks_ask_nothing_for_a_post() -> None:
    asked = {key: known.cost(OutgoingPost("Hallo", "https://brandt.de")) for key, known in networks().items()}
    assert [key for key, cost in asked.items() if cost is not None] == ["twitter"]


def test_each_post_that_is_read_is_counted_and_publishing_is_no_reading(sandbox: Sandbox) -> None:
    publisher = connect("twitter", sandbox.api_url("twitter"))
    ids = [send(publisher, OutgoingPost(f"Beitrag {number}")).remote_id for number in range(3)]
    assert publisher.charges() == ()
    publisher.metrics(ids)
    assert sum(c.reads for c in publisher.charges()) == 3
    assert publisher.charges() == ()  # told once
    publisher.close()


def test_reading_the_posts_of_whoever_owns_the_app_costs_a_fifth(sandbox: Sandbox) -> None:
    credentials = CREDENTIALS["twitter"]
    connection = Connection(sandbox.api_url("twitter"), app={"owner_id": credentials["user_id"]})
    owner: Publisher = network("twitter").connect(credentials, connection)
    owner.metrics([send(owner, OutgoingPost("Guten Morgen")).remote_id])
    assert owner.charges() == (Charge(1, 1_000),)
    owner.close()


@pytest.mark.parametrize(
    ("key", "setting", "name", "ends"),
    [
        ("facebook", "25.0", "v25.0", date(2028, 7, 29)),
        ("facebook", "v19.0", "v19.0", date(2026, 10, 2)),
        ("facebook", "v23.0", "v23.0", date(2027, 10, 8)),
        ("facebook", "v31.0", "v31.0", None),
        ("linkedin", "202511", "202511", date(2026, 11, 15)),
        ("linkedin", "202612", "202612", date(2027, 12, 15)),
    ],
)
def test_a_version_says_until_when_it_is_served(key: str, setting: str, name: str, ends: date | None) -> None:
    reader = network(key).version
    assert reader is not None
    version = reader({"api_version": setting})
    assert (version.name, version.ends, version.readable) == (name, ends, True)


@pytest.mark.parametrize(("key", "setting"), [("facebook", "latest"), ("linkedin", "202613"), ("linkedin", "v2")])
def test_what_names_no_version_is_told_apart(key: str, setting: str) -> None:
    reader = network(key).version
    assert reader is not None
    assert not reader({"api_version": setting}).readable
    assert reader({}).readable

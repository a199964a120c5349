"""What every adapter promises, over HTTP against the sandbox networks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from publishers.base import Connection, Medium, OutgoingPost, Prepared, Publisher, Unsupported
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, KEYS, LINK, NetworkClock, send, text_post

TEXTS = {
    "plain": "Neue Drehmaschine in Halle 3",
    "umlauts and lines": "Größer, schöner, schneller:\n\n– Fräsen\n– Drehen\n\nÄußerst präzise.",
    "signs": "A < B & C > D (siehe [1] {2} | *3* _4_ ~5~ \\6\\) © ® ™ 100 % #Maschinenbau @brandt",
    "emoji": "Endlich! 🎉👩🏽‍🔧🇩🇪 Wir freuen uns",
    "blanks around": "  Guten Morgen  \n",
    "bare address in it": "Mehr unter brandt.de/aktion und https://www.example.com/ – jetzt",
}


def test_an_adapter_is_a_publisher(publisher: Publisher) -> None:
    assert isinstance(publisher, Publisher)


def test_verify_names_the_account(publisher: Publisher, key: str) -> None:
    account = publisher.verify()
    assert account.remote_id == network(key).account_id(CREDENTIALS[key])
    assert account.name
    assert account.url is None or account.url.startswith("https://")
    assert account.missing == ()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_is_published_and_listed_as_expected(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime, text: str
) -> None:
    post = OutgoingPost(text)
    published = send(publisher, post)
    [stored] = sandbox.posts(key)
    assert stored["id"] == published.remote_id
    recent = publisher.find_recent(begun)
    [listed] = recent.posts
    assert listed.remote_id == published.remote_id
    assert listed.text == network(key).expected_text(post)
    assert recent.complete
    assert listed.created_at.utcoffset() == timedelta()


def test_a_link_is_published_and_listed(publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime) -> None:
    post = OutgoingPost("Unser neues Zentrum läuft", LINK)
    published = send(publisher, post)
    [stored] = sandbox.posts(key)
    assert stored["link"] == LINK
    [listed] = publisher.find_recent(begun).posts
    assert listed.remote_id == published.remote_id
    assert listed.text == network(key).expected_text(post)
    assert listed.links == (LINK,)


@pytest.mark.parametrize("key", [k for k in KEYS if k != "xing"], indirect=True)
@pytest.mark.parametrize("link", [None, LINK], ids=["without a link", "with a link"])
def test_an_image_is_published_and_counted(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime, picture: Medium, link: str | None
) -> None:
    post = OutgoingPost("Ein Blick in die Halle", link, (picture,))
    prepared = publisher.prepare(post)
    assert len(prepared.media_ids) == 1
    assert sandbox.posts(key) == [], "nothing is visible before the one visible call"
    published = publisher.publish(prepared)
    [stored] = sandbox.posts(key)
    assert [m["alt"] for m in stored["media"]] == [picture.alt]
    [listed] = publisher.find_recent(begun).posts
    assert (listed.remote_id, listed.media_count) == (published.remote_id, 1)
    assert listed.text == network(key).expected_text(post)


@pytest.mark.parametrize("key", [k for k in KEYS if k != "xing"], indirect=True)
def test_two_images_are_published_in_their_order(
    publisher: Publisher, key: str, sandbox: Sandbox, picture: Medium
) -> None:
    other = Medium(picture.path, picture.mime, picture.size, picture.width, picture.height, "Die andere")
    send(publisher, OutgoingPost("Zwei Bilder", None, (picture, other)))
    [stored] = sandbox.posts(key)
    assert [m["alt"] for m in stored["media"]] == [picture.alt, "Die andere"]


def test_older_posts_are_not_listed(publisher: Publisher, network_clock: NetworkClock) -> None:
    send(publisher, OutgoingPost("Von gestern"))
    network_clock.move(timedelta(days=1))
    since = network_clock()
    today = send(publisher, OutgoingPost("Von heute"))
    assert [p.remote_id for p in publisher.find_recent(since).posts] == [today.remote_id]


def test_a_post_of_the_same_second_is_listed(publisher: Publisher, network_clock: NetworkClock) -> None:
    since = network_clock().replace(microsecond=0) + timedelta(microseconds=999_999)
    published = send(publisher, text_post())
    assert published.remote_id in [p.remote_id for p in publisher.find_recent(since).posts]


def test_a_long_listing_is_followed_to_its_end(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    account = next(
        a for a in sandbox.world.directory.accounts.values() if a.id == network(key).account_id(CREDENTIALS[key])
    )
    ids = {
        sandbox.backfill(key, account.id, f"Beitrag Nummer {n}", begun + timedelta(seconds=n - 300)) for n in range(230)
    }
    recent = publisher.find_recent(begun - timedelta(minutes=10))
    assert {p.remote_id for p in recent.posts} == ids
    assert recent.complete
    newest_first = sorted(recent.posts, key=lambda p: p.created_at, reverse=True)
    assert [p.created_at for p in recent.posts] == [p.created_at for p in newest_first]


def test_an_empty_account_lists_nothing_and_is_complete(publisher: Publisher, begun: datetime) -> None:
    recent = publisher.find_recent(begun)
    assert recent.posts == ()
    assert recent.complete


def test_the_networks_own_clock_comes_with_the_listing(publisher: Publisher, network_clock: NetworkClock) -> None:
    network_clock.move(timedelta(hours=3))
    seen = publisher.find_recent(network_clock()).network_time
    assert seen is not None
    assert abs(seen - network_clock()) < timedelta(minutes=1)


def test_figures_grow_and_none_is_made_up(publisher: Publisher, key: str, network_clock: NetworkClock) -> None:
    published = send(publisher, OutgoingPost("Zahlen, bitte", LINK))
    network_clock.move(timedelta(hours=2))
    early = publisher.metrics([published.remote_id])[published.remote_id]
    network_clock.move(timedelta(days=3))
    late = publisher.metrics([published.remote_id])[published.remote_id]
    assert (late.reactions or 0) > (early.reactions or 0)
    names = ("impressions", "reach", "reactions", "comments", "shares", "clicks")
    given = {name for name in names if getattr(late, name) is not None}
    assert given | SOMETIMES.get(key, set()) == GIVEN[key]
    for name in given & {name for name in names if getattr(early, name) is not None}:
        assert getattr(late, name) >= getattr(early, name)


GIVEN = {
    "facebook": {"impressions", "reach", "reactions", "comments", "shares", "clicks"},
    "twitter": {"impressions", "reactions", "comments", "shares", "clicks"},
    "linkedin": {"impressions", "reach", "reactions", "comments", "shares", "clicks"},
    "xing": {"reactions", "comments"},
}

SOMETIMES = {"facebook": {"shares"}}  # Graph leaves the field out of a post that nobody shared


def test_figures_of_a_post_that_is_gone_are_left_out(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    there, gone = send(publisher, OutgoingPost("Bleibt")), send(publisher, OutgoingPost("Geht"))
    publisher.delete(gone.remote_id)
    assert set(publisher.metrics([gone.remote_id, there.remote_id])) == {there.remote_id}


def test_figures_of_no_posts_need_no_call(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    assert publisher.metrics([]) == {}
    assert sandbox.requests(key) == []


def test_a_deleted_post_is_gone_and_deleting_it_again_is_no_error(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime
) -> None:
    published = send(publisher, text_post())
    publisher.delete(published.remote_id)
    publisher.delete(published.remote_id)
    assert publisher.find_recent(begun).posts == ()
    assert [p["deleted"] for p in sandbox.posts(key)] == [True]


def test_a_connection_of_xing_without_credentials_asks_nothing_of_the_network(begun: datetime) -> None:
    publisher = network("xing").connect({}, Connection())
    for call in (
        publisher.verify,
        lambda: publisher.prepare(text_post()),
        lambda: publisher.publish(Prepared(text_post())),
        lambda: publisher.find_recent(begun),
        lambda: publisher.metrics(["1"]),
        lambda: publisher.delete("1"),
    ):
        with pytest.raises(Unsupported):
            call()
    assert publisher.refresh() is None
    publisher.close()

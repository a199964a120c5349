"""What every adapter promises, over HTTP against the sandbox networks."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from publishers.base import (
    Duplicate,
    Figures,
    Medium,
    NetworkError,
    OutgoingPost,
    PaymentRequired,
    Prepared,
    Published,
    Publisher,
    ReconnectNeeded,
    Refused,
    Rejected,
    Uncertain,
    Unsupported,
)
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import APP, CREDENTIALS, KEYS, SECRETS, connect, text_post
from tests.publishers.conftest import NetworkClock
from tests.publishers.raw import RawServer, Reply, closed_port

TEXTS = {
    "plain": "Neue Drehmaschine in Halle 3",
    "umlauts and lines": "Größer, schöner, schneller:\n\n– Fräsen\n– Drehen\n\nÄußerst präzise.",
    "signs": "A < B & C > D (siehe [1] {2} | *3* _4_ ~5~ \\6\\) © ® ™ 100 % #Maschinenbau @brandt",
    "emoji": "Endlich! 🎉👩🏽‍🔧🇩🇪 Wir freuen uns",
    "blanks around": "  Guten Morgen  \n",
    "bare address in it": "Mehr unter brandt.de/aktion und https://www.example.com/ – jetzt",
}

LINK = "https://www.brandt-maschinenbau.example/neu?utm_source=social&utm_campaign=herbst"


@pytest.fixture
def begun(network_clock: NetworkClock) -> datetime:
    return network_clock()


def send(publisher: Publisher, post: OutgoingPost) -> Published:
    return publisher.publish(publisher.prepare(post))


# --- what works ----------------------------------------------------------------------------------------------


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


# --- what goes wrong -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["timeout", "reset", "error", "html", "malformed", "truncated", "empty"])
@pytest.mark.parametrize("key", [k for k in KEYS if k != "xing"], indirect=True)
def test_an_accepted_post_with_a_lost_answer_is_uncertain_and_is_found(
    key: str, sandbox: Sandbox, begun: datetime, kind: str
) -> None:
    lose_the_answer(key, sandbox, begun, kind)


@pytest.mark.parametrize("kind", ["timeout", "reset", "error", "html", "truncated"])
@pytest.mark.parametrize("key", ["xing"], indirect=True)
def test_an_accepted_post_on_xing_with_a_lost_answer_is_uncertain_and_is_found(
    key: str, sandbox: Sandbox, begun: datetime, kind: str
) -> None:
    lose_the_answer(key, sandbox, begun, kind)


def lose_the_answer(key: str, sandbox: Sandbox, begun: datetime, kind: str) -> None:
    publisher = connect(key, sandbox.api_url(key), timeout=0.7)
    sandbox.faults.add(kind, key, "publish", accepted=True, seconds=30, count=1)
    post = OutgoingPost("Kam das an?", LINK)
    with pytest.raises(Uncertain):
        send(publisher, post)
    [listed] = publisher.find_recent(begun).posts
    assert listed.text == network(key).expected_text(post)
    publisher.close()


@pytest.mark.parametrize("kind", ["malformed", "empty"])
@pytest.mark.parametrize("key", ["xing"], indirect=True)
def test_a_post_that_xing_accepted_without_naming_it_is_looked_up(
    publisher: Publisher, key: str, sandbox: Sandbox, kind: str
) -> None:
    sandbox.faults.add(kind, key, "publish", count=1)
    published = send(publisher, OutgoingPost("Kam das an?", LINK))
    assert [p["id"] for p in sandbox.posts(key)] == [published.remote_id]


@pytest.mark.parametrize("kind", ["timeout", "reset", "error", "html"])
def test_a_post_that_was_not_accepted_is_uncertain_too_and_is_not_found(
    key: str, sandbox: Sandbox, begun: datetime, kind: str
) -> None:
    publisher = connect(key, sandbox.api_url(key), timeout=0.7)
    sandbox.faults.add(kind, key, "publish", accepted=False, seconds=30, count=1)
    with pytest.raises(Uncertain):
        send(publisher, text_post())
    recent = publisher.find_recent(begun)
    assert recent.posts == ()
    assert recent.complete
    publisher.close()


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 409, 302])
def test_an_answer_that_does_not_say_is_uncertain(
    publisher: Publisher, key: str, sandbox: Sandbox, status: int
) -> None:
    sandbox.faults.add("html", key, "publish", status=status, count=1)
    with pytest.raises(Uncertain):
        send(publisher, text_post())


def test_a_publish_is_never_repeated_by_itself(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("error", key, "publish", count=5)
    with pytest.raises(Uncertain):
        send(publisher, text_post())
    assert len(sandbox.requests(key, "publish")) == 1


def test_an_answer_that_drips_ends_with_the_deadline(key: str, sandbox: Sandbox, begun: datetime) -> None:
    publisher = connect(key, sandbox.api_url(key), timeout=0.5)
    sandbox.faults.add("drip", key, "publish", seconds=30, count=1)
    try:
        send(publisher, text_post())
    except Uncertain:
        pass  # an answer whose body is empty has nothing to drip, and is whole
    assert len(publisher.find_recent(begun).posts) == 1
    publisher.close()


def test_a_throttled_post_is_refused(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("throttled", key, "publish", count=1)
    with pytest.raises(Refused) as caught:
        send(publisher, text_post())
    assert caught.value.retry_after is None
    assert not caught.value.pause_channel
    assert sandbox.posts(key) == []


def test_a_throttled_post_waits_as_long_as_the_network_says(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("throttled", key, "publish", retry_after=120, count=1)
    with pytest.raises(Refused) as caught:
        send(publisher, text_post())
    assert caught.value.retry_after == 120


@pytest.mark.parametrize("key", ["twitter", "facebook"], indirect=True)
def test_a_reset_header_says_how_long_to_wait(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("throttled", key, "publish", reset_in=300, count=1)
    with pytest.raises(Refused) as caught:
        send(publisher, text_post())
    assert caught.value.retry_after is not None
    assert 298 <= caught.value.retry_after <= 302


def test_an_expired_token_asks_to_reconnect(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("expired_token", key, "publish", count=1)
    with pytest.raises(ReconnectNeeded) as caught:
        send(publisher, text_post())
    assert caught.value.network_message


def test_an_unknown_token_asks_to_reconnect(key: str, sandbox: Sandbox) -> None:
    name = "token" if key == "xing" else "access_token"
    publisher = connect(key, sandbox.api_url(key), **{name: "nobody-knows-this-token"})
    with pytest.raises(ReconnectNeeded):
        publisher.verify()
    publisher.close()


def test_a_missing_permission_asks_to_reconnect(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("missing_permission", key, "publish", count=1)
    with pytest.raises(ReconnectNeeded):
        send(publisher, text_post())


@pytest.mark.parametrize("key", [k for k in KEYS if network(k).capabilities.rejects_duplicates], indirect=True)
def test_a_text_that_the_network_has_already_is_a_duplicate(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    first = send(publisher, text_post())
    with pytest.raises(Duplicate) as caught:
        send(publisher, text_post())
    assert caught.value.existing_id in (None, first.remote_id)
    assert len(sandbox.posts(key)) == 1


@pytest.mark.parametrize("key", ["linkedin", "facebook", "twitter"], indirect=True)
def test_content_that_is_not_taken_is_rejected_in_the_networks_words(
    publisher: Publisher, key: str, sandbox: Sandbox
) -> None:
    sandbox.faults.add("rejected", key, "publish", count=1)
    with pytest.raises(Rejected) as caught:
        send(publisher, text_post())
    assert caught.value.network_message
    assert caught.value.status in range(400, 500)


def test_a_demand_for_payment_is_told_apart(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    sandbox.faults.add("payment_required", key, "publish", count=1)
    with pytest.raises(PaymentRequired):
        send(publisher, text_post())


def test_nobody_at_the_address_means_refused(key: str) -> None:
    with closed_port() as nobody:
        publisher = connect(key, nobody)
        with pytest.raises(Refused):
            send(publisher, text_post())
        publisher.close()


@pytest.mark.parametrize("key", [k for k in KEYS if k != "xing"], indirect=True)
def test_an_upload_that_breaks_made_nothing_visible_and_so_is_refused(
    publisher: Publisher, key: str, sandbox: Sandbox, picture: Medium
) -> None:
    sandbox.faults.add("error", key, "upload", count=1)
    with pytest.raises(Refused):
        publisher.prepare(OutgoingPost("Mit Bild", None, (picture,)))
    assert sandbox.posts(key) == []


@pytest.mark.parametrize("key", [k for k in KEYS if k != "xing"], indirect=True)
def test_an_image_whose_file_is_gone_is_rejected_before_anything_is_sent(
    publisher: Publisher, key: str, sandbox: Sandbox, picture: Medium
) -> None:
    picture.path.unlink()
    with pytest.raises(Rejected):
        publisher.prepare(OutgoingPost("Mit Bild", None, (picture,)))
    assert sandbox.requests(key, "upload") == []


CALLS: dict[str, Callable[[Publisher], object]] = {
    "verify": lambda p: p.verify(),
    "publish": lambda p: p.publish(Prepared(text_post())),
    "find_recent": lambda p: p.find_recent(datetime(2026, 3, 1, tzinfo=UTC)),
    "metrics": lambda p: p.metrics(["urn:li:share:7000000000000000001"]),
    "delete": lambda p: p.delete("urn:li:share:7000000000000000001"),
}

ANSWERS = {
    "a page": Reply(200, b"<!DOCTYPE html><html><body>Hallo</body></html>", {"Content-Type": "text/html"}),
    "nothing": Reply(200, b"", {"Content-Type": "application/json"}),
    "no type": Reply(200, b'{"data": 7}'),
    "null": Reply(200, b"null", {"Content-Type": "application/json"}),
    "a list": Reply(200, b"[]", {"Content-Type": "application/json"}),
    "a string": Reply(200, b'"done"', {"Content-Type": "application/json"}),
    "a number": Reply(200, b"12345678901234567890", {"Content-Type": "application/json"}),
    "a picture": Reply(200, b"\x89PNG\r\n", {"Content-Type": "image/png"}),
    "wrong types": Reply(200, b'{"data": [1, null, {"id": {}}], "elements": {}, "id": [], "ids": 3}',
                         {"Content-Type": "application/json"}),
    "deep": Reply(200, b"[" * 100_000, {"Content-Type": "application/json"}),
    "broken letters": Reply(200, b'{"data": "\xff\xfe"}', {"Content-Type": "application/json; charset=utf-8"}),
    "an unknown charset": Reply(200, b'{"data": "x"}', {"Content-Type": "application/json; charset=klingon"}),
    "a bare 500": Reply(500), "a page with 403": Reply(403, b"<html>no</html>", {"Content-Type": "text/html"}),
    "a list with 400": Reply(400, b"[1]", {"Content-Type": "application/json"}),
    "a string as the error": Reply(400, b'{"error": "no", "errors": "no", "message": 7}', {"Content-Type": "application/json"}),
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_nothing_but_network_errors_comes_out_of_a_strange_answer(
    key: str, call: Callable[[Publisher], object], answer: Reply
) -> None:
    with RawServer(answer) as server:
        publisher = connect(key, server.url, timeout=5)
        try:
            call(publisher)
        except NetworkError as error:
            assert str(error)
        assert server.requests
        publisher.close()


@pytest.mark.parametrize(
    "answer", [a for a in ANSWERS.values() if a.status == 200], ids=[n for n, a in ANSWERS.items() if a.status == 200]
)
def test_a_strange_answer_to_a_publish_is_uncertain(key: str, answer: Reply) -> None:
    with RawServer(answer) as server:
        publisher = connect(key, server.url, timeout=5)
        with pytest.raises(Uncertain):
            publisher.publish(Prepared(text_post()))
        publisher.close()


# --- what nobody may see -------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_no_token_is_in_an_address_or_an_error(key: str, call: Callable[[Publisher], object]) -> None:
    def repeat_everything(received: object) -> Reply:
        return Reply(400, repr(received).encode(), {"Content-Type": "text/plain"})

    with RawServer(repeat_everything) as server:
        publisher = connect(key, server.url, app=APP)
        with pytest.raises(NetworkError) as caught:
            call(publisher)
        shown = "".join(traceback.format_exception(caught.value)) + caught.value.network_message
        addresses = "".join(r.path for r in server.requests)
        assert not [s for s in SECRETS if s in shown or s in addresses]
        publisher.close()


def test_a_connection_of_xing_without_credentials_asks_nothing_of_the_network() -> None:
    publisher = connect_assisted()
    for call in CALLS.values():
        with pytest.raises(Unsupported):
            call(publisher)
    assert publisher.refresh() is None
    publisher.close()


def connect_assisted() -> Publisher:
    from publishers.base import Connection

    return network("xing").connect({}, Connection())


def test_figures_hold_nothing_by_default() -> None:
    assert Figures() == Figures(None, None, None, None, None, None, {})

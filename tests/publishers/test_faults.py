"""What every adapter makes of what goes wrong, over HTTP against the sandbox networks."""

from __future__ import annotations

from datetime import datetime

import pytest

from publishers.base import (
    Duplicate,
    Medium,
    OutgoingPost,
    PaymentRequired,
    Publisher,
    ReconnectNeeded,
    Refused,
    Rejected,
    Uncertain,
)
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import KEYS, LINK, connect, send, text_post
from tests.publishers.raw import closed_port


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
    for number, kind in enumerate(("error", "reset"), start=1):
        sandbox.faults.clear()
        sandbox.faults.add(kind, key, "publish", accepted=False, count=5)
        with pytest.raises(Uncertain):
            send(publisher, text_post())
        assert len(sandbox.requests(key, "publish")) == number


@pytest.mark.parametrize("key", [k for k in KEYS if k != "linkedin"], indirect=True)  # whose answer has no body
def test_an_answer_that_drips_ends_with_the_deadline(key: str, sandbox: Sandbox, begun: datetime) -> None:
    publisher = connect(key, sandbox.api_url(key), timeout=0.5)
    sandbox.faults.add("drip", key, "publish", seconds=30, count=1)
    with pytest.raises(Uncertain):
        send(publisher, text_post())
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
    publisher = connect(key, sandbox.api_url(key), credentials={name: "nobody-knows-this-token"})
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

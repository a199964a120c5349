"""A post that is live: looked at, edited where the network allows it, and gone."""

from __future__ import annotations

import pytest

from publishers.base import (
    FollowUp,
    Medium,
    OutgoingPost,
    Publisher,
    ReconnectNeeded,
    Uncertain,
    Under,
    Unsupported,
)
from publishers.optional import AfterPublishing
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import LINK, connect, send
from tests.publishers.raw import RawServer, Received, Reply, json_reply

EDITABLE = ("facebook", "linkedin")


def after(publisher: Publisher) -> AfterPublishing:
    assert isinstance(publisher, AfterPublishing)
    return publisher


def test_a_look_shows_what_the_network_shows(publisher: Publisher, key: str, sandbox: Sandbox) -> None:
    post = OutgoingPost("Größer & schöner – #Maschinenbau (neu)", LINK)
    published = send(publisher, post)

    shown = after(publisher).look(published.remote_id)
    assert shown is not None
    assert (shown.remote_id, shown.text) == (published.remote_id, network(key).expected_text(post))
    assert shown.links in ((LINK,), ())
    assert network(key).capabilities.can_look

    sandbox.remove(key, published.remote_id)
    assert after(publisher).look(published.remote_id) is None


def test_a_text_is_edited_where_the_network_allows_it_and_images_stay(
    publisher: Publisher, key: str, sandbox: Sandbox, picture: Medium
) -> None:
    media = () if key == "xing" else (picture,)
    published = send(publisher, OutgoingPost("Mit Feler", LINK, media))
    better = OutgoingPost("Ohne Fehler [jetzt] (wirklich) #gut", LINK, media)

    assert network(key).capabilities.can_edit is (key in EDITABLE)
    if key not in EDITABLE:
        with pytest.raises(Unsupported):
            after(publisher).edit(published.remote_id, better)
        return
    after(publisher).edit(published.remote_id, better)
    after(publisher).edit(published.remote_id, better)

    shown = after(publisher).look(published.remote_id)
    assert shown is not None
    assert (shown.text, shown.media_count) == (network(key).expected_text(better), 1)
    assert len(sandbox.posts(key)) == 1


def test_what_stands_under_a_post_is_looked_at_edited_and_taken_down_by_itself(
    publisher: Publisher, key: str, sandbox: Sandbox
) -> None:
    kind = FollowUp.REPLY if key == "twitter" else FollowUp.COMMENT
    root = send(publisher, OutgoingPost("Neue Fräse im Werk Süd."))
    under = Under(kind, root.remote_id, root.remote_id)
    first = OutgoingPost("Mehr [dazu] (unten) #hier mit Feler", under=under)
    below = send(publisher, first).remote_id

    shown = after(publisher).look(below)
    assert shown is not None
    assert (shown.remote_id, shown.text) == (below, network(key).expected_text(first))
    if key in EDITABLE:
        better = OutgoingPost("Mehr [dazu] (unten) #hier", under=under)
        after(publisher).edit(below, better)
        after(publisher).edit(below, better)
        shown = after(publisher).look(below)
        assert shown is not None
        assert shown.text == network(key).expected_text(better)

    publisher.delete(below)
    publisher.delete(below)
    assert after(publisher).look(below) is None
    assert after(publisher).look(root.remote_id) is not None


def test_what_stands_under_a_post_that_is_taken_down_goes_with_it_or_stays_as_the_network_says(
    publisher: Publisher, key: str
) -> None:
    kind = FollowUp.REPLY if key == "twitter" else FollowUp.COMMENT
    root = send(publisher, OutgoingPost("Neue Fräse im Werk Süd."))
    below = send(publisher, OutgoingPost("Mehr dazu", under=Under(kind, root.remote_id, root.remote_id))).remote_id

    publisher.delete(root.remote_id)
    stays = after(publisher).look(below) is not None
    assert stays is network(key).capabilities.leaves_under


@pytest.mark.parametrize("key", EDITABLE)
@pytest.mark.parametrize("fault", ["timeout", "error", "reset"])
def test_an_edit_without_a_clear_answer_is_uncertain(sandbox: Sandbox, key: str, fault: str) -> None:
    publisher = connect(key, sandbox.api_url(key), timeout=0.5)
    published = send(publisher, OutgoingPost("Mit Feler"))
    sandbox.faults.add(fault, key, "update", accepted=True, count=1)

    with pytest.raises(Uncertain):
        after(publisher).edit(published.remote_id, OutgoingPost("Ohne Fehler"))
    shown = after(publisher).look(published.remote_id)
    assert shown is not None
    assert shown.text == "Ohne Fehler"
    publisher.close()


def test_facebook_calls_a_post_gone_only_where_the_pages_posts_can_be_read() -> None:
    gone = {"error": {"message": "does not exist", "code": 100, "error_subcode": 33, "type": "GraphMethodException"}}
    denied = {"error": {"message": "denied", "code": 10, "type": "OAuthException"}}
    listing = json_reply(denied, 403)

    def answer(received: Received) -> Reply:
        return listing if "/published_posts" in received.path else json_reply(gone, 400)

    with RawServer(answer) as server:
        publisher = after(connect("facebook", server.url))
        with pytest.raises(ReconnectNeeded, match="permission"):
            publisher.look("1_2")
        listing = json_reply({"data": []})
        assert publisher.look("1_2") is None

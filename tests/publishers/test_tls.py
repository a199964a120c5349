"""The same promises over TLS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publishers.base import Prepared, Refused, Uncertain
from publishers.transport import tls_context
from tests.publishers.accounts import connect, text_post
from tests.publishers.raw import RawServer, Reply, json_reply
from tests.support.certificates import certificate

PUBLISHED = json_reply({"data": {"id": "12"}}, 201)


@pytest.fixture
def trusted_server(tmp_path: Path) -> Iterator[RawServer]:
    pem, context = certificate(tmp_path)
    tls_context().load_verify_locations(pem)
    with RawServer(PUBLISHED, tls=context) as server:
        yield server


def test_a_post_is_published_over_tls_and_the_connection_is_kept(trusted_server: RawServer) -> None:
    publisher = connect("twitter", trusted_server.url)
    for _ in range(2):
        assert publisher.publish(Prepared(text_post())).remote_id == "12"
    assert trusted_server.connections == 1
    publisher.close()


def test_a_server_that_drips_over_tls_cannot_hold_a_call_beyond_its_deadline(trusted_server: RawServer) -> None:
    trusted_server.answer = Reply(drip=0.02)
    publisher = connect("twitter", trusted_server.url, timeout=0.4)
    with pytest.raises(Uncertain):
        publisher.publish(Prepared(text_post()))
    assert trusted_server.dripped > 1
    publisher.close()


def test_a_certificate_that_nobody_vouches_for_gets_no_request(tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with RawServer(PUBLISHED, tls=context) as server:
        publisher = connect("twitter", server.url)
        with pytest.raises(Refused):
            publisher.publish(Prepared(text_post()))
        assert server.requests == []
        publisher.close()


def test_a_server_that_never_ends_its_handshake_cannot_hold_a_call(tmp_path: Path) -> None:
    with RawServer(Reply(hang=True)) as server:
        publisher = connect("twitter", server.url.replace("http:", "https:"), timeout=0.3)
        with pytest.raises(Refused):
            publisher.publish(Prepared(text_post()))
        publisher.close()

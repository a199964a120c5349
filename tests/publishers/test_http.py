"""Where a call goes, how long it may take, and what is known about it when it fails."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from publishers.base import (
    Connection,
    NetworkError,
    OutgoingPost,
    Prepared,
    ReconnectNeeded,
    Refused,
    Rejected,
    Uncertain,
)
from publishers.errors import BY_STATUS, Answer, Complaint, classify
from publishers.http import LARGEST_ANSWER, BearerAuth, NetworkSession, one_call, open_session
from publishers.registry import network
from tests.publishers.accounts import CREDENTIALS, KEYS, connect, text_post
from tests.publishers.raw import RawServer, Reply, closed_port, json_reply

SECRET = "a-long-secret-token"


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(json_reply({"ok": True})) as running:
        yield running


def judge(answer: Answer) -> NetworkError | None:
    if answer.ok:
        return None
    return classify(answer, Complaint((), answer.body.decode("latin-1")), BY_STATUS, network="Test")


def session_for(api_url: str | None, token: str = SECRET, hosts: tuple[str, ...] = ("api.test",)) -> NetworkSession:
    connection = Connection(api_url=api_url)
    return open_session("Test", hosts, connection, judge, secrets=(token,), auth=BearerAuth(token))


def test_the_operators_address_replaces_the_host_and_keeps_path_and_query(server: RawServer) -> None:
    session_for(server.url).get("https://api.test/2/things?ids=1,2&x=%C3%BC")
    assert server.last.path == "/2/things?ids=1,2&x=%C3%BC"
    assert server.last.headers["host"] == server.url.removeprefix("http://")


def test_a_path_in_the_operators_address_goes_before_the_networks_own(server: RawServer) -> None:
    session_for(f"{server.url}/twitter/").get("https://api.test/2/things")
    assert server.last.path == "/twitter/2/things"


def test_an_address_that_the_operators_network_gave_itself_is_not_prefixed_again(server: RawServer) -> None:
    session_for(f"{server.url}/linkedin").put(f"{server.url}/linkedin/upload/7", data=b"x")
    assert server.last.path == "/linkedin/upload/7"


def test_every_host_goes_to_the_operators_address(server: RawServer) -> None:
    session_for(server.url).put("https://elsewhere.example/upload", data=b"x")
    assert server.last.path == "/upload"


def test_without_the_operators_word_only_the_networks_own_hosts_by_https_are_reached() -> None:
    session = session_for(None)
    for address in ("https://evil.example/x", "http://api.test/x", "https://api.test.evil.example/x"):
        with pytest.raises(requests.exceptions.InvalidSchema):
            session.get(address)


def test_an_operators_address_without_a_host_is_named_as_the_mistake() -> None:
    with pytest.raises(ValueError, match="http"):
        session_for("nonsense")


def test_the_program_names_itself(server: RawServer) -> None:
    session_for(server.url).get("https://api.test/")
    assert server.last.headers["user-agent"].startswith("Sendeplan/")


def test_proxies_of_the_environment_are_ignored(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with closed_port() as nobody:
        monkeypatch.setenv("HTTP_PROXY", nobody)
        monkeypatch.setenv("HTTPS_PROXY", nobody)
        assert session_for(server.url).get("https://api.test/").status_code == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_is_uncertain(server: RawServer, status: int) -> None:
    server.answer = Reply(status, headers={"Location": f"{server.url}/elsewhere"})
    with pytest.raises(Uncertain):
        session_for(server.url).post("https://api.test/posts", data={"a": "b"})
    assert len(server.requests) == 1


def test_status_headers_and_body_of_the_last_answer_are_at_hand(server: RawServer) -> None:
    server.answer = json_reply({"error": "no"}, 403, X_Limit="7", Date="Mon, 16 Mar 2026 09:00:00 GMT")
    session = session_for(server.url)
    with pytest.raises(Rejected):
        session.get("https://api.test/2/things?secret=1")
    answer = session.last
    assert answer is not None
    assert (answer.status, answer.headers["x-limit"], answer.json(), answer.path) == (
        403,
        "7",
        {"error": "no"},
        "/2/things",
    )
    assert answer.date is not None
    assert answer.date.isoformat() == "2026-03-16T09:00:00+00:00"


def test_a_connection_that_never_opened_is_refused() -> None:
    with closed_port() as nobody, pytest.raises(Refused):
        session_for(nobody).post("https://api.test/posts", data={"a": "b"})


def test_a_server_that_speaks_no_tls_got_nothing_and_so_refused(server: RawServer) -> None:
    server.retort = b"this is no TLS\r\n\r\n"
    with pytest.raises(Refused):
        session_for(server.url.replace("http:", "https:")).post("https://api.test/posts", data={"a": "b"})


@pytest.mark.parametrize(
    "reply",
    [
        Reply(raw=b""),
        Reply(raw=b"HTTP/1.1 20"),
        Reply(raw=b"not http at all\r\n\r\n"),
        Reply(raw=b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":'),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["nothing", "half a status line", "no http", "half a body", "broken chunks", "broken gzip"],
)
def test_what_breaks_after_sending_is_uncertain(server: RawServer, reply: Reply) -> None:
    server.answer = reply
    with pytest.raises(Uncertain):
        session_for(server.url).post("https://api.test/posts", data={"a": "b"})
    assert len(server.requests) == 1


def test_an_answer_that_is_too_large_is_uncertain(server: RawServer) -> None:
    server.answer = Reply(body=b"x" * (LARGEST_ANSWER + 1))
    with pytest.raises(Uncertain):
        session_for(server.url).post("https://api.test/posts")


def test_a_small_answer_that_unpacks_to_a_huge_one_is_uncertain(server: RawServer) -> None:
    bomb = gzip.compress(b"0" * (LARGEST_ANSWER + 1))
    server.answer = Reply(body=bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(Uncertain):
        session_for(server.url).post("https://api.test/posts")


def test_a_packed_answer_is_read(server: RawServer) -> None:
    packed = gzip.compress(json.dumps({"data": 1}).encode())
    server.answer = Reply(body=packed, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
    assert session_for(server.url).get("https://api.test/").json() == {"data": 1}


def test_a_server_that_drips_cannot_hold_a_call_beyond_its_deadline(server: RawServer) -> None:
    server.answer = Reply(drip=0.02)
    session = session_for(server.url)
    end_of_all_patience = threading.Timer(10, server.stopping.set)
    end_of_all_patience.start()
    with pytest.raises(Uncertain), one_call("Test", 0.3):
        session.post("https://api.test/posts", data={"a": "b"})
    assert not server.stopping.is_set()
    end_of_all_patience.cancel()
    assert server.dripped > 1, "the server was still sending, so no single read had timed out"


def test_a_server_that_drips_its_headers_cannot_either() -> None:
    def drip_headers(listener: RawServer) -> None:
        connection = listener._open[0]
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not listener.stopping.wait(0.02):
            connection.sendall(b"a")

    with RawServer(Reply(hang=True)) as server:
        session = session_for(server.url)
        waiting = threading.Thread(target=lambda: _when_asked(server, drip_headers))
        waiting.start()
        with pytest.raises(Uncertain), one_call("Test", 0.4):
            session.post("https://api.test/posts", data={"a": "b"})
        server.stopping.set()
        waiting.join()


def _when_asked(server: RawServer, work: object) -> None:
    while not server.requests:
        if server.stopping.wait(0.01):
            return
    try:
        work(server)  # type: ignore[operator]
    except OSError:
        return


def test_a_server_that_never_reads_cannot_hold_a_call_beyond_its_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        session = session_for(f"http://127.0.0.1:{deaf.getsockname()[1]}")
        with pytest.raises(Uncertain), one_call("Test", 0.3):
            session.post("https://api.test/posts", data=b"x" * 50_000_000)


def test_once_the_deadline_has_passed_nothing_is_sent_any_more(server: RawServer) -> None:
    session = session_for(server.url)
    with pytest.raises(Refused), one_call("Test", 0.0):
        session.post("https://api.test/posts", data={"a": "b"})
    assert server.requests == []


def test_the_deadline_covers_all_requests_of_a_call_together(server: RawServer) -> None:
    session = session_for(server.url)

    def slowly(_: object) -> Reply:
        time.sleep(0.1)
        return json_reply({})

    server.answer = slowly
    with pytest.raises(NetworkError), one_call("Test", 0.35):
        ask_for_ever(session)
    assert 1 <= len(server.requests) <= 4


def ask_for_ever(session: NetworkSession) -> None:
    while True:
        session.get("https://api.test/")


def test_a_connection_is_kept_and_used_again(server: RawServer) -> None:
    session = session_for(server.url)
    for _ in range(3):
        session.get("https://api.test/")
    assert server.connections == 1


def test_a_kept_connection_that_the_server_closed_is_noticed_before_it_is_used(server: RawServer) -> None:
    session = session_for(server.url)
    session.get("https://api.test/")
    server.drop_connections()
    time.sleep(0.05)  # until the end of the connection has reached us
    assert session.post("https://api.test/posts", data={"a": "b"}).status_code == 200
    assert server.connections == 2


def test_a_token_in_the_networks_words_is_removed(server: RawServer) -> None:
    words = "Invalid token a-long-secret-token in access_token=abc123def, Bearer zzzzzzzzzzzz and EAABwzLixnjYBO1234"
    server.answer = Reply(400, words.encode())
    with pytest.raises(Rejected) as caught:
        session_for(server.url).get("https://api.test/")
    said = caught.value.network_message
    assert said.startswith("Invalid token …")
    assert not any(secret in said for secret in ("a-long-secret-token", "abc123def", "zzzzzzzz", "EAAB"))


def test_credentials_that_no_header_can_hold_ask_to_be_replaced() -> None:
    with closed_port() as nobody, pytest.raises(ReconnectNeeded):
        session_for(nobody, token="tökén\n").get("https://api.test/")


@pytest.mark.parametrize("key", KEYS)
def test_no_debug_log_holds_a_token(key: str, server: RawServer, caplog: pytest.LogCaptureFixture) -> None:
    server.answer = json_reply({"id": "1_2", "ids": ["1_2"], "data": {"id": "12"}}, X_RestLi_Id="urn:li:share:1")
    publisher = connect(key, server.url, app={"client_secret": "app-secret-7788"})
    # Another test may have configured the logs of this process, which quietens the client packages.
    caplog.set_level(logging.DEBUG, logger="urllib3")
    with caplog.at_level(logging.DEBUG):
        publisher.publish(Prepared(text_post()))
    secrets = [value for name, value in CREDENTIALS[key].items() if "secret" in value]
    assert caplog.records
    assert not [secret for secret in (*secrets, "app-secret-7788") if secret in caplog.text]


@pytest.mark.parametrize("key", KEYS)
def test_without_an_operators_address_a_network_is_asked_at_its_own_host(key: str) -> None:
    """The tests' own guard against outside connections stands in for the cable: it names the host that was wanted."""
    publisher = network(key).connect(CREDENTIALS[key], Connection(timeout=2))
    with pytest.raises(Refused, match="OutsideConnection"):
        publisher.publish(Prepared(OutgoingPost("Hallo")))
    publisher.close()

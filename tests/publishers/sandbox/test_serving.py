"""The server itself: the feeds page, keep-alive, strange requests, starting and stopping."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from html.parser import HTMLParser

import pytest
import requests

from publishers.sandbox import Sandbox
from tests.publishers.sandbox.callers import Facebook, Twitter, png
from tests.support.clock import FakeClock


class Page(HTMLParser):
    """Collects a page's tags, texts and ids, and notices a tag that is closed out of order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.alts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        assert not any(name.startswith("on") or name == "style" for name in given)
        if tag == "img":
            self.alts.append(given["alt"] or "")
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag not in ("meta", "link", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_feeds_show_posts_with_pictures_figures_and_comments(
    facebook: Facebook, sandbox: Sandbox, http: requests.Session, clock: FakeClock
) -> None:
    for number in range(12):
        facebook.photo(png(), message=f"Beitrag <{number}>", alt_text_custom="Eine Drehmaschine")
    clock.advance(days=5)
    answer = http.get(sandbox.url, timeout=20)
    page = Page(answer.text)
    assert page.open == []
    assert (page.tags.count("article"), page.tags.count("h1"), page.tags.count("main")) == (12, 1, 1)
    assert page.alts == ["Eine Drehmaschine"] * 12
    assert len(page.ids) == len(set(page.ids))
    assert "Beitrag &lt;11&gt;" in answer.text
    assert "Kommentare lesen" in answer.text
    assert "16.03.2026, 10:00 Uhr" in answer.text
    picture = re.findall(r'<img src="([^"]+)"', answer.text)[0]
    assert http.get(sandbox.url + picture, timeout=20).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("en-GB,de;q=0.5", "en", "The networks' feeds"),
        ("de-DE", "de", "Die Feeds der Netzwerke"),
        ("fr", "de", "Die Feeds"),
    ],
)
def test_the_feeds_speak_the_browsers_language(
    sandbox: Sandbox, http: requests.Session, accepted: str, language: str, title: str
) -> None:
    answer = http.get(sandbox.url, headers={"Accept-Language": accepted}, timeout=20)
    assert answer.headers["Content-Language"] == language
    assert title in answer.text.replace("&#39;", "'")


def test_the_feeds_load_nothing_from_elsewhere(sandbox: Sandbox, http: requests.Session) -> None:
    answer = http.get(sandbox.url, timeout=20)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assets = re.findall(r'(?:href|src)="(/[^"]+)"', answer.text)
    assert sorted(assets) == ["/feeds.css", "/feeds.js"]
    assert all(http.get(sandbox.url + asset, timeout=20).ok for asset in assets)
    assert "http" not in "".join(re.findall(r'(?:href|src)="([^"]+)"', answer.text))


@pytest.mark.parametrize("path", ["/media/twitter/1", "/media/", "/../server.py", "/feeds.py", "/media/x/y/z"])
def test_what_is_not_there_is_a_404(sandbox: Sandbox, http: requests.Session, path: str) -> None:
    assert http.get(sandbox.url + path, timeout=20).status_code == 404


@pytest.mark.parametrize("network", ["facebook", "twitter", "linkedin", "xing"])
def test_an_unknown_path_is_answered_in_the_networks_own_shape(
    sandbox: Sandbox, http: requests.Session, network: str
) -> None:
    answer = http.post(f"{sandbox.api_url(network)}/does/not/exist/at/all", timeout=20)
    assert answer.status_code in (400, 404)
    assert answer.headers["Content-Type"].startswith("application/json")


def test_one_connection_serves_many_requests_and_says_the_networks_time(
    twitter: Twitter, sandbox: Sandbox, clock: FakeClock
) -> None:
    host, _, port = sandbox.url.rpartition("//")[2].partition(":")
    request = f"GET /twitter/2/users/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {twitter.token}\r\n\r\n".encode()
    with socket.create_connection((host, int(port)), timeout=20) as connection, connection.makefile("rb") as answers:
        for _ in range(3):
            connection.sendall(request)
            assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
            headers = dict(line.split(b": ", 1) for line in iter(answers.readline, b"\r\n"))
            assert headers[b"Date"] == b"Mon, 16 Mar 2026 09:00:00 GMT\r\n"
            assert b"Brandt" in answers.read(int(headers[b"Content-Length"]))


def test_a_body_in_chunks_is_read(twitter: Twitter, sandbox: Sandbox) -> None:
    answer = twitter.call("POST", "/2/tweets", data=iter([b'{"text": ', b'"In Teilen"}']))
    assert answer.status_code == 201
    assert sandbox.posts()[0]["text"] == "In Teilen"


@pytest.mark.parametrize(
    "start", [b"hello\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
)
def test_what_is_no_request_is_a_400(sandbox: Sandbox, start: bytes) -> None:
    host, _, port = sandbox.url.rpartition("//")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(start)
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_addresses_that_were_moved_below_the_prefix_twice_still_arrive(
    twitter: Twitter, http: requests.Session
) -> None:
    headers = {"Authorization": f"Bearer {twitter.token}"}
    assert http.get(f"{twitter.url}/twitter/2/users/me", headers=headers, timeout=20).status_code == 200


def test_a_stopped_sandbox_takes_no_more_connections(clock: FakeClock) -> None:
    with Sandbox(clock=clock) as sandbox:
        url = sandbox.url
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=20)


def test_run_alone_it_says_where_it_is_and_how_to_connect() -> None:
    command = [sys.executable, "-m", "publishers.sandbox", "--port", "0", "--seed", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(20)]
        url = re.search(r"http://\S+/", said[0])
        assert url
        assert f"SENDEPLAN_TWITTER_API_URL={url[0]}twitter" in "".join(said)
        assert "access_token=sandbox-x-brandt-access" in "".join(said)
        assert requests.get(url[0], timeout=20).ok
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0

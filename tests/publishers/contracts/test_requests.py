"""Everything that an adapter asks of its network is something that the network takes."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest

from publishers.base import (
    Connection,
    FollowUp,
    NetworkError,
    OutgoingPost,
    Poll,
    Publisher,
    ThreadPart,
    Under,
    Unsupported,
)
from publishers.connecting import Consent, Return
from publishers.optional import AfterPublishing, Counting, Naming, Talking
from publishers.registry import network
from publishers.sandbox import Sandbox, apps
from tests.publishers.accounts import CREDENTIALS, LINK, NetworkClock, connect, image, send, skipping
from tests.publishers.contracts import consenting, facebook, linkedin, twitter, xing
from tests.publishers.contracts.expectation import Expectation
from tests.publishers.contracts.recorder import Recorder, Sent
from tests.publishers.files import animation, document, film
from tests.support.consenting import brought, decide

EXPECTED: dict[str, Sequence[Expectation]] = {
    "facebook": facebook.EXPECTED,
    "linkedin": linkedin.EXPECTED,
    "twitter": twitter.EXPECTED,
    "xing": xing.EXPECTED,
}
#: The developer app that the sandbox networks know.
APP = {"client_id": "the-app", "client_secret": "sandbox-app-secret"}
SIGNS = "Größer & (schöner) – [neu] {jetzt} <1> *2* _3_ ~4~ | \\ @niemand #Maschinenbau"


@pytest.fixture(params=sorted(EXPECTED))
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("app", [{}, APP], ids=["without an app", "with an app"])
def test_every_request_is_one_that_the_network_documents(
    sandbox: Sandbox, network_clock: NetworkClock, key: str, begun: datetime, tmp_path: Path, app: dict[str, str]
) -> None:
    with Recorder(sandbox.url, f"/{key}") as recorder:
        publisher = connect(key, recorder.api_url, app=app, waiting=skipping(network_clock))
        play(publisher, key, sandbox, begun - timedelta(seconds=2), tmp_path)
        publisher.close()

    asked = [one for sent in recorder.sent for one in (sent, *parts(sent))]
    assert len(asked) > len(EXPECTED[key])
    wrong = [complaint for sent in asked for complaint in complaints(key, sent)]
    assert not wrong, "\n".join(wrong)
    if app:
        met = {e for e in range(len(EXPECTED[key])) for sent in asked if EXPECTED[key][e].is_meant_by(sent)}
        never = [f"{EXPECTED[key][e].method} {EXPECTED[key][e].path}" for e in set(range(len(EXPECTED[key]))) - met]
        assert not never, f"nothing was sent for: {never}"


def test_every_request_of_connecting_is_one_that_the_network_documents(sandbox: Sandbox, key: str) -> None:
    expected = consenting.EXPECTED[key]
    with Recorder(sandbox.url, f"/{key}") as recorder:
        redirect_uri, state = f"http://127.0.0.1:8000/channels/connect/{key}/back", "a-state-that-nobody-guesses"
        flow = cast("Consent", network(key).consent).flow()
        for more in ({}, consenting.OTHERWISE.get(key, {})):
            connection = Connection(recorder.api_url, 10.0, {**apps.settings(key), **more})
            begun = flow.begin(connection, redirect_uri, state)
            came = brought(decide(begun.address))
            assert flow.finish(connection, Return(redirect_uri, state, begun.kept, came)).person
            flow.check(connection, redirect_uri)
    asked = [s for s in recorder.sent if not (s.method == "POST" and s.path in consenting.PAGES)]
    wrong = [complaint for sent in asked for complaint in complaints(key, sent, expected)]
    assert not wrong, "\n".join(wrong)
    own = [one for one in expected if one not in EXPECTED[key]]
    never = [f"{one.method} {one.path}" for one in own if not any(one.is_meant_by(sent) for sent in asked)]
    assert not never, f"nothing was sent for: {never}"
    renamed = [bad for sent in asked for bad in renaming(sent)]
    assert len(renamed) > len(asked)
    unnoticed = [str(bad) for bad in renamed if not complaints(key, bad, expected)]
    assert not unnoticed, unnoticed


def renaming(sent: Sent) -> Iterator[Sent]:
    """The request with each of its parameters under another name, those that sign it among them."""
    for name in sent.query:
        yield replace(sent, query={f"{k}s" if k == name else k: v for k, v in sent.query.items()})
    for name in sent.fields:
        yield replace(sent, fields={f"{k}s" if k == name else k: v for k, v in sent.fields.items()})
    header = sent.headers.get("authorization", "")
    for name in re.findall(r"oauth_\w+(?==)", header):
        yield replace(sent, headers={**sent.headers, "authorization": header.replace(f"{name}=", f"{name}s=")})


def test_a_renamed_field_a_wrong_value_and_an_unknown_address_are_noticed() -> None:
    good = Sent("POST", "/2/tweets", {}, {"authorization": "Bearer x"}, {}, {"text": "Hallo"})
    assert list(complaints("twitter", good)) == []
    for bad in (
        replace(good, body={"status": "Hallo"}),
        replace(good, body={"text": "Hallo", "poll": {"options": ["Nur eine"], "duration_minutes": 60}}),
        replace(good, path="/2/statuses"),
        replace(good, headers={}),
        replace(good, query={"trim_user": "1"}),
    ):
        assert list(complaints("twitter", bad)), bad


def parts(sent: Sent) -> list[Sent]:
    """What one of Graph's batches asks for."""
    batch = json.loads(sent.fields.get("batch", "[]"))
    found = []
    for part in batch:
        address = urlsplit(f"{sent.path}{part['relative_url']}")
        found.append(Sent(part["method"], address.path, dict(parse_qsl(address.query)), sent.headers, {}, None))
    return found


def complaints(key: str, sent: Sent, expected: Sequence[Expectation] = ()) -> list[str]:
    """What is wrong with a request by the one documented kind that it is of."""
    meant = [expectation for expectation in expected or EXPECTED[key] if expectation.is_meant_by(sent)]
    return [found for one in meant for found in one.complaints(sent)] if meant else [f"{sent} is documented nowhere"]


# --- all that an adapter can do ----------------------------------------------------------------------------------


def play(publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime, folder: Path) -> None:
    """Do everything once, as far as the network can."""
    publisher.verify()
    live = [send(publisher, post).remote_id for post in posts(key, folder)]
    root = live[0]
    for kind in FollowUp:
        if can_follow(key, kind):
            under = Under(kind, root, root)
            below = send(publisher, OutgoingPost("Und weiter geht es (hier).", under=under)).remote_id
            publisher.find_recent(begun, under)
            change_below(publisher, below, under)
    publisher.find_recent(begun)
    publisher.metrics(live)
    if key != "xing":
        assert cast("Counting", publisher).followers()
    if (rules := network(key).content_rules.naming) is not None and rules.name:
        assert cast("Naming", publisher).named("brandt-maschinenbau" if key == "linkedin" else "brandt.service")
    after = cast("AfterPublishing", publisher)
    after.look(root)
    tolerant(lambda: after.edit(root, OutgoingPost(SIGNS)))
    talk(cast("Talking", publisher), key, sandbox, live[1], begun)
    publisher.delete(root)
    again = connect(key, connection_of(publisher, key), app=APP, credentials={"refresh_token": "none-such"})
    tolerant(again.refresh)
    again.close()


def change_below(publisher: Publisher, below: str, under: Under) -> None:
    """What stands under a post is looked at, changed and taken down by calls of its own."""
    after = cast("AfterPublishing", publisher)
    after.look(below)
    tolerant(lambda: after.edit(below, OutgoingPost("Und nun besser [so].", under=under)))
    publisher.delete(below)


def posts(key: str, folder: Path) -> list[OutgoingPost]:
    rules, media = network(key).content_rules, network(key).media_rules
    pictures = tuple(image(folder, "Eine Fräse", f"bild-{number}.png") for number in range(2))
    found = [
        OutgoingPost(SIGNS),
        OutgoingPost("Mit Link", LINK),
        OutgoingPost("Ein Bild", media=pictures[:1]),
        OutgoingPost("Zwei Bilder und ein Link", LINK, pictures),
        OutgoingPost("Bewegt", media=(animation(folder, "Sie dreht sich"),)),
        OutgoingPost("Ein Film", media=(film(folder, size=5_500_000, title="Die Linie", alt="Halle 3"),)),
    ]
    if media.document is not None:
        found.append(OutgoingPost("Ein Datenblatt", media=(document(folder, title="Datenblatt"),)))
    if rules.poll is not None:
        found.append(OutgoingPost("Was meinen Sie?", poll=Poll(("Ja", "Nein"), rules.poll.hours[0], "Eine Frage?")))
    if rules.languages:
        found.append(OutgoingPost("Nur für Deutsche", languages=("de",)))
    if rules.max_thread:
        found.append(OutgoingPost("Eins", thread=(ThreadPart("Zwei"),)))
    return [post for post in found if not post.media] if key == "xing" else found


def can_follow(key: str, kind: FollowUp) -> bool:
    rules = network(key).content_rules
    return rules.max_thread > 0 if kind is FollowUp.REPLY else rules.first_comment is not None


def talk(publisher: Talking, key: str, sandbox: Sandbox, post: str, begun: datetime) -> None:
    rules = network(key).capabilities.dialogue
    sandbox.comment(key, post, "Gibt es ein Datenblatt?")
    found = publisher.remarks([post], begun).remarks if rules.comments else ()
    if rules.mentions:
        found = (*found, *publisher.mentions(begun).remarks)
    asked = next(remark.ref for remark in found if remark.text == "Gibt es ein Datenblatt?")
    answer = publisher.answer(asked, "Ja, gern.")
    publisher.answers(asked, begun)
    for act in (True, False):
        if rules.hide:
            publisher.hide(asked, hidden=act)
        if rules.like:
            publisher.like(asked, liked=act)
    own = next((r.ref for r in publisher.answers(asked, begun).remarks if r.ref.remote_id == answer.remote_id), None)
    if rules.remove and own is not None:
        publisher.remove(own)


def tolerant(act: Callable[[], Any]) -> None:
    """What is sent counts here, not what comes of it."""
    with contextlib.suppress(NetworkError, Unsupported):
        act()


def connection_of(publisher: Publisher, key: str) -> str:
    """Where a publisher of a test was connected to."""
    session: Any = publisher
    target = session._session.adapter._target
    assert CREDENTIALS[key]
    return f"{target._scheme}://{target._netloc}{target._prefix}"

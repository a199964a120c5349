"""Everything that an adapter asks of its network is something that the network takes."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest

from publishers.base import (
    Connection,
    FollowUp,
    MediaKind,
    Mention,
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
from tests.publishers.accounts import CREDENTIALS, LINK, NetworkClock, connect, image, register, send, skipping
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
#: A member of LinkedIn, beside the organisation that the tests connect; and accounts to name in a post.
MEMBER = {"author": "urn:li:person:Ab-9_x", "access_token": "linkedin-member-access"}
NAMED = {"facebook": "104872951638204", "linkedin": "urn:li:organization:2414183"}
#: What must be among what is sent, or the play does not show it.
SAID = {
    "facebook": [f"@[{NAMED['facebook']}]"],
    "linkedin": [f"@[Brandt Partner]({NAMED['linkedin']})", '"thumbnail": "urn:li:image:', '"interfaceLocales": [{'],
}
SIGNS = "Größer & (schöner) – [neu] {jetzt} <1> *2* _3_ ~4~ | \\ @niemand #Maschinenbau"


@pytest.fixture(params=sorted(EXPECTED))
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("app", [{}, APP], ids=["without an app", "with an app"])
def test_every_request_is_one_that_the_network_documents(
    sandbox: Sandbox, network_clock: NetworkClock, key: str, begun: datetime, tmp_path: Path, app: dict[str, str]
) -> None:
    with Recorder(sandbox.url, f"/{key}") as recorder:
        for credentials in (CREDENTIALS[key], *([MEMBER] if app and key == "linkedin" else [])):
            register(sandbox, key, credentials)
            waiting = skipping(network_clock)
            with closing(
                connect(key, recorder.api_url, app=app, credentials=credentials, waiting=waiting)
            ) as publisher:
                play(publisher, key, sandbox, begun - timedelta(seconds=2), tmp_path)

    asked = [one for sent in recorder.sent for one in (sent, *parts(sent))]
    assert len(asked) > len(EXPECTED[key])
    wrong = [complaint for sent in asked for complaint in complaints(key, sent)]
    assert not wrong, "\n".join(wrong)
    said = [json.dumps([sent.fields, sent.body]) for sent in asked if sent.method == "POST"]
    for what in SAID.get(key, ()):
        assert any(what in one for one in said), what
    if app:
        assert "\n".join(unnoticed(key, asked, EXPECTED[key])) == ""
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
            came = brought(decide(begun.address, account=LOOKS_AFTER_PORTFOLIOS.get(key)))
            grant = flow.finish(connection, Return(redirect_uri, state, begun.kept, came))
            assert grant.person
            flow.check(connection, redirect_uri)
            flow.discard(connection, grant)
    sent = [one for whole in recorder.sent for one in (whole, *parts(whole))]
    asked = [s for s in sent if not (s.method == "POST" and s.path in consenting.PAGES)]
    wrong = [complaint for sent in asked for complaint in complaints(key, sent, expected)]
    assert not wrong, "\n".join(wrong)
    own = [one for one in expected if one not in EXPECTED[key]]
    never = [f"{one.method} {one.path}" for one in own if not any(one.is_meant_by(sent) for sent in asked)]
    assert not never, f"nothing was sent for: {never}"
    assert "\n".join(unnoticed(key, asked, expected)) == ""


LOOKS_AFTER_PORTFOLIOS = {"facebook": "10231144556677889"}


def unnoticed(key: str, asked: Sequence[Sent], expected: Sequence[Expectation]) -> list[str]:
    """What of the requests could bear another name without a complaint; each name of each kind of request once."""
    seen: set[tuple[str, str, str]] = set()
    found = []
    for sent in asked:
        kind = next(one.path for one in expected if one.is_meant_by(sent))
        for name, bad in renaming(sent):
            if (sent.method, kind, name) not in seen and not complaints(key, bad, expected):
                found.append(f"{sent}: {name}")
            seen.add((sent.method, kind, name))
    assert len(seen) > len({kind for _, kind, _ in seen})
    return found


#: Headers that say what is asked; the others are of the transport. Where LinkedIn has no versions, a header that
#: names one means nothing.
UNVERSIONED = ("/v2/", "/dms-uploads/")
MEANING = ("authorization", "linkedin-version", "x-restli-protocol-version", "x-restli-method")
#: Parameters whose value lists names.
LISTING = re.compile(r"metric|expansions|(\w+\.)?fields")


def renaming(sent: Sent) -> Iterator[tuple[str, Sent]]:
    """The request with each of its names as another, and what that name is: of parameters, of headers (those that sign
    it among them), of what is listed in a parameter, and of JSON in a body or a field."""
    for name in sent.query:
        yield name, replace(sent, query=_renamed(sent.query, name))
        for word in re.finditer(r"[a-z_.0-9]+", sent.query[name]) if LISTING.fullmatch(name) else ():
            changed = f"{sent.query[name][: word.end()]}x{sent.query[name][word.end() :]}"
            yield f"{name}={word[0]}", replace(sent, query={**sent.query, name: changed})
    for name, value in sent.fields.items():
        yield name, replace(sent, fields=_renamed(sent.fields, name))
        for inner, other in _renamed_within(json.loads(value)) if value[:1] in ("[", "{") else ():
            yield f"{name}: {inner}", replace(sent, fields={**sent.fields, name: json.dumps(other)})
    for name in (n for n in MEANING[: 1 if sent.path.startswith(UNVERSIONED) else None] if n in sent.headers):
        yield name, replace(sent, headers=_renamed(sent.headers, name))
    header = sent.headers.get("authorization", "")
    for name in re.findall(r"oauth_\w+(?==)", header):
        yield name, replace(sent, headers={**sent.headers, "authorization": header.replace(f"{name}=", f"{name}x=")})
    for inner, other in _renamed_within(sent.body):
        yield inner, replace(sent, body=other)


def _renamed(names: Mapping[str, Any], one: str) -> dict[str, Any]:
    return {f"{name}x" if name == one else name: value for name, value in names.items()}


def _renamed_within(value: Any) -> Iterator[tuple[str, Any]]:
    """JSON with each key under another name, wherever it stands."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key, _renamed(value, key)
            for inner, other in _renamed_within(inside):
                yield f"{key}/{inner}", {**value, key: other}
    elif isinstance(value, list):
        for at, inside in enumerate(value):
            for inner, other in _renamed_within(inside):
                yield inner, [*value[:at], other, *value[at + 1 :]]


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


def test_names_within_what_is_asked_or_sent_are_noticed_too() -> None:
    page, post = "/v26.0/104872951638204", "/v26.0/104872951638204_7"
    feed = Sent("POST", f"{page}/feed", {}, {"authorization": "Bearer x"}, {"access_token": "x"}, None)
    assert complaints("facebook", feed), "a post with nothing in it"
    for fields in (
        {"attached_media": '[{"media_id": "7"}]'},
        {"attached_media": "[]"},
        {"message": "Hallo", "targeting": '{"lang": [5]}'},
        {"message": "Hallo", "targeting": "{}"},
    ):
        assert complaints("facebook", replace(feed, fields={**feed.fields, **fields})), fields
    assert not complaints("facebook", replace(feed, fields={**feed.fields, "message": "Hallo"}))
    read = replace(feed, method="GET", fields={})
    for path, query, right in (
        (post, {"fields": "id,message,comments.limit(0).summary(true),insights.metric(post_clicks)"}, True),
        (post, {"fields": "id,mesage,creatd_time"}, False),
        (post, {"fields": "insights.metric(post_click)"}, False),
        (post, {"fields": "comments.limits(0)"}, False),
        (post, {"fields": "from{id,nane}"}, False),
        (page, {"fields": "followers_count"}, True),
        (page, {"fields": "follower_count"}, False),
        (f"{post}/insights", {"metric": "post_media_view,post_video_views"}, True),
        (f"{post}/insights", {"metric": "post_impressions,post_media_vew"}, False),
    ):
        assert (complaints("facebook", replace(read, path=path, query=query)) == []) is right, query


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
    written = posts(key, folder)
    live = [send(publisher, post).remote_id for post in written]
    films = {live[at] for at, post in enumerate(written) if any(m.kind is MediaKind.VIDEO for m in post.media)}
    root = live[0]
    for kind in FollowUp:
        if can_follow(key, kind):
            under = Under(kind, root, root)
            below = send(publisher, OutgoingPost("Und weiter geht es (hier).", under=under)).remote_id
            publisher.find_recent(begun, under)
            change_below(publisher, below, under)
    publisher.find_recent(begun)
    publisher.metrics(live, films)
    if key == "facebook":  # where something in the question is refused, its parts are asked for apart
        sandbox.faults.add("rejected", key, "read", count=1)
        assert publisher.metrics(live[:1])
    if key != "xing":
        count_the_account(cast("Counting", publisher), key, sandbox, begun)
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


def count_the_account(publisher: Counting, key: str, sandbox: Sandbox, begun: datetime) -> None:
    first, last = (begun - timedelta(days=30)).date(), (begun - timedelta(days=1)).date()
    if key == "facebook":  # where something in the question is refused, its parts are asked for apart
        sandbox.faults.add("rejected", key, "read", count=1)
        assert publisher.account_figures(first, last).days
    assert publisher.account_figures(first, last).followers


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
    if rules.card is not None:
        card = {"card": pictures[0], "card_title": "Unsere Halle", "card_description": "Größer"}
        found.append(OutgoingPost("Mit eigener Karte", LINK, **card))  # type: ignore[arg-type]
    if rules.naming is not None and key in NAMED:
        found.append(OutgoingPost("Danke an Brandt Partner!", mentions=(Mention("Brandt Partner", NAMED[key]),)))
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
        with contextlib.suppress(Unsupported):  # who names a member of LinkedIn is not told
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

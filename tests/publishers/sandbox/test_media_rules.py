"""The sandbox networks are as strict about uploads, polls and audiences as the real ones, whoever calls them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from publishers.sandbox import Sandbox
from publishers.sandbox.images import Sniffed, sniff
from tests.publishers.files import WORD, docx, gif, mp4, pdf
from tests.publishers.sandbox.callers import ORGANIZATION, PAGE, PERSON, Facebook, LinkedIn, Twitter, png
from tests.support.clock import FakeClock


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (mp4(12.5, 1280, 720), Sniffed("video/mp4", 1280, 720, 12.5)),
        (mp4().replace(b"isom", b"qt  ", 1), Sniffed("video/quicktime", 1280, 720, 12.0)),
        (pdf(7), Sniffed("application/pdf", pages=7)),
        (docx(), Sniffed(WORD)),
        (gif(30, 20), Sniffed("image/gif", 30, 20)),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40), Sniffed("application/msword")),
        (b"PK\x03\x04 no archive", None),
        (mp4()[:40], Sniffed("video/mp4")),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, kind: Sniffed | None) -> None:
    assert sniff(content) == kind


# --- X -------------------------------------------------------------------------------------------------------


def begin(twitter: Twitter, content: bytes, category: str = "tweet_video", kind: str = "video/mp4") -> str:
    body = {"media_category": category, "media_type": kind, "total_bytes": len(content)}
    answer = twitter.call("POST", "/2/media/upload/initialize", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def append(twitter: Twitter, medium: str, index: int, piece: bytes) -> int:
    path = f"/2/media/upload/{medium}/append"
    return twitter.call(
        "POST", path, data={"segment_index": str(index)}, files={"media": ("x", piece)}
    ).status_code  # fmt: skip


def finalize(twitter: Twitter, medium: str) -> Any:
    return twitter.call("POST", f"/2/media/upload/{medium}/finalize")


def uploaded(twitter: Twitter, content: bytes, category: str = "tweet_video", kind: str = "video/mp4") -> str:
    medium = begin(twitter, content, category, kind)
    assert append(twitter, medium, 0, content) == 200
    assert finalize(twitter, medium).status_code == 200
    return medium


def test_x_wants_every_segment_and_none_too_large(twitter: Twitter) -> None:
    content = mp4(size=6_000_000)
    medium = begin(twitter, content)
    assert append(twitter, medium, 0, content) == 400, "five megabytes are the most"
    assert append(twitter, medium, 0, content[:3_000_000]) == 200
    assert append(twitter, medium, 2, content[3_000_000:]) == 200
    assert finalize(twitter, medium).status_code == 400, "segment 1 is missing"
    assert append(twitter, medium, 1000, b"x") == 400


def test_x_processes_a_film_for_a_while_and_tells_how_far_it_is(twitter: Twitter, clock: FakeClock) -> None:
    medium = uploaded(twitter, mp4())

    def info() -> Any:
        return twitter.call("GET", f"/2/media/upload?command=STATUS&media_id={medium}").json()["data"][
            "processing_info"
        ]

    post = {"media": {"media_ids": [medium]}}
    assert info()["state"] == "pending"
    clock.advance(seconds=4)
    assert (info()["state"], info()["progress_percent"], info()["check_after_secs"]) == ("in_progress", 50, 1)
    assert twitter.post("Zu früh", **post).status_code == 400
    clock.advance(seconds=5)
    assert info() == {"state": "succeeded", "progress_percent": 100}
    assert twitter.post("Fertig", **post).status_code == 201


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (mp4(200), "duration"),
        (mp4(0.3), "duration"),
        (mp4(10, 3100, 1000), "aspect ratio"),
        (mp4()[:60], "unsupported"),
    ],
)
def test_x_finds_fault_with_a_film_once_it_is_processed(
    twitter: Twitter, clock: FakeClock, content: bytes, words: str
) -> None:
    medium = uploaded(twitter, content)
    clock.advance(seconds=9)
    data = twitter.call("GET", f"/2/media/upload?command=STATUS&media_id={medium}").json()["data"]
    assert data["processing_info"]["state"] == "failed"
    assert words in data["processing_info"]["error"]["message"]
    assert twitter.post("x", media={"media_ids": [medium]}).status_code == 400


def test_x_takes_one_moving_file_and_no_film_as_an_image(twitter: Twitter, clock: FakeClock) -> None:
    moving = [uploaded(twitter, gif(), "tweet_gif", "image/gif") for _ in range(2)]
    clock.advance(seconds=3)
    assert twitter.post("zwei", media={"media_ids": moving}).status_code == 400
    assert twitter.post("eines", media={"media_ids": moving[:1]}).status_code == 201
    wrong = begin(twitter, mp4(), "tweet_image", "image/png")
    append(twitter, wrong, 0, mp4())
    assert finalize(twitter, wrong).status_code == 400


def test_an_upload_on_x_ends_after_a_day(twitter: Twitter, clock: FakeClock) -> None:
    medium = twitter.upload(png()).json()["data"]["id"]
    clock.advance(hours=24, seconds=1)
    refused = twitter.post("Zu spät", media={"media_ids": [medium]})
    assert (refused.status_code, refused.json()["detail"]) == (400, "Your media IDs are invalid.")


@pytest.mark.parametrize(
    "poll",
    [
        {"options": ["a"], "duration_minutes": 60},
        {"options": ["a", "x" * 26], "duration_minutes": 60},
        {"options": ["a", "b"], "duration_minutes": 4},
        {"options": ["a", "b"], "duration_minutes": 10_081},
        {"options": ["a", "b"]},
        {"options": ["a", "b"], "duration_minutes": 60, "colour": "blue"},
        "ja oder nein",
    ],
)
def test_x_takes_no_poll_that_its_description_forbids(twitter: Twitter, sandbox: Sandbox, poll: Any) -> None:
    assert twitter.post("Frage", poll=poll).status_code == 400
    assert sandbox.posts() == []


def test_a_poll_on_x_is_listed_with_its_votes_and_closes(twitter: Twitter, clock: FakeClock) -> None:
    twitter.published("Frage", poll={"options": ["Ja", "Nein"], "duration_minutes": 60})
    query = {"expansions": "attachments.poll_ids", "poll.fields": "duration_minutes,voting_status,end_datetime"}

    def poll() -> Any:
        return twitter.timeline(**query)["includes"]["polls"][0]

    assert (poll()["duration_minutes"], poll()["voting_status"]) == (60, "open")
    clock.advance(hours=30)
    assert poll()["voting_status"] == "closed"
    assert [option["label"] for option in poll()["options"]] == ["Ja", "Nein"]


def test_a_poll_on_x_goes_with_no_image(twitter: Twitter) -> None:
    medium = twitter.upload(png()).json()["data"]["id"]
    poll = {"options": ["Ja", "Nein"], "duration_minutes": 60}
    assert twitter.post("Frage", poll=poll, media={"media_ids": [medium]}).status_code == 400


# --- Facebook ------------------------------------------------------------------------------------------------


def phase(facebook: Facebook, name: str, piece: bytes | None = None, **form: str) -> Any:
    files = None if piece is None else {"video_file_chunk": ("film", piece)}
    return facebook.call("POST", f"/{PAGE}/videos", data={"upload_phase": name, **form}, files=files).json()


def test_facebook_wants_the_stretch_that_it_named_and_says_so(facebook: Facebook) -> None:
    content = mp4(size=2_500_000)
    begun = phase(facebook, "start", file_size=str(len(content)))
    session = {"upload_session_id": begun["upload_session_id"]}
    assert (begun["start_offset"], begun["end_offset"]) == ("0", str(1024**2))
    wrong = phase(facebook, "transfer", content[:100], start_offset="100", **session)
    assert (wrong["error"]["code"], wrong["error"]["error_subcode"]) == (6001, 1363037)
    moved = phase(facebook, "transfer", content[:1000], start_offset="0", **session)
    assert moved["start_offset"] == "1000", "less than it wanted is taken"
    assert phase(facebook, "finish", published="false", **session)["error"]["code"] == 6000


def test_facebook_shows_a_video_only_when_it_is_ready_and_is_told_to(
    facebook: Facebook, sandbox: Sandbox, clock: FakeClock
) -> None:
    content = mp4()
    begun = phase(facebook, "start", file_size=str(len(content)))
    session, video = {"upload_session_id": begun["upload_session_id"]}, begun["video_id"]
    phase(facebook, "transfer", content, start_offset="0", **session)
    assert phase(facebook, "finish", published="false", description="Rundgang", **session) == {"success": True}
    assert facebook.call("POST", f"/{video}", data={"published": "true"}).json()["error"]["code"] == 100
    clock.advance(seconds=9)
    status = facebook.call("GET", f"/{video}", params={"fields": "status,post_id"}).json()
    assert (status["status"]["video_status"], "post_id" in status) == ("ready", False)
    assert sandbox.posts() == []
    assert facebook.call("POST", f"/{video}", data={"published": "true"}).json() == {"success": True}
    [post] = sandbox.posts()
    assert (post["text"], post["media"][0]["seconds"]) == ("Rundgang", 12.0)
    listed = facebook.listed(fields="attachments{media_type,subattachments}")["data"][0]
    assert listed["attachments"]["data"][0]["media_type"] == "video"


def test_a_video_that_is_to_be_shown_at_once_shows_when_it_is_ready(
    facebook: Facebook, sandbox: Sandbox, clock: FakeClock
) -> None:
    content = mp4()
    begun = phase(facebook, "start", file_size=str(len(content)))
    session = {"upload_session_id": begun["upload_session_id"]}
    phase(facebook, "transfer", content, start_offset="0", **session)
    phase(facebook, "finish", description="Gleich", **session)
    assert sandbox.posts() == []
    clock.advance(seconds=9)
    assert [post["text"] for post in sandbox.posts()] == ["Gleich"]


def test_facebook_takes_only_languages_that_it_knows(facebook: Facebook, sandbox: Sandbox) -> None:
    found = facebook.call("GET", "/search", params={"type": "adlocale", "q": "Engl"}).json()["data"]
    assert {entry["name"] for entry in found} == {"English (US)", "English (UK)", "English (All)"}
    assert facebook.post(message="Hallo", targeting='{"locales": [4711]}').json()["error"]["code"] == 100
    assert facebook.post(message="Hallo", targeting='{"locales": [5]}').status_code == 200
    assert sandbox.posts()[0]["languages"] == ["German"]


# --- LinkedIn ------------------------------------------------------------------------------------------------


def start(linkedin: LinkedIn, api: str, **wanted: Any) -> Any:
    body = {"initializeUploadRequest": {"owner": ORGANIZATION, **wanted}}
    return linkedin.call("POST", f"/rest/{api}?action=initializeUpload", json=body)


def finish(linkedin: LinkedIn, value: dict[str, Any], tags: list[str]) -> int:
    body = {
        "finalizeUploadRequest": {"video": value["video"], "uploadToken": value["uploadToken"], "uploadedPartIds": tags}
    }
    return linkedin.call("POST", "/rest/videos?action=finalizeUpload", json=body).status_code


def state(linkedin: LinkedIn, api: str, urn: str) -> Any:
    return linkedin.call("GET", f"/rest/{api}/{quote(urn, safe='')}").json()


def test_linkedin_wants_each_part_whole_and_the_tags_in_their_order(linkedin: LinkedIn, clock: FakeClock) -> None:
    content = mp4(size=9_000_000)
    value = start(linkedin, "videos", fileSizeBytes=len(content)).json()["value"]
    spans = [(part["firstByte"], part["lastByte"]) for part in value["uploadInstructions"]]
    assert spans == [(0, 4194303), (4194304, 8388607), (8388608, 8999999)]
    first = value["uploadInstructions"][0]["uploadUrl"]
    assert linkedin.http.put(first, data=content[:1000], timeout=20).status_code == 400, "a part that is cut"
    tags = []
    for part, (low, high) in zip(value["uploadInstructions"], spans, strict=True):
        tags.append(linkedin.http.put(part["uploadUrl"], data=content[low : high + 1], timeout=20).headers["ETag"])
    assert state(linkedin, "videos", value["video"])["status"] == "WAITING_UPLOAD"
    assert finish(linkedin, value, tags[::-1]) == 400
    assert finish(linkedin, value, tags[:2]) == 400
    assert finish(linkedin, value, tags) == 200
    assert state(linkedin, "videos", value["video"])["status"] == "PROCESSING"
    early = linkedin.post("Zu früh", content={"media": {"id": value["video"]}})
    assert early.status_code == 400
    clock.advance(seconds=9)
    assert state(linkedin, "videos", value["video"])["status"] == "AVAILABLE"
    linkedin.published("Fertig", content={"media": {"id": value["video"], "title": "Rundgang"}})


@pytest.mark.parametrize("size", [74_999, 600_000_000, None, "viel"])
def test_linkedin_takes_no_video_of_a_wrong_size(linkedin: LinkedIn, size: Any) -> None:
    assert start(linkedin, "videos", fileSizeBytes=size).status_code == 400


@pytest.mark.parametrize(
    ("content", "status"), [(pdf(300), "AVAILABLE"), (pdf(301), "PROCESSING_FAILED"), (png(), "PROCESSING_FAILED")]
)
def test_linkedin_looks_at_a_document_and_wants_a_title(
    linkedin: LinkedIn, clock: FakeClock, content: bytes, status: str
) -> None:
    value = start(linkedin, "documents").json()["value"]
    assert linkedin.http.put(value["uploadUrl"], data=content, timeout=20).status_code == 201
    clock.advance(seconds=5)
    assert state(linkedin, "documents", value["document"])["status"] == status
    assert linkedin.post("Ohne Titel", content={"media": {"id": value["document"]}}).status_code == 400
    titled = linkedin.post("Mit Titel", content={"media": {"id": value["document"], "title": "Datenblatt"}})
    assert titled.status_code == (201 if status == "AVAILABLE" else 400)


@pytest.mark.parametrize(
    "change",
    [
        {"question": "x" * 141},
        {"question": ""},
        {"options": [{"text": "a"}]},
        {"options": [{"text": "a"}, {"text": "x" * 31}]},
        {"options": [{"text": "a"}, {"text": "a"}]},
        {"settings": {"duration": "TWO_DAYS"}},
    ],
)
def test_linkedin_takes_no_poll_beyond_its_rules(linkedin: LinkedIn, sandbox: Sandbox, change: dict[str, Any]) -> None:
    poll = {"question": "Frage?", "options": [{"text": "a"}, {"text": "b"}], "settings": {"duration": "ONE_DAY"}}
    assert linkedin.post("Frage", content={"poll": poll | change}).status_code == 400
    urn = linkedin.published("Frage", content={"poll": poll})
    assert linkedin.get(urn).json()["content"]["poll"]["settings"]["duration"] == "ONE_DAY"
    assert len(sandbox.posts()) == 1


def test_linkedin_narrows_only_what_organisations_with_followers_enough_write(
    linkedin: LinkedIn, sandbox: Sandbox
) -> None:
    def post(text: str, author: str, *targets: dict[str, Any]) -> int:
        distribution = {"feedDistribution": "MAIN_FEED", "targetEntities": list(targets)}
        return linkedin.post(text, author, distribution=distribution).status_code

    german = {"interfaceLocales": [{"country": "DE", "language": "de"}]}
    assert post("Mitglied", PERSON, german) == 400
    assert post("Falsch", ORGANIZATION, {"interfaceLocales": ["de"]}) == 400
    assert post("Unbekannt", ORGANIZATION, {"shoeSize": [43]}) == 400
    assert post("Gut", ORGANIZATION, german) == 201
    assert [entry["languages"] for entry in sandbox.posts()] == [["de"]]
    sandbox.world.directory.accounts["linkedin", ORGANIZATION].followers = 299
    assert post("Zu wenige", ORGANIZATION, german) == 400


# --- a restart -----------------------------------------------------------------------------------------------


def test_films_polls_and_parts_of_threads_outlive_a_restart(clock: FakeClock, http: Any, tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    with Sandbox(clock=clock, state_file=file) as sandbox:
        twitter, facebook = Twitter(http, sandbox.api_url("twitter")), Facebook(http, sandbox.api_url("facebook"))
        root = twitter.published("Frage", poll={"options": ["Ja", "Nein"], "duration_minutes": 60})
        twitter.published("Mehr dazu", reply={"in_reply_to_tweet_id": root})
        content = mp4()
        begun = phase(facebook, "start", file_size=str(len(content)))
        session = {"upload_session_id": begun["upload_session_id"]}
        phase(facebook, "transfer", content, start_offset="0", **session)
        phase(facebook, "finish", published="false", title="Rundgang", **session)
        clock.advance(seconds=9)
        facebook.call("POST", f"/{begun['video_id']}", data={"published": "true"})
        before = sandbox.posts()
    with Sandbox(clock=clock, state_file=file) as sandbox:
        assert sandbox.posts() == before
        facebook = Facebook(http, sandbox.api_url("facebook"))
        listed = facebook.listed(fields="attachments{media_type,subattachments}")["data"][0]
        assert listed["attachments"]["data"][0]["media_type"] == "video"


def test_where_the_sandbox_is_told_that_nothing_takes_time_a_film_is_ready_at_once(clock: FakeClock, http: Any) -> None:
    with Sandbox(clock=clock, processing_seconds=0) as sandbox:
        twitter = Twitter(http, sandbox.api_url("twitter"))
        medium = uploaded(twitter, mp4())
        assert twitter.post("Sofort", media={"media_ids": [medium]}).status_code == 201

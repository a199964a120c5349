"""The networks that people publish on: what each takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from publishers.base import Connection, Medium, OutgoingPost, Unsupported
from publishers.registry import network
from publishers.text import title_of

IMAGE = Medium(Path("x.jpg"), "image/jpeg", 900_000, 1080, 1080)
FITTING = {"instagram": IMAGE, "pinterest": IMAGE, "snapchat": IMAGE, "threads": IMAGE}
LIMITS = {"instagram": 2200, "pinterest": 500, "snapchat": 160, "threads": 500}


def codes(key: str, post: OutgoingPost) -> list[str]:
    return [problem.code for problem in network(key).problems(post, assisted=True)]


@pytest.mark.parametrize("key", FITTING)
def test_a_text_of_the_most_length_with_a_fitting_file_is_taken_and_one_sign_more_is_not(key: str) -> None:
    limit, media = LIMITS[key], (FITTING[key],)
    assert codes(key, OutgoingPost("a" * limit, media=media)) == []
    assert codes(key, OutgoingPost("a" * (limit + 1), media=media)) == ["text_too_long"]


@pytest.mark.parametrize("key", ["youtube", *FITTING])
def test_nothing_is_asked_of_the_network(key: str) -> None:
    known = network(key)
    assert known.capabilities_of({}).assisted_only
    with pytest.raises(Unsupported, match=known.title):
        known.connect({}, Connection()).verify()


def test_a_link_counts_where_it_travels_in_the_text() -> None:
    link = "https://brandt.example/bx"
    assert network("threads").length(OutgoingPost("abc", link)) == 4 + len(link)
    assert network("pinterest").length(OutgoingPost("abc", link)) == 3


def test_youtube_takes_five_thousand_bytes_and_no_angle_brackets() -> None:
    film = Medium(Path("x.mp4"), "video/mp4", 900_000, 1920, 1080, seconds=60)
    assert codes("youtube", OutgoingPost("ü" * 2500, media=(film,), title="Die BX")) == []
    assert codes("youtube", OutgoingPost("ü" * 2501, media=(film,), title="Die BX")) == ["text_too_many_bytes"]
    found = network("youtube").check(OutgoingPost("a < b", media=(film,), title="T <b>"))
    assert [(p.field, p.code, p.params) for p in found] == [
        ("text", "signs_forbidden", {"signs": "<"}),
        ("title", "signs_forbidden", {"signs": "< >"}),
    ]
    assert codes("threads", OutgoingPost("a < b")) == []


def test_instagram_takes_thirty_hashtags() -> None:
    tags = " ".join(f"#t{number}" for number in range(31))
    assert codes("instagram", OutgoingPost(tags, media=(IMAGE,))) == ["too_many_hashtags"]
    assert codes("instagram", OutgoingPost(tags.rsplit(" ", 1)[0], media=(IMAGE,))) == []


def test_a_title_is_the_first_line_unless_one_was_written() -> None:
    assert title_of("", "\n  Die BX 500 \nMehr dazu", 100) == "Die BX 500"
    assert title_of(" Ein\tTitel ", "Text", 100) == "Ein Titel"
    assert title_of("", "Warum wir Späne zählen und was das bringt", 24) == "Warum wir Späne zählen…"
    assert title_of("", "a" * 50, 10) == "a" * 9 + "…"


def test_a_title_of_a_persons_own_is_never_cut_but_refused_and_one_has_to_be_there() -> None:
    assert codes("pinterest", OutgoingPost("Text", media=(IMAGE,), title="T" * 101)) == ["title_too_long"]
    assert codes("pinterest", OutgoingPost("Text", media=(IMAGE,), title="T" * 100)) == []
    assert codes("pinterest", OutgoingPost("", media=(IMAGE,))) == ["title_missing"]
    assert codes("threads", OutgoingPost("Text", title="T" * 101)) == []


@pytest.mark.parametrize(
    ("key", "address", "there"),
    [
        ("instagram", "https://www.instagram.com/p/C1/", True),
        ("instagram", "https://instagram.com.example.org/p/C1/", False),
        ("instagram", "https://notinstagram.com/p/C1/", False),
        ("youtube", "https://youtu.be/abc", True),
        ("pinterest", "https://de.pinterest.com/pin/1/", True),
        ("pinterest", "https://www.pinterest.de/pin/1/", True),
        ("snapchat", "https://www.snapchat.com/add/brandt", True),
        ("threads", "https://www.threads.net/@brandt/post/1", True),
        ("twitter", "https://twitter.com/brandt/status/1", True),
        ("xing", "https://www.linkedin.com/feed/", False),
        ("xing", "kein Link", False),
        ("xing", "https://[::1/", False),
    ],
)
def test_an_address_is_known_to_be_one_of_the_network(key: str, address: str, *, there: bool) -> None:
    assert network(key).is_at_home(address) is there

"""What is found before sending: media of each kind, what follows a post, and every network against its own rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from publishers.base import (
    ContentRules,
    KindRules,
    MediaKind,
    MediaRules,
    Medium,
    OutgoingPost,
    Poll,
    PollRules,
    TextRules,
    ThreadPart,
)
from publishers.checks import Checker, media_problems
from publishers.registry import network, networks
from publishers.text import plain_length

MIMES = {
    MediaKind.IMAGE: "image/png", MediaKind.GIF: "image/gif", MediaKind.VIDEO: "video/mp4",
    MediaKind.DOCUMENT: "application/pdf",
}  # fmt: skip
RULES = MediaRules(
    max_images=2,
    mimes=("image/png",),
    max_bytes=100,
    max_pixels=400,
    ratios=(1.0, 2.0),
    gif=KindRules(("image/gif",), max_bytes=50, max_pixels=100),
    video=KindRules(("video/mp4",), max_bytes=200, min_seconds=1, max_seconds=10, ratios=(0.5, 2)),
    document=KindRules(("application/pdf",), max_bytes=80, max_pages=3),
)


def file(kind: MediaKind, size: int = 10, width: int = 20, height: int = 10, **facts: object) -> Medium:
    return Medium(Path("x"), str(facts.pop("mime", MIMES[kind])), size, width, height, **facts)  # type: ignore[arg-type]


def codes(*media: Medium, rules: MediaRules = RULES) -> list[str]:
    return [problem.code for problem in media_problems(OutgoingPost("x", media=media), rules)]


@pytest.mark.parametrize(
    ("medium", "found"),
    [
        (file(MediaKind.IMAGE), []),
        (file(MediaKind.IMAGE, size=101), ["image_too_large"]),
        (file(MediaKind.IMAGE, mime="image/tiff"), ["image_type"]),
        (file(MediaKind.IMAGE, width=40, height=20), ["image_too_many_pixels"]),
        (file(MediaKind.IMAGE, width=10, height=11), ["image_ratio"]),
        (file(MediaKind.IMAGE, width=0, height=0), []),
        (file(MediaKind.GIF, width=10, height=10), []),
        (file(MediaKind.GIF, size=51), ["gif_too_large", "gif_too_many_pixels"]),
        (file(MediaKind.VIDEO, seconds=1.0), []),
        (file(MediaKind.VIDEO, seconds=None), []),
        (file(MediaKind.VIDEO, seconds=0.99), ["video_too_short"]),
        (file(MediaKind.VIDEO, seconds=10.5), ["video_too_long"]),
        (file(MediaKind.VIDEO, size=201, mime="video/webm"), ["video_type", "video_too_large"]),
        (file(MediaKind.VIDEO, width=21, height=10), ["video_ratio"]),
        (file(MediaKind.DOCUMENT, pages=3, width=0, height=0), []),
        (file(MediaKind.DOCUMENT, pages=4, width=0, height=0), ["document_too_many_pages"]),
        (
            file(MediaKind.DOCUMENT, mime="text/plain", size=81, width=0, height=0),
            ["document_type", "document_too_large"],
        ),
    ],
)
def test_a_file_is_held_against_the_rules_of_its_kind(medium: Medium, found: list[str]) -> None:
    assert codes(medium) == found


def test_kinds_do_not_stand_side_by_side_unless_a_network_mixes_them() -> None:
    image, video = file(MediaKind.IMAGE), file(MediaKind.VIDEO)
    assert codes(image, video) == ["media_mixed"]
    mixing = MediaRules(max_images=2, mimes=("image/png",), video=KindRules(("video/mp4",), 2), mixed=True)
    assert codes(image, video, rules=mixing) == []
    assert codes(image, video, video, rules=mixing) == ["too_many_images"]


def test_there_are_no_more_files_than_a_network_takes_and_no_kind_that_it_does_not() -> None:
    assert codes(*[file(MediaKind.IMAGE)] * 3) == ["too_many_images"]
    assert codes(*[file(MediaKind.VIDEO, seconds=2.0)] * 2) == ["too_many_videos"]
    bare = MediaRules(max_images=0, mimes=())
    assert [codes(file(kind), rules=bare) for kind in MediaKind] == [[f"{kind}s_unsupported"] for kind in MediaKind]
    assert bare.kinds == ()


def test_a_network_that_takes_no_post_without_a_file_says_so() -> None:
    assert codes(rules=MediaRules(required=True)) == ["media_missing"]


# --- what follows --------------------------------------------------------------------------------------------

CHECK = Checker(
    TextRules(limit=20, max_cashtags=1),
    RULES,
    ContentRules(poll=PollRules(3, 10, (24, 72), question_limit=12), max_thread=2, first_comment=15),
    lambda post: plain_length(post.text),
)


def found(post: OutgoingPost) -> list[tuple[str, str, object]]:
    return [(p.field, p.code, p.params.get("number")) for p in CHECK(post)]


def test_each_part_of_a_thread_is_checked_and_named() -> None:
    parts = (ThreadPart("$AAPL und $MSFT"), ThreadPart("x" * 21), ThreadPart("  "))
    assert found(OutgoingPost("$AAPL", thread=parts)) == [
        ("thread", "thread_too_long", None),
        ("thread", "thread_part_too_many_cashtags", 1),
        ("thread", "thread_part_too_long", 2),
        ("thread", "thread_part_missing", 3),
    ]


def test_a_file_of_a_part_is_checked_as_any_and_stands_for_its_text() -> None:
    parts = (ThreadPart("", (file(MediaKind.IMAGE),)), ThreadPart("", (file(MediaKind.IMAGE, size=101),)))
    assert found(OutgoingPost("Start", thread=parts)) == [("thread", "image_too_large", 2)]


def test_a_first_comment_has_a_limit_of_its_own() -> None:
    assert found(OutgoingPost("Start", first_comment="x" * 15)) == []
    assert found(OutgoingPost("Start", first_comment="x" * 16)) == [("first_comment", "first_comment_too_long", None)]


def test_what_a_network_does_not_have_is_not_sent_there_and_so_no_problem() -> None:
    bare = Checker(TextRules(limit=20), RULES, ContentRules(), lambda post: plain_length(post.text))
    assert bare(OutgoingPost("Start", thread=(ThreadPart("x" * 99),), first_comment="x" * 99, languages=("eo",))) == []


@pytest.mark.parametrize(
    ("poll", "wrong"),
    [
        (Poll(("a", "b"), 24, "Frage"), []),
        (Poll(("a", "b"), 24), ["poll_question_missing"]),
        (Poll(("a", "b"), 24, "x" * 13), ["poll_question_too_long"]),
        (Poll(("a",), 24, "Frage"), ["poll_too_few_options"]),
        (Poll(("a", "b", "c", "d"), 24, "Frage"), ["poll_too_many_options"]),
        (Poll(("a", " "), 24, "Frage"), ["poll_option_missing"]),
        (Poll(("a", "x" * 11), 24, "Frage"), ["poll_option_too_long"]),
        (Poll(("a", " a "), 24, "Frage"), ["poll_option_twice"]),
        (Poll(("a", "b"), 48, "Frage"), ["poll_duration"]),
    ],
)
def test_a_poll_is_checked(poll: Poll, wrong: list[str]) -> None:
    assert [p.code for p in CHECK(OutgoingPost("Text", poll=poll))] == wrong


def test_a_polls_own_question_stands_for_a_text_and_files_do_not_stand_beside_it() -> None:
    poll = Poll(("a", "b"), 24, "Frage")
    assert CHECK(OutgoingPost("", poll=poll)) == []
    assert [p.code for p in CHECK(OutgoingPost("", poll=poll, media=(file(MediaKind.IMAGE),)))] == ["poll_with_media"]
    assert [p.code for p in network("twitter").check(OutgoingPost("", poll=poll))] == ["text_missing"]


def test_a_poll_of_any_length_lies_between_the_first_and_the_last() -> None:
    lengths = {
        hours: network("twitter").check(OutgoingPost("?", poll=Poll(("a", "b"), hours))) for hours in (0, 1, 168, 169)
    }
    assert [hours for hours, problems in lengths.items() if problems] == [0, 169]


# --- every network -------------------------------------------------------------------------------------------

texts = st.text(max_size=40)
media = st.builds(
    Medium,
    st.just(Path("x")),
    st.sampled_from([*MIMES.values(), "image/tiff", "text/plain", "video/webm"]),
    st.integers(0, 10**10),
    st.integers(0, 60_000),
    st.integers(0, 60_000),
    seconds=st.none() | st.floats(0, 10**5),
    pages=st.none() | st.integers(0, 1000),
)
polls = st.builds(Poll, st.lists(texts, max_size=6).map(tuple), st.integers(-5, 5000), texts)
posts = st.builds(
    OutgoingPost,
    texts,
    link=st.none() | st.just("https://example.com"),
    media=st.lists(media, max_size=5).map(tuple),
    poll=st.none() | polls,
    thread=st.lists(st.builds(ThreadPart, texts, st.lists(media, max_size=2).map(tuple)), max_size=3).map(tuple),
    first_comment=texts,
    languages=st.lists(st.sampled_from(["de", "en", "eo"]), max_size=2).map(tuple),
)
FIELDS = {"text", "title", "link", "media", "poll", "thread", "first_comment", "languages"}


@settings(deadline=None)
@given(posts)
def test_every_network_says_of_any_post_what_is_wrong_at_a_field(post: OutgoingPost) -> None:
    for known in networks().values():
        for problem in known.check(post):
            assert problem.field in FIELDS
            assert problem.code
        if post.poll and known.content_rules.poll is None:
            assert "poll_unsupported" in [p.code for p in known.check(post)]


@pytest.mark.parametrize("key", sorted(networks()))
def test_what_a_network_says_that_it_takes_it_takes(key: str) -> None:
    known = network(key)
    for kind in known.media_rules.kinds:
        rules = known.media_rules.of(kind)
        assert rules is not None
        low, high = rules.ratios or (1.0, 1.0)
        width = round(100 * min(max(1.0, low), high))
        seconds = (rules.min_seconds or 1.0) if kind is MediaKind.VIDEO else None
        medium = Medium(Path("x"), rules.mimes[0], rules.max_bytes, width, 100, seconds=seconds, pages=rules.max_pages)
        post = OutgoingPost("Hallo", media=(medium,) * rules.max_count, title="Hallo")
        assert known.check(post) == [], kind

"""How texts are counted, checked and joined with a link."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from publishers.base import MediaRules, Medium, OutgoingPost, Problem, TextRules
from publishers.checks import is_web_address, media_problems, text_problems
from publishers.registry import network, networks
from publishers.text import link_places, normalised, plain_length, weighted_length, with_link


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Hallo", 5),
        ("Größe", 5),
        ("u\u0308ber", 4),  # counted after NFC
        ("日本", 4),
        ("🎉", 2),
        ("👩🏽‍🔧", 2),
        ("🇩🇪", 2),
        ("https://example.com/eine/sehr/lange/adresse?mit=parametern&und=mehr", 23),
        ("example.com", 23),
        ("Mehr: https://example.com.", 30),
        ("© 2026", 6),
        ("Marke®", 6),
        ("©\ufe0f", 2),  # with the emoji selector it is an emoji
        ("– „so“ –", 8),
        ("a\r\nb", 3),
    ],
)
def test_x_counts_like_its_own_library(text: str, length: int) -> None:
    assert weighted_length(text) == length


def test_counting_for_x_leaves_no_borrowed_module_behind() -> None:
    weighted_length("Hallo")
    assert "pkg_resources" not in sys.modules


def test_a_plain_count_is_of_code_points_after_nfc() -> None:
    assert plain_length("u\u0308ber 🎉") == 6


@given(st.text(max_size=200))
def test_counting_takes_any_text(text: str) -> None:
    assert plain_length(text) >= 0
    assert weighted_length(text) >= 0


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


def test_places_of_links_are_in_order() -> None:
    text = "a https://b.de c.de d"
    assert [text[start:end] for start, end in link_places(text)] == ["https://b.de", "c.de"]


@pytest.mark.parametrize(
    ("text", "link", "joined"),
    [
        ("Hallo", None, "Hallo"),
        ("Hallo", "https://e.de", "Hallo https://e.de"),
        ("", "https://e.de", "https://e.de"),
        ("Hallo https://e.de dort", "https://e.de", "Hallo https://e.de dort"),
        ("Hallo https://e.de/mehr", "https://e.de", "Hallo https://e.de/mehr https://e.de"),
    ],
)
def test_a_link_joins_the_text_once(text: str, link: str | None, joined: str) -> None:
    assert with_link(text, link) == joined


@pytest.mark.parametrize("link", ["https://example.com", "http://e.de/a?b=c#d", "https://münchen.example/straße"])
def test_a_web_address_is_taken(link: str) -> None:
    assert is_web_address(link)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "example.com",
        "ftp://e.de",
        "javascript:alert(1)",
        "https://",
        "https://a b.de",
        "http://e.de:x/",
        "http://[::1",
    ],
)
def test_what_is_no_web_address_is_not(link: str) -> None:
    assert not is_web_address(link)


def test_a_post_without_anything_misses_its_text() -> None:
    assert text_problems(OutgoingPost("  \n"), 0, TextRules(10)) == [Problem("text", "text_missing")]


def test_a_text_over_the_limit_says_by_how_much() -> None:
    [problem] = text_problems(OutgoingPost("x" * 11), 11, TextRules(10))
    assert (problem.code, problem.params) == ("text_too_long", {"length": 11, "limit": 10})


def test_images_are_checked_for_number_type_size_and_pixels() -> None:
    rules = MediaRules(max_images=1, mimes=("image/png",), max_bytes=10, max_pixels=100)
    medium = Medium(Path("x"), "image/tiff", 11, 11, 10)
    codes = [p.code for p in media_problems(OutgoingPost("", media=(medium, medium)), rules)]
    assert codes == ["too_many_images", *["image_type", "image_too_large", "image_too_many_pixels"] * 2]


def test_a_good_post_has_no_problems_on_any_network() -> None:
    for known in networks().values():
        missing = [Problem("media", "media_missing")] if known.media_rules.required else []
        assert known.check(OutgoingPost("Hallo", "https://example.com")) == missing


@pytest.mark.parametrize(("key", "limit"), [("twitter", 280), ("facebook", 63_206), ("linkedin", 3000), ("xing", 420)])
def test_each_network_takes_a_text_up_to_its_limit_and_no_longer(key: str, limit: int) -> None:
    known = network(key)
    assert known.check(OutgoingPost("x" * limit)) == []
    [problem] = known.check(OutgoingPost("x" * (limit + 1)))
    assert problem.params == {"length": limit + 1, "limit": limit}


def test_on_x_the_link_takes_part_in_the_count() -> None:
    post = OutgoingPost("x" * 256, "https://example.com/irgendwo")
    assert network("twitter").length(post) == 256 + 1 + 23
    assert network("twitter").check(post) == []


@pytest.mark.parametrize("key", ["facebook", "linkedin"])
def test_a_link_counts_beside_an_image_where_it_joins_the_text(key: str) -> None:
    medium = Medium(Path("x.png"), "image/png", 10, 1, 1)
    link = "https://example.com"
    assert network(key).length(OutgoingPost("Hallo", link)) == 5
    assert network(key).length(OutgoingPost("Hallo", link, (medium,))) == 5 + 1 + len(link)
    assert network(key).text_rules.link_in_text_with_media

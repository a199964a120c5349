"""Recognising our own post: what may differ on the way, and what must not."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from planner.domain.fingerprint import Finding, Sought, clock_ahead, digest, match, normalise, resembling

START = datetime(2026, 3, 16, 9, 0, 0, 250_000, tzinfo=UTC)
TEXT = "Neue Fräse im Werk Süd."


@dataclass(frozen=True)
class Listed:
    remote_id: str
    text: str = TEXT
    created_at: datetime = START + timedelta(seconds=1)
    media_count: int | None = 0
    links: tuple[str, ...] = ()


SOUGHT = Sought(START, digest(TEXT), media_count=0)


# --- the normal form ----------------------------------------------------------------------------------------


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_composed_and_decomposed_letters_are_the_same(text: str) -> None:
    assert digest(unicodedata.normalize("NFD", text)) == digest(unicodedata.normalize("NFC", text))


@given(st.lists(st.text(st.characters(categories=("L", "N", "P")), min_size=1), min_size=1), st.data())
def test_how_words_are_parted_makes_no_difference(words: list[str], data: st.DataObject) -> None:
    blanks = st.text(st.sampled_from(" \t\n\r\u00a0\u2003"), min_size=1, max_size=4)
    parted = "".join(word + data.draw(blanks) for word in words)

    assert digest(parted) == digest(" ".join(words))


@given(st.text(), st.integers(min_value=0), st.sampled_from("\u200b\u200d\u2060\ufeff\u00ad"))
def test_characters_without_width_make_no_difference(text: str, place: int, invisible: str) -> None:
    at = place % (len(text) + 1)

    assert digest(text[:at] + invisible + text[at:]) == digest(text)


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd"), max_codepoint=0x2FF), min_size=1))
def test_letters_and_figures_do_make_a_difference(text: str) -> None:
    assert digest(text + "x") != digest(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siehe https://Brandt.EXAMPLE/neu", "Siehe https://brandt.example/neu"),
        ("Siehe HTTPS://brandt.example/neu/", "Siehe https://brandt.example/neu"),
        ("Siehe https://brandt.example/.", "Siehe https://brandt.example."),
        ("(https://brandt.example/a/)", "(https://brandt.example/a)"),
        ("https://brandt.example/?utm_source=x", "https://brandt.example?utm_source=x"),
    ],
)
def test_the_same_address_in_another_spelling_is_the_same(one: str, other: str) -> None:
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://brandt.example/neu?utm_content=1", "https://brandt.example/neu?utm_content=2"),
        ("https://brandt.example/neu?utm_content=1", "https://brandt.example/neu"),
        ("https://brandt.example/Neu", "https://brandt.example/neu"),
        ("http://brandt.example/neu", "https://brandt.example/neu"),
    ],
)
def test_tracking_parameters_paths_and_schemes_tell_addresses_apart(one: str, other: str) -> None:
    assert digest(one) != digest(other)


def test_what_looks_like_an_address_and_is_none_stays_as_it_is() -> None:
    assert normalise("http://[kaputt") == "http://[kaputt"


# --- the rule of matching -----------------------------------------------------------------------------------


def test_exactly_one_that_fits_is_ours() -> None:
    found = match([SOUGHT], [Listed("1", text="Anderes"), Listed("2")])

    assert (found.finding, [p.remote_id for p in found.posts]) == (Finding.FOUND, ["2"])


def test_none_that_fits_is_an_absence() -> None:
    assert match([SOUGHT], [Listed("1", text="Anderes")]).finding is Finding.ABSENT


def test_more_than_one_that_fits_is_ambiguous() -> None:
    found = match([SOUGHT], [Listed("2"), Listed("1")])

    assert (found.finding, len(found.posts)) == (Finding.AMBIGUOUS, 2)


def test_as_many_as_deliveries_share_the_text_are_not_ambiguous_and_the_oldest_is_taken() -> None:
    young = Listed("2", created_at=START + timedelta(seconds=9))

    found = match([SOUGHT], [young, Listed("1")], sharing=2)

    assert (found.finding, found.posts[0].remote_id) == (Finding.FOUND, "1")


def test_what_another_delivery_has_is_not_ours() -> None:
    assert match([SOUGHT], [Listed("1")], taken={"1"}).finding is Finding.ABSENT


def test_a_post_listed_twice_counts_once() -> None:
    assert match([SOUGHT], [Listed("1"), Listed("1")]).finding is Finding.FOUND


@given(st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=9)))
def test_a_post_from_before_the_attempt_is_never_ours(earlier: timedelta) -> None:
    created = START - earlier
    if created.microsecond == 0:
        created -= timedelta(seconds=1)

    assert match([SOUGHT], [Listed("1", created_at=created)]).finding is Finding.ABSENT


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(minutes=16)))
def test_a_post_from_within_the_window_is_ours_although_its_network_keeps_whole_seconds(later: timedelta) -> None:
    cut = (START + later).replace(microsecond=0)

    assert match([SOUGHT], [Listed("1", created_at=cut)]).finding is Finding.FOUND


def test_the_allowance_for_whole_seconds_is_less_than_one_second() -> None:
    whole = replace(SOUGHT, started_at=START.replace(microsecond=0))

    assert match([whole], [Listed("1", created_at=whole.started_at - timedelta(seconds=1))]).finding is Finding.ABSENT


def test_a_post_from_long_after_is_ours_because_our_clock_may_have_been_put_forward_since() -> None:
    late = START + timedelta(hours=1)

    assert match([SOUGHT], [Listed("1", created_at=late)]).finding is Finding.FOUND


@pytest.mark.parametrize("ahead", [timedelta(minutes=3), timedelta(minutes=-3)])
def test_times_are_read_by_the_networks_own_clock(ahead: timedelta) -> None:
    ours, before = START + ahead + timedelta(seconds=1), START + ahead - timedelta(seconds=2)

    assert match([SOUGHT], [Listed("1", created_at=ours)], ahead=ahead).finding is Finding.FOUND
    assert match([SOUGHT], [Listed("1", created_at=before)], ahead=ahead).finding is Finding.ABSENT


def test_of_several_that_share_the_text_the_one_is_taken_of_which_the_network_tells_that_it_has_our_files() -> None:
    """The other may be that of the delivery without files, which no post with files fits."""
    untold, with_file = (
        Listed("1", media_count=None),
        Listed("2", created_at=START + timedelta(minutes=9), media_count=1),
    )
    ours, theirs = Sought(START, digest(TEXT), media_count=1), Sought(START, digest(TEXT), media_count=0)

    assert match([ours], [untold, with_file], sharing=2).posts == (with_file,)
    assert match([theirs], [untold, with_file], sharing=2).posts == (untold,)


@given(
    true=st.timedeltas(min_value=timedelta(hours=-2), max_value=timedelta(hours=2)),
    took=st.timedeltas(min_value=timedelta(0), max_value=timedelta(seconds=30)),
)
def test_a_networks_clock_is_never_taken_for_further_ahead_than_it_is(true: timedelta, took: timedelta) -> None:
    answered = START + timedelta(hours=1)
    said = (answered + true - took).replace(microsecond=0)

    assert true - took - timedelta(seconds=1) < clock_ahead(said, answered) <= true


def test_without_the_networks_time_its_clock_counts_as_ours() -> None:
    assert clock_ahead(None, START) == timedelta(0)


@pytest.mark.parametrize(("sent", "listed", "same"), [(1, 1, True), (1, 0, False), (1, None, True), (None, 3, True)])
def test_the_number_of_images_must_agree_where_both_are_known(sent: int | None, listed: int | None, same: bool) -> None:
    found = match([replace(SOUGHT, media_count=sent)], [Listed("1", media_count=listed)])

    assert (found.finding is Finding.FOUND) is same


@pytest.mark.parametrize(
    ("links", "same"),
    [
        (("https://Brandt.example/neu/?c=1",), True),
        (("https://brandt.example/neu?c=2",), False),
        ((), True),
        (("https://other.example", "https://brandt.example/neu?c=1"), True),
    ],
)
def test_the_tracked_link_must_be_among_those_that_the_network_lists(links: tuple[str, ...], same: bool) -> None:
    sought = replace(SOUGHT, link="https://brandt.example/neu?c=1")

    assert (match([sought], [Listed("1", links=links)]).finding is Finding.FOUND) is same


def test_a_post_that_the_network_named_itself_is_ours_whatever_its_text() -> None:
    sought = replace(SOUGHT, named="7")

    assert match([sought], [Listed("7", text="…gekürzt")]).finding is Finding.FOUND
    assert match([sought], [Listed("7", created_at=START - timedelta(hours=1))]).finding is Finding.ABSENT


def test_any_of_several_attempts_may_have_made_it() -> None:
    second = replace(SOUGHT, started_at=START + timedelta(minutes=20), fingerprint=digest("Neuer Text"))

    assert match([SOUGHT, second], [Listed("1")]).finding is Finding.FOUND


# --- nearly ours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "near"),
    [
        (Listed("1", "Neue Fräse im Werk Süd…"), True),
        (Listed("1", "neue fraese im werk süd :-)"), True),
        (Listed("1", "Neue Fräse im Werk Süd…", media_count=2), False),
        (Listed("1", "Neue Drehbank im Werk Nord."), False),
        (Listed("1", "Ganz etwas anderes."), False),
        (Listed("1", created_at=START - timedelta(seconds=2)), False),
    ],
)
def test_a_post_since_then_with_nearly_our_text_may_be_ours_as_the_network_shows_it(
    *, listed: Listed, near: bool
) -> None:
    found = resembling(TEXT, [SOUGHT], [listed])
    assert bool(found) is near


def test_a_text_of_signs_alone_is_compared_by_its_signs() -> None:
    sought = Sought(START, digest("🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉"))
    listed = [Listed("1", "🎉🎉🎉🎉🎉🎉🎉🎉🎉"), Listed("2", "👍"), Listed("3", "")]
    assert [post.remote_id for post in resembling("🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉", [sought], listed)] == ["1"]

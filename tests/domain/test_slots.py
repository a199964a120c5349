"""Weekly slots pass once a week, and a queued post takes the next free passing."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, strategies as st

from planner.domain.slots import Occurrence, Taken, WeeklySlot, next_free, occurrences, place
from planner.domain.walltime import resolve, to_wall
from tests.domain.zones import changing_zones, clock_changes, wall

BERLIN = "Europe/Berlin"
NOTHING = Taken()
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slot(id_: int, weekday: int, at: str, category: int | None = None) -> WeeklySlot:
    return WeeklySlot(id_, weekday, time.fromisoformat(at), category)


@st.composite
def weeks_of_slots(draw: st.DrawFn) -> list[WeeklySlot]:
    times = draw(
        st.sets(st.tuples(st.integers(0, 6), st.integers(0, 23), st.sampled_from((0, 15, 30, 45))), max_size=12)
    )
    categories = st.sampled_from((None, None, 1, 2))
    return [WeeklySlot(n, day, time(h, m), draw(categories)) for n, (day, h, m) in enumerate(sorted(times), 1)]


@st.composite
def zones_and_moments(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and a moment within a week of one of its clock changes."""
    zone = draw(changing_zones)
    change = draw(st.sampled_from(clock_changes(zone)))
    return zone, change + timedelta(minutes=draw(st.integers(-7 * 1440, 7 * 1440)))


def test_slots_pass_in_order_of_time_each_on_its_weekday() -> None:
    slots = [slot(1, THU, "09:00"), slot(2, MON, "17:30"), slot(3, MON, "08:00")]

    passed = list(occurrences(slots, BERLIN, utc("2027-01-04"), utc("2027-01-11")))

    assert [(o.slot_id, o.publish_at) for o in passed] == [
        (3, utc("2027-01-04T07:00")),
        (2, utc("2027-01-04T16:30")),
        (1, utc("2027-01-07T08:00")),
    ]


def test_a_slot_keeps_its_wall_clock_time_over_the_clock_changes() -> None:
    passed = occurrences([slot(1, MON, "09:00")], BERLIN, utc("2027-03-20"), utc("2027-04-01"))

    assert [o.publish_at for o in passed] == [utc("2027-03-22T08:00"), utc("2027-03-29T07:00")]


def test_a_slot_in_the_skipped_hour_passes_once_an_hour_later_and_says_so() -> None:
    passed = list(occurrences([slot(1, SUN, "02:30")], BERLIN, utc("2027-03-27T12:00"), utc("2027-03-28T12:00")))

    assert [(o.publish_at, o.wall, o.note) for o in passed] == [
        (utc("2027-03-28T01:30"), wall("2027-03-28T02:30"), "skipped")
    ]


def test_a_slot_in_the_repeated_hour_passes_once_at_the_first_passing_and_says_so() -> None:
    passed = list(occurrences([slot(1, SUN, "02:30")], BERLIN, utc("2027-10-30T12:00"), utc("2027-10-31T12:00")))

    assert [(o.publish_at, o.note) for o in passed] == [(utc("2027-10-31T00:30"), "repeated")]


def test_asking_again_within_the_repeated_hour_does_not_find_the_passing_a_second_time() -> None:
    found = next_free([slot(1, SUN, "02:30")], BERLIN, utc("2027-10-31T00:45"), NOTHING)

    assert found is not None
    assert found.publish_at == utc("2027-11-07T01:30")


def test_the_next_free_passing_is_later_than_now_and_not_taken() -> None:
    slots = [slot(1, MON, "09:00"), slot(2, WED, "09:00")]
    first, second = place(slots, BERLIN, utc("2027-01-04T08:00"), NOTHING, [None, None])

    assert first is not None
    assert second is not None
    assert (first.slot_id, second.slot_id) == (2, 1)
    assert next_free(slots, BERLIN, utc("2027-01-04T07:59"), Taken({first.key})) == _at(slots[0], "2027-01-04T08:00")


def test_a_post_with_a_fixed_time_on_a_slot_fills_it() -> None:
    slots = [slot(1, MON, "09:00")]

    found = next_free(slots, BERLIN, utc("2027-01-04T07:00"), Taken(moments={utc("2027-01-04T08:00")}))

    assert found == _at(slots[0], "2027-01-11T08:00")


def test_a_reserved_slot_takes_no_other_post() -> None:
    slots = [slot(1, MON, "09:00", category=1), slot(2, FRI, "09:00")]

    for category in (None, 2):
        found = next_free(slots, BERLIN, utc("2027-01-04"), NOTHING, category)
        assert found is not None
        assert found.slot_id == 2


def test_a_post_with_a_category_prefers_the_slots_reserved_for_it() -> None:
    slots = [slot(1, MON, "09:00"), slot(2, FRI, "09:00", category=1)]

    found = place(slots, BERLIN, utc("2027-01-04"), NOTHING, [1, 1])

    assert [o and o.publish_at for o in found] == [utc("2027-01-08T08:00"), utc("2027-01-15T08:00")]


def test_a_post_finds_no_slot_where_all_are_reserved_for_others_or_there_are_none() -> None:
    assert next_free([slot(1, MON, "09:00", category=1)], BERLIN, utc("2027-01-04"), NOTHING) is None
    assert next_free([], BERLIN, utc("2027-01-04"), NOTHING) is None


def test_two_slots_that_a_clock_change_throws_together_send_one_post_then() -> None:
    slots = [slot(1, SUN, "02:30"), slot(2, SUN, "03:30")]

    found = place(slots, BERLIN, utc("2027-03-27T12:00"), NOTHING, [None, None])

    assert [o and o.publish_at for o in found] == [utc("2027-03-28T01:30"), utc("2027-04-04T00:30")]


def test_a_slot_removed_and_made_anew_does_not_pass_twice() -> None:
    old = next_free([slot(1, MON, "09:00")], BERLIN, utc("2027-01-04"), NOTHING)
    assert old is not None

    found = next_free([slot(7, MON, "09:00")], BERLIN, utc("2027-01-04"), Taken({old.key}))

    assert found == _at(slot(7, MON, "09:00"), "2027-01-11T08:00")


def test_a_slot_on_a_day_that_was_skipped_whole_passes_a_day_later() -> None:
    slots, day_after = [slot(1, FRI, "10:00")], utc("2011-12-30T19:00")

    passed = list(occurrences(slots, "Pacific/Apia", day_after, day_after + timedelta(hours=2)))

    assert [(to_wall(o.publish_at, "Pacific/Apia"), o.note) for o in passed] == [(wall("2011-12-31T10:00"), "skipped")]


def test_a_slot_at_midnight_passes_although_the_clock_goes_back_to_the_day_before() -> None:
    slots, end = [slot(1, SUN, "00:00")], utc("2006-10-29T02:45")
    assert to_wall(end, "America/St_Johns") == wall("2006-10-28T23:15")

    passed = list(occurrences(slots, "America/St_Johns", end - timedelta(hours=1), end))

    assert [o.publish_at for o in passed] == [utc("2006-10-29T02:30")]


def test_slots_stay_in_order_where_the_skipped_time_lies_around_midnight() -> None:
    slots = [slot(1, SUN, "23:45"), slot(2, MON, "00:35")]

    passed = list(occurrences(slots, "America/Toronto", utc("1919-03-30T12:00"), utc("1919-03-31T12:00")))

    assert [(o.slot_id, to_wall(o.publish_at, "America/Toronto")) for o in passed] == [
        (2, wall("1919-03-31T00:35")),
        (1, wall("1919-03-31T00:45")),
    ]


@given(weeks_of_slots(), zones_and_moments(), st.integers(1, 40))
def test_every_passing_within_the_span_is_there_once_and_in_order(
    slots: list[WeeklySlot], place_and_time: tuple[str, datetime], days: int
) -> None:
    zone, start = place_and_time
    end = start + timedelta(days=days)

    passed = list(occurrences(slots, zone, start, end))

    first_day = to_wall(start, zone).date() - timedelta(days=3)
    expected = {
        (s.id, sent)
        for s in slots
        for n in range(days + 7)
        if (day := first_day + timedelta(days=n)).weekday() == s.weekday
        and start <= (sent := resolve(datetime.combine(day, s.wall_time), zone).utc) < end
    }
    assert {(o.slot_id, o.publish_at) for o in passed} == expected
    assert len({o.key for o in passed}) == len(passed) == len(expected)
    assert [o.publish_at for o in passed] == sorted(o.publish_at for o in passed)


@given(weeks_of_slots(), zones_and_moments(), st.lists(st.sampled_from((None, 1, 2)), max_size=20))
def test_a_queue_never_takes_a_passing_or_a_moment_twice_nor_one_that_is_not_for_it(
    slots: list[WeeklySlot], place_and_time: tuple[str, datetime], categories: list[int | None]
) -> None:
    zone, now = place_and_time

    placed = place(slots, zone, now, NOTHING, categories)

    found = [o for o in placed if o]
    assert len({o.key for o in found}) == len({o.publish_at for o in found}) == len(found)
    assert all(o.publish_at > now for o in found)
    kinds = {s.category_id for s in slots}
    for category, occurrence in zip(categories, placed, strict=True):
        if occurrence is None:
            assert category not in kinds
            assert None not in kinds
        else:
            assert occurrence.category_id == (category if category in kinds else None)


@given(weeks_of_slots(), zones_and_moments(), st.sampled_from((None, 1, 2)))
def test_what_is_given_is_the_earliest_free_passing_of_its_kind(
    slots: list[WeeklySlot], place_and_time: tuple[str, datetime], category: int | None
) -> None:
    zone, now = place_and_time
    kind = category if any(s.category_id == category for s in slots) else None
    passings = occurrences([s for s in slots if s.category_id == kind], zone, now, now + timedelta(weeks=4))
    ahead = [o for o in passings if o.publish_at > now]
    taken = Taken({o.key for o in ahead[::2]})

    found = next_free(slots, zone, now, taken, category)

    free = [o for o in ahead if not taken.holds(o)]
    assert found == free[0] if free else found is None or found.publish_at >= now + timedelta(weeks=3)


def _at(of: WeeklySlot, when: str) -> Occurrence:
    moment = utc(when)
    return next(occurrences([of], BERLIN, moment, moment + timedelta(minutes=1)))

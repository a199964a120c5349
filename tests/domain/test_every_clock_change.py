"""Every clock change of every zone until the end of 2037, without exception: times, slots and weeks around it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import given, strategies as st

from planner.domain.slots import Taken, WeeklySlot, occurrences, place
from planner.domain.walltime import resolve, to_wall
from planner.domain.week import Week
from tests.domain.zones import Change, every_change

MINUTE = timedelta(minutes=1)
changes = st.deferred(lambda: st.sampled_from(every_change()))


def test_there_are_changes_of_every_kind_to_look_at() -> None:
    found = every_change()

    assert {c.moment.year for c in found} == set(range(2005, 2038))
    assert {timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=30), timedelta(days=1)} <= {c.by for c in found}
    assert any(c.shown.time() == datetime.min.time() for c in found), "one at midnight"


def test_every_skipped_time_is_sent_later_by_as_much_as_the_clock_was_put() -> None:
    for change in _forward():
        for chosen in _inside(change):
            sent = resolve(chosen, change.zone)
            assert (sent.note, sent.wall) == ("skipped", chosen + change.by), change
            assert sent.utc == change.moment + (chosen - change.shown), change


def test_every_repeated_time_is_sent_at_its_first_passing() -> None:
    for change in _back():
        for chosen in _inside(change):
            sent = resolve(chosen, change.zone)
            assert (sent.note, sent.wall) == ("repeated", chosen), change
            assert sent.utc == change.moment - (change.shown - chosen), change
            assert to_wall(sent.utc - change.by, change.zone) == chosen, change


def test_the_minutes_before_and_after_every_change_are_what_they_say() -> None:
    for change in every_change():
        first, last = _hole(change)
        for chosen in (first - MINUTE, last + MINUTE):
            sent = resolve(chosen, change.zone)
            assert (sent.note, sent.wall, to_wall(sent.utc, change.zone)) == (None, chosen, chosen), change


def test_a_slot_passes_once_on_each_of_its_days_over_every_change() -> None:
    for change in every_change():
        asked = list(_inside(change))
        times = dict.fromkeys((at.weekday(), at.time().replace(second=0)) for at in asked)
        slots = [WeeklySlot(n, *at) for n, at in enumerate(times)]
        start, end = change.moment - timedelta(days=9), change.moment + timedelta(days=9)
        passed = list(occurrences(slots, change.zone, start, end))
        assert [o.publish_at for o in passed] == sorted(o.publish_at for o in passed), change
        assert sorted(o.wall for o in passed) == _days_of(slots, change, start, end), change
        assert len({o.key for o in passed}) == len(passed), change
        notes = {o.wall: o.note for o in passed}
        expected = "skipped" if change.by > timedelta() else "repeated"
        assert all(notes[at.replace(second=0)] == expected for at in asked), change


def test_posts_in_a_queue_get_passings_of_their_own_in_the_order_of_time_over_every_change() -> None:
    for change in every_change():
        asked = change.shown + change.by / 2
        slots = [WeeklySlot(n, (asked + timedelta(hours=n)).weekday(), _minute(asked, n).time()) for n in (-1, 0, 1)]
        placed = place(slots, change.zone, change.moment - timedelta(days=4), Taken(), [None] * 4)
        moments = [o.publish_at for o in placed if o is not None]
        assert len(moments) == 4, change
        assert moments == sorted(set(moments)), change


def test_the_week_of_every_change_begins_and_ends_at_midnight_and_meets_its_neighbours() -> None:
    for change in every_change():
        week = Week.containing(change.moment, change.zone)
        start, end = week.bounds(change.zone)
        assert start <= change.moment < end, change
        assert week.previous.bounds(change.zone)[1] == start, change
        assert week.next.bounds(change.zone)[0] == end, change
        monday = datetime.combine(week.monday, datetime.min.time())
        assert to_wall(start, change.zone) >= monday, change
        assert to_wall(start - MINUTE, change.zone) < monday or resolve(monday, change.zone).note == "repeated", change


@given(changes, st.integers(-3 * 1440, 3 * 1440))
def test_any_moment_near_any_change_leads_back_to_itself_or_to_its_first_passing(change: Change, minutes: int) -> None:
    moment = change.moment + minutes * MINUTE

    back = resolve(to_wall(moment, change.zone), change.zone)

    assert back.utc == moment or (back.note == "repeated" and back.utc == moment + change.by)


@given(changes, st.integers(-3 * 1440, 3 * 1440), st.integers(1, 600))
def test_a_later_time_on_the_clock_is_never_sent_earlier_but_where_the_hour_was_skipped(
    change: Change, minutes: int, later: int
) -> None:
    one = resolve(change.shown.replace(second=0) + minutes * MINUTE, change.zone)
    two = resolve(change.shown.replace(second=0) + (minutes + later) * MINUTE, change.zone)

    assert one.utc <= two.utc or one.note == "skipped"


def _forward() -> Iterator[Change]:
    return (c for c in every_change() if c.by > timedelta())


def _back() -> Iterator[Change]:
    return (c for c in every_change() if c.by < timedelta())


def _hole(change: Change) -> tuple[datetime, datetime]:
    """The first and the last minute that the clock skips or shows twice."""
    low, high = sorted((change.shown, change.shown + change.by))
    return low, high - MINUTE


def _inside(change: Change) -> Iterator[datetime]:
    first, last = _hole(change)
    yield from dict.fromkeys((first, first + (last - first) // MINUTE // 2 * MINUTE, last))


def _minute(at: datetime, hours: int) -> datetime:
    return (at + timedelta(hours=hours)).replace(second=0)


def _days_of(slots: list[WeeklySlot], change: Change, start: datetime, end: datetime) -> list[datetime]:
    """When the slots are due by the calendar within the span, each once."""
    weeks = [Week.of(change.shown.date() + timedelta(days=d)) for d in (-14, -7, 0, 7, 14)]
    times = {(s.weekday, s.wall_time) for s in slots}
    walls = [datetime.combine(w.days[day], at) for w in weeks for day, at in times]
    return sorted(at for at in walls if start <= resolve(at, change.zone).utc < end)

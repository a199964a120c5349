"""One small world: a seeded history of a few deliveries, with everything that can go wrong around them.

One thread runs everything. Processes take turns by the seed; one that stands still lets the others act in the middle
of its own work. So a seed repeats exactly.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from planner.services.publishing.send import Step
from planner.services.publishing.upcoming import Upcoming
from tests.simulator.events import Group, Incidents, Mishap, Stillness
from tests.simulator.ground import Ground
from tests.simulator.line import Broken, Point
from tests.simulator.mishaps import Mishaps
from tests.simulator.people import People
from tests.simulator.process import Death, Process
from tests.simulator.rewind import Rewind
from tests.simulator.weather import Weather

#: Ordinary days, and nights in which a clock of ours is changed.
BEGINNINGS = (
    "2024-03-12T08:00:00+00:00",
    "2024-06-13T13:30:00+00:00",
    "2024-03-30T23:40:00+00:00",
    "2024-10-26T23:20:00+00:00",
    "2024-11-03T04:30:00+00:00",
)
DAY_LENGTH = timedelta(hours=4)
#: Nothing may take longer than this to come to rest once nothing goes wrong any more.
PATIENCE, MOST_TURNS = timedelta(days=10), 1500

#: How often a process is struck at each point, where one in ten requests fails.
CHANCE = {
    Point.STEP: 0.05,
    Point.CLOCK: 0.008,
    Point.STATEMENT: 0.003,
    Point.LOCK: 0.15,  # on PostgreSQL alone: only there do two transactions run at once
    Point.COMMIT: 0.01,
    Point.COMMITTED: 0.012,
}
FATES: dict[Point, tuple[tuple[str, float], ...]] = {
    Point.STEP: (("die", 0.4), ("freeze", 0.6)),
    Point.CLOCK: (("die", 0.2), ("freeze", 0.8)),
    Point.STATEMENT: (("die", 0.35), ("lose", 0.3), ("freeze", 0.35)),
    Point.LOCK: (("freeze", 1.0),),
    Point.COMMIT: (("die", 0.5), ("lose", 0.5)),
    Point.COMMITTED: (("die", 0.35), ("lose", 0.3), ("freeze", 0.35)),
}
#: Seconds that a process stands still: from, to.
FREEZES = {Stillness.SECONDS: (1, 20), Stillness.PAST_LEASE: (61, 200), Stillness.HALF_AN_HOUR: (600, 2400)}
#: A process that stands still in the middle of a call: less than the settle time lets through, with lag and lateness.
LONGEST_FREEZE_IN_CALL = 240.0
MOST_DEPTH, MOST_FREEZES, MOST_TURNS_MEANWHILE = 2, 4, 30


class World:
    """``share`` of all requests fail; None: as the seed has it."""

    def __init__(self, ground: Ground, processes: list[Process], seed: int, share: float | None = None) -> None:
        self.ground, self.seed = ground, seed
        self.clock = ground.clock
        self.dice = random.Random(seed)
        self.share = share if share is not None else self.dice.choices((0.0, 0.1, 0.3), (1, 8, 1))[0]
        self.history: list[str] = []
        self.counts = Incidents()
        self.surprises: list[str] = []
        #: Channels whose access really ended, with how.
        self.ended_access: dict[int, str] = {}
        self.processes, self.web = processes[:-1], processes[-1]
        self.stormy = self.share > 0
        self._names: dict[int, str] = {}
        self._script: list[tuple[datetime, int, Callable[[], None]]] = []
        #: Whether a token was renewed or ended, so that open connections are no good in the next world.
        self.renewed = False
        #: Times that our clock showed twice, because it was put back: from, to.
        self.set_back: list[tuple[datetime, datetime]] = []
        self.jumped = False  # our clock alone was put forward: what was there before an attempt may seem to be of after
        self._depth, self._freezes = 0, MOST_FREEZES
        #: Until then whoever stands still within the call is back, however many stand still meanwhile.
        self._back_by: datetime | None = None
        self._turns = 0
        self.begins_at = datetime.fromisoformat(self.dice.choice(BEGINNINGS)) + timedelta(
            seconds=self.dice.uniform(0, 3600)
        )
        self.next_tick = self.begins_at + timedelta(minutes=10)
        self.weather = Weather(self.dice, self.clock, self.share, self.note)
        self.people = People(self)
        self.mishaps = Mishaps(self)
        self.rewind = Rewind(self)

    # --- a life --------------------------------------------------------------------------------------------

    def run(self) -> None:
        """From the beginning to rest."""
        self.clock.set(self.begins_at)
        self.ground.reset()
        self.ground.sandbox.world.faults = self.weather
        # Networks that refuse a text which they have hide from us what we would do twice.
        self.ground.sandbox.world.store.takes_twins = self.dice.random() < 0.5
        if self.dice.random() < 0.3:
            self.ground.sandbox.offset_seconds = round(self.dice.uniform(-40, 40), 3)
            if self.stormy:
                self.mishaps.count(Mishap.OWN_CLOCK)
        for process in (*self.processes, self.web):
            process.enter(self)
        self.people.begin()
        self.mishaps.plan(DAY_LENGTH)
        self.rewind.plan()
        try:
            self._live()
            self._come_to_rest()
        finally:
            for process in (*self.processes, self.web):
                process.leave(forget_access=self.people.reconnected or bool(self.ended_access) or self.renewed)

    @property
    def digest(self) -> str:
        """What this history was, in short."""
        return hashlib.sha256("\n".join(self.history).encode()).hexdigest()[:16]

    @property
    def somebody_stands_still(self) -> bool:
        """Whether this happens in the middle of somebody's work."""
        return self._depth > 0

    def later(self, moment: datetime, act: Callable[[], None]) -> None:
        """Put something into the script."""
        self._script.append((moment, len(self._script), act))
        self._script.sort(key=lambda entry: entry[:2])

    def note(self, words: str) -> None:
        """A line of the history."""
        self.history.append(f"{self.clock.now():%m-%d %H:%M:%S.%f} {'| ' * self._depth}{words}")

    def surprise(self, words: str) -> None:
        """Something happened that nothing foresees."""
        self.surprises.append(words)
        self.note(f"SURPRISE {words}")

    def named(self, delivery_id: int) -> str:
        """A name for a delivery that is the same in each run of the seed."""
        return self._names.setdefault(delivery_id, f"d{len(self._names) + 1}")

    def _live(self) -> None:
        end = self.begins_at + DAY_LENGTH
        while self._turns < MOST_TURNS and (self._script or (self.clock.now() < end and not self.people.at_rest())):
            self.turn(max(end, self._script[-1][0]) if self._script else end)

    def _come_to_rest(self) -> None:
        if self.stormy:
            self.mishaps.count_conditions()
        self.stormy, self.weather.share = False, 0.0
        self.note("--- from here on nothing goes wrong any more")
        for process in self.processes:
            if process.dead:
                process.revive()
        self.people.clear_up()
        self._wait_for_rest()
        if self.people.go_through_what_was_missed():
            self._wait_for_rest()

    def _wait_for_rest(self) -> None:
        deadline = self.clock.now() + PATIENCE
        while self.clock.now() < deadline and self._turns < MOST_TURNS:
            if not self._script and self.people.at_rest():
                return
            self.turn(deadline)

    # --- turns ---------------------------------------------------------------------------------------------

    def turn(self, limit: datetime) -> None:
        """Somebody does the next thing, or time passes (up to ``limit``)."""
        self._turns += 1
        self.mishaps.put_clock_back()
        if self._script and self._script[0][0] <= self.clock.now() and not self.web.frozen:
            self._script.pop(0)[2]()
            return
        self._revive()
        busy = [process for process in self._awake() if process.in_hand]
        if busy and self.dice.random() < 0.85:
            self.dice.choice(busy).deliver_next(reachable=self._reachable())
            return
        if self.stormy and self.dice.random() < 0.03:
            self._act_unasked()
        self._act_or_wait(limit)

    def _act_or_wait(self, limit: datetime) -> None:
        awake = self._awake()
        plan = self.dice.choice(awake).plan() if awake else Upcoming(None, None, None)
        if not self._act(plan):
            self._pass_time(plan, limit)
            self._act(plan)  # as the alarm that was set by this plan does

    def _act(self, plan: Upcoming) -> bool:
        """Do what is due by the plan. Returns whether anything was."""
        now = self.clock.now()
        if plan.due is not None and plan.due <= now and self._claim():
            return True
        if plan.look is not None and plan.look <= now and (scheduler := self._one("scheduler")):
            scheduler.look()
            return True
        if plan.lease is not None and plan.lease <= now and (scheduler := self._one("scheduler")):
            scheduler.recover()
            return True
        return False

    def _claim(self) -> bool:
        worker = self._one("worker")
        if worker is None:
            return False
        worker.claim(self.dice.choice((1, 1, 2, 3)))
        return bool(worker.in_hand) or worker.dead

    def _pass_time(self, plan: Upcoming, limit: datetime) -> None:
        now = self.clock.now()
        ahead = [m for m in (plan.due, plan.look, plan.lease, limit, self.next_tick) if m is not None and m > now]
        if self._script and not self.web.frozen:
            ahead.append(self._script[0][0])
        self.clock.set(min(ahead, default=now) + timedelta(seconds=self.dice.random() / 2))
        if self.clock.now() >= self.next_tick:
            self._tick()

    def _tick(self) -> None:
        self.next_tick = self.clock.now() + (
            timedelta(minutes=60) if self.stormy or self._script else timedelta(hours=12)
        )
        if scheduler := self._one("scheduler"):
            scheduler.tick(weekly_too=self.dice.random() < 0.15)
        if not self.stormy:
            self.people.clear_up()

    def _act_unasked(self) -> None:
        """Somebody does what is not due: nothing may come of it."""
        if scheduler := self._one("scheduler"):
            self.dice.choice((scheduler.look, scheduler.recover, lambda: scheduler.tick(weekly_too=False)))()
        self._claim()

    def _awake(self) -> list[Process]:
        return [process for process in self.processes if not (process.dead or process.frozen)]

    def _one(self, kind: str) -> Process | None:
        """Any process of a kind that is awake."""
        able = [process for process in self._awake() if process.name.startswith(kind)]
        return self.dice.choice(able) if able else None

    def _reachable(self) -> bool:
        if not self.stormy or self.dice.random() >= self.share / 10:
            return True
        self.mishaps.count(Mishap.OUT_OF_REACH)
        return False

    def _revive(self) -> None:
        for process in self.processes:
            if process.dead and not process.frozen and self.dice.random() < 0.3:
                self.note(f"{process.name} is started again")
                self.mishaps.count(Mishap.STARTED_AGAIN)
                process.revive()

    # --- what befalls them ---------------------------------------------------------------------------------

    def time_of(self, process: Process) -> datetime:  # noqa: ARG002 - all read the same clock
        self.weather.pass_patience()
        return self.clock.now()

    def befall(self, process: Process, point: Point) -> Broken:
        """Whether, at this point, the process dies, stands still or loses its database."""
        if not self.stormy:
            return Broken.NO
        chance = CHANCE[point] * self.share * 10
        if self.dice.random() >= chance:
            return Broken.NO
        fates, weights = zip(*FATES[point], strict=True)
        fate = self.dice.choices(fates, weights)[0]
        if fate == "die":
            self.counts[Group.DIED, _place(process, point)] += 1
            process.dead = True
            raise Death(process.name)
        if fate == "lose":
            self.counts[Group.LOST, point.value] += 1
            self.note(f"{process.name}: the database is lost at {point.value}")
            return Broken.LOST
        self._freeze(process, point)
        return Broken.NO

    def _freeze(self, process: Process, point: Point) -> None:
        if process.line.holding or self._depth >= MOST_DEPTH or self._freezes <= 0 or process.frozen:
            return
        if process is self.web and point is Point.COMMITTED:
            return  # what the person wanted holds from the commit on: the book is to have it before the others act
        self._freezes -= 1
        self.counts[Group.STOOD_STILL, _place(process, point)] += 1
        length, seconds = self._freeze_length(process, point)
        until = self.clock.now() + timedelta(seconds=seconds)
        before = self._back_by
        if before is not None and until > before:
            until, seconds = before, max((before - self.clock.now()).total_seconds(), 0.0)
        else:
            self.counts[Group.STILL_FOR, length] += 1
        if _is_in_call(process, point):
            self._back_by = until
        self.note(f"{process.name} stands still for {seconds:.0f} s at {point.value} ({process.step or 'idle'})")
        self._depth += 1
        process.frozen = True
        try:
            self._let_others_act(until)
        finally:
            process.frozen = False
            self._depth -= 1
            self._back_by = before
        self.note(f"{process.name} goes on")

    def _let_others_act(self, until: datetime) -> None:
        turns = 0
        while self.clock.now() < until and turns < MOST_TURNS_MEANWHILE:
            self.turn(until)
            turns += 1
        self.clock.set(max(self.clock.now(), until))

    def _freeze_length(self, process: Process, point: Point) -> tuple[Stillness, float]:
        if _is_in_call(process, point):
            return Stillness.IN_CALL, self.dice.uniform(1, LONGEST_FREEZE_IN_CALL)
        length = self.dice.choices(tuple(FREEZES), (35, 40, 25))[0]
        return length, self.dice.uniform(*FREEZES[length])


def beginning() -> datetime:
    """When the earliest world begins."""
    return min(datetime.fromisoformat(text) for text in BEGINNINGS).astimezone(UTC)


def _is_in_call(process: Process, point: Point) -> bool:
    """Between the last look at the clock and the answer: to stand still there for longer than the settle time is the
    risk that remains."""
    return process.step is Step.SENDING and point is not Point.STEP


def _place(process: Process, point: Point) -> str:
    """Where that is: of a delivery's steps, which."""
    return process.step.value if point is Point.STEP and process.step else point.value

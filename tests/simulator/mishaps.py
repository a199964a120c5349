"""What befalls a world as a whole: access that ends, clocks that are changed, a database that restarts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.simulator.events import Group, Mishap

if TYPE_CHECKING:
    from tests.simulator.world import World

#: Whether the fate of any delivery is unknown.
DOUBT = "SELECT 1 FROM delivery WHERE state = 'unknown' LIMIT 1"
ENDINGS = {"revoke": Mishap.THROWN_OUT, "take_permissions": Mishap.PERMISSIONS_TAKEN}
CHANGES = {"Europe/Berlin": Mishap.CHANGE_IN_EUROPE, "America/New_York": Mishap.CHANGE_IN_AMERICA}


class Mishaps:
    """Drawn from the world's dice when it begins, and then in its script."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice, self._ground, self._clock = world.dice, world.ground, world.clock
        self._back: timedelta | None = None

    def count(self, mishap: Mishap) -> None:
        """It has happened."""
        self._world.counts[Group.MISHAP, mishap] += 1

    def plan(self, day: timedelta) -> None:
        """Whether and when, in the ``day`` of a world in which things go wrong."""
        world = self._world
        if not world.stormy:
            return
        if self._dice.random() < 0.1 * world.share * 10:
            self._plan_to_put_back()
        channels = [channel for home in self._ground.homes for channel in home.channel_ids]
        for chance, mishap in (
            (0.1, self._end_access),
            (0.1, self._end_token),
            (0.06, self._jump),
            (0.08, self._restart),
        ):
            if self._dice.random() < chance * world.share * 10:
                at = world.begins_at + self._dice.random() * day * 0.8
                channel = self._dice.choice(world.people.channels or channels)
                world.later(at, lambda mishap=mishap, channel=channel: mishap(channel))  # type: ignore[misc]

    def count_conditions(self) -> None:
        """What was so all day long, or came with the night."""
        begin, end = self._world.begins_at, self._clock.now()
        for zone, mishap in CHANGES.items():
            if begin.astimezone(ZoneInfo(zone)).utcoffset() != end.astimezone(ZoneInfo(zone)).utcoffset():
                self.count(mishap)
        if self._ground.sandbox.world.store.takes_twins:
            self.count(Mishap.TAKES_TWINS)

    def _end_access(self, channel_id: int) -> None:
        how = self._dice.choice(tuple(ENDINGS))
        self._world.note(f"access of {self._ground.networks[channel_id]} ends: {how}")
        self.count(ENDINGS[how])
        self._world.ended_access |= dict.fromkeys(self._ground.siblings(channel_id), how)
        getattr(self._ground, how)(channel_id)

    def _end_token(self, channel_id: int) -> None:
        """X's can be renewed, with or without our knowing when it ends; the others' cannot."""
        network = self._ground.networks[channel_id]
        at = self._clock.now() + timedelta(minutes=self._dice.choice((0, 2, 20)))
        self._world.note(f"token of {network} ends at {at:%H:%M}")
        self.count(Mishap.TOKEN_TO_RENEW if network == "twitter" else Mishap.TOKEN_ENDED)
        self._ground.end_token(channel_id, at)
        self._world.renewed = True
        if network != "twitter":
            self._world.ended_access |= dict.fromkeys(self._ground.siblings(channel_id), "token ended")
        elif self._dice.random() < 0.6:
            self._ground.know_end_of_token(channel_id, at)

    def _jump(self, _channel_id: int) -> None:
        """The clock is put forward by an hour: ours alone, or the networks' time passes too (we slept)."""
        alone = self._dice.random() < 0.5
        self._world.note(f"the clock moves by an hour ({'ours' if alone else 'everywhere'})")
        self.count(Mishap.FORWARD_ALONE if alone else Mishap.FORWARD_EVERYWHERE)
        self._clock.advance(hours=1)
        if alone:
            self._world.jumped = True
            self._ground.sandbox.offset_seconds -= 3600.0

    def _plan_to_put_back(self) -> None:
        """Our clock will be put back: it was ahead all the time, or it is behind then."""
        self._back = timedelta(minutes=self._dice.uniform(1, 120))
        if self._dice.random() < 0.5:
            self._ground.sandbox.offset_seconds -= self._back.total_seconds()

    def put_clock_back(self) -> None:
        """At the worst moment: while it is not known what became of a post. Not while somebody stands still, who would
        do so for longer."""
        world = self._world
        if self._back is None or world.somebody_stands_still or not self._ground.look(DOUBT):
            return
        by, self._back = self._back, None
        world.note(f"our clock is put back by {by.total_seconds() / 60:.0f} minutes")
        self.count(Mishap.PUT_BACK)
        world.set_back.append((self._clock.now() - by, self._clock.now()))
        self._clock.advance(-by)
        self._ground.sandbox.offset_seconds += by.total_seconds()
        world.next_tick -= by

    def _restart(self, _channel_id: int) -> None:
        """The database restarts: every idle connection is gone."""
        world = self._world
        world.note("the database restarts")
        self.count(Mishap.RESTART)
        for process in (*world.processes, world.web):
            process.lose_connections()
        self._ground.restart_database()

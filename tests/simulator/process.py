"""One process of the team: a worker or a scheduler, with its own wiring, memory, clock and line to the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, IntegrityError

from planner.database import Database
from planner.services import weekly
from planner.services.publishing import missed, renewal
from planner.services.publishing.claim import Claimed, claim
from planner.services.publishing.reconcile import reconcile
from planner.services.publishing.recover import recover
from planner.services.publishing.send import Step, deliver
from planner.services.publishing.upcoming import Upcoming, upcoming
from tests.simulator.line import Broken, Line, Point

if TYPE_CHECKING:
    from tests.simulator.ground import Ground
    from tests.simulator.world import World


class Death(BaseException):
    """The process is gone at once: nothing catches this, nothing is cleared up."""


class OwnClock:
    """What one process reads the time from. Having read it, the process may stand still before it goes on."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def now(self) -> datetime:
        return self._process.tell_time()


class Process:
    """``in_hand`` are its claims, ``step`` is where its present delivery stands."""

    def __init__(self, ground: Ground, name: str) -> None:
        self.ground = ground
        self.name = name
        self.world: World | None = None
        self.database = Database(ground.settings.database_url, pool_size=4)
        with self.database.engine.connect():
            pass  # what an engine asks its first connection of all is not to fall into a world
        self.line = Line(self.database.engine, self._befall, ground.cut)
        self.lives = 1
        self.begin_life()

    def begin_life(self) -> None:
        """Started: nothing is remembered."""
        self.platform = self.ground.platform(OwnClock(self), self.database)
        self.in_hand: list[Claimed] = []
        self.served: dict[int, int] = {}
        self.step: Step | None = None
        self.dead = self.frozen = False

    def enter(self, world: World) -> None:
        """Take part in a world."""
        self.lives = 1
        self.world = world
        self.line.forget()  # a connection that was lost says no word about its transaction's end

    def leave(self, *, forget_access: bool) -> None:
        """The world is over. What is kept for the next are open connections, unless their access is no more."""
        if forget_access or self.dead:
            self.platform.connections.close()
            self.begin_life()
        self.world, self.step, self.in_hand, self.served = None, None, [], {}
        self.frozen = False

    def close(self) -> None:
        self.platform.close()

    @property
    def owner(self) -> str:
        """A name that no other process has, nor had."""
        return f"{self.name}-{self.lives}"

    # --- what befalls it -----------------------------------------------------------------------------------

    def tell_time(self) -> datetime:
        if self.world is None:
            return self.ground.clock.now()
        moment = self.world.time_of(self)
        self._befall(Point.CLOCK)
        return moment

    def observe(self, step: Step, _delivery_id: int) -> None:
        self.step = step
        if self.world is not None:
            self.world.note(f"{self.name}: {step.value} {self.world.named(_delivery_id)}")
        self._befall(Point.STEP)

    def _befall(self, point: Point) -> Broken:
        if self.dead:
            raise Death(self.name)
        return self.world.befall(self, point) if self.world is not None else Broken.NO

    # --- what it does --------------------------------------------------------------------------------------

    def plan(self) -> Upcoming:
        """When something is due next, as its scheduler would ask; nothing where it cannot ask."""
        found = Upcoming(None, None, None)

        def ask() -> None:
            nonlocal found
            found = upcoming(self.platform)

        self.do("plan", ask)
        return found

    def claim(self, room: int) -> None:
        def take() -> None:
            batch = claim(self.platform, self.owner, room, self.served)
            for work in batch.claimed:
                self.served[work.ref.channel_id] = len(self.served) + 1
            self.in_hand += batch.claimed

        self.do("claim", take)

    def deliver_next(self, *, reachable: bool) -> None:
        work = self.in_hand.pop(0)

        def send() -> None:
            if reachable:
                deliver(self.platform, work, observe=self.observe)
                return
            online, self.platform.connections = self.platform.connections, self.ground.out_of_reach()
            try:
                deliver(self.platform, work, observe=self.observe)
            finally:
                self.platform.connections = online

        self.do("deliver", send)
        self.step = None

    def look(self) -> None:
        self.do("look", lambda: reconcile(self.platform))

    def recover(self) -> None:
        self.do("recover", lambda: recover(self.platform))

    def tick(self, *, weekly_too: bool) -> None:
        """The safety net under the exact alarms."""
        self.do("recover", lambda: recover(self.platform))
        self.do("sweep", lambda: missed.sweep(self.platform))
        self.do("renew", lambda: renewal.renew_due(self.platform))
        if weekly_too:
            self.do("weekly", lambda: weekly.run_due(self.platform))

    def do(self, what: str, act: Callable[[], Any]) -> bool:
        """As a thread of the process does it: an error is logged, and the process goes on. Returns whether all went
        well."""
        if self.dead or self.world is None:
            return False
        self.line.broke = False
        try:
            act()
        except Death:
            self._die(what)
        except DBAPIError as error:
            if not self.line.broke or isinstance(error, IntegrityError):
                self.world.surprise(f"{self.name} {what}: {error}")
            self.world.note(f"{self.name}: {what} ended, the database was not there")
        except Exception as error:  # noqa: BLE001 - what the real threads log is counted here
            self.world.surprise(f"{self.name} {what}: {type(error).__name__}: {error}")
        else:
            return True
        return False

    def _die(self, what: str) -> None:
        assert self.world is not None
        self.world.note(f"{self.name} died in {what}")
        self.end()

    def end(self) -> None:
        """Gone: nothing of it is left."""
        self.dead = True
        self.in_hand = []
        self.platform.connections.close()
        self.database.dispose()
        self.line.forget()

    def lose_connections(self) -> None:
        """The database restarts: idle connections are gone, and PostgreSQL's busy ones too."""
        self.line.broke = True
        self.database.dispose()

    def revive(self) -> None:
        """Started again, with what a start does."""
        self.lives += 1
        self.begin_life()
        if self.name.startswith("scheduler"):
            self.recover()

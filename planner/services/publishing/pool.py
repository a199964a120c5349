"""The senders: a bounded number of threads, and one dispatcher that keeps them supplied.

The dispatcher claims only what can start soon, and keeps the claims in hand alive. It does not keep time: the
scheduler wakes it. Besides, it looks by itself every now and then, so that what another process added is not late.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from planner.services.publishing import telling
from planner.services.publishing.calling import MOST_CALLS, Caller
from planner.services.publishing.claim import Claimed, claim, claim_early
from planner.services.publishing.finish import hand_back
from planner.services.publishing.hands import Hands
from planner.services.publishing.outage import Outage
from planner.services.publishing.send import Observer, deliver, nobody
from planner.services.publishing.upcoming import Upcoming, upcoming

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: How often the dispatcher looks by itself, in seconds.
WATCH_SECONDS = 0.5
#: After what somebody else held for a moment.
SOON_SECONDS = 0.02
#: How often it looks for what should be prepared ahead of its time.
AHEAD_SECONDS = 2.0

_log = logging.getLogger(__name__)


def run_due(platform: Platform, owner: str, *, observe: Observer = nobody) -> int:
    """Deliver everything that is due now in this thread, one after the other. Returns how many were claimed."""
    done = 0
    while True:
        batch = claim(platform, owner, platform.settings.sender_threads)
        for work in batch.claimed:
            deliver(platform, work, observe=observe)
        done += len(batch.claimed)
        if not batch.claimed and not batch.again:
            return done


class Pool:
    """Sender threads for one process. ``on_plan`` hears what is due next, whenever the dispatcher has looked.

    With a ``caller``, workers are called to send, and the threads here only do what no worker takes up.
    """

    def __init__(
        self,
        platform: Platform,
        owner: str,
        *,
        observe: Observer = nobody,
        on_plan: Callable[[Upcoming], None] = lambda _plan: None,
        caller: Caller | None = None,
    ) -> None:
        self._platform = platform
        self._owner = owner
        self._observe = observe
        self._on_plan = on_plan
        self._caller = caller
        self._threads_wanted = platform.settings.sender_threads
        self._most_in_hand = 2 * self._threads_wanted
        self._uploads_wanted = platform.settings.upload_threads
        self._waiting: SimpleQueue[Claimed | None] = SimpleQueue()
        self._long: SimpleQueue[Claimed | None] = SimpleQueue()
        self._hands = Hands(platform, owner)
        self._last_served: dict[int, int] = {}
        self._turn = 0
        self._call = threading.Event()
        self._stopping = threading.Event()
        self._planned_at = 0.0
        self._looked_ahead_at = -AHEAD_SECONDS
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the dispatcher and the senders."""
        kinds = (("sender", self._waiting, self._threads_wanted), ("upload", self._long, self._uploads_wanted))
        self._threads = [
            threading.Thread(target=self._send, args=(source,), name=f"{kind}-{number}", daemon=True)
            for kind, source, wanted in kinds
            for number in range(wanted)
        ]
        self._threads.append(threading.Thread(target=self._dispatch, name="dispatcher", daemon=True))
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something may be due now. Cheap, from any thread."""
        self._call.set()

    def stop(self) -> None:
        """Finish what is being sent, hand back what is only claimed, and wait for both."""
        self._stopping.set()
        self._call.set()
        for thread in self._threads:
            thread.join()
        self._threads = []

    @property
    def in_hand(self) -> int:
        """How many deliveries this process has claimed."""
        return len(self._hands)

    # --- the dispatcher ------------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        outage = Outage(_log, "Nothing can be claimed")
        while not self._stopping.is_set():
            self._call.clear()
            again = False
            try:
                again = self._fill()
                self._fill_ahead()
                self._hands.extend_leases()
                outage.over()
            except Exception as error:  # noqa: BLE001 - a database that is away comes back, and nobody else would claim
                outage.met(error)
            self._call.wait(SOON_SECONDS if again else WATCH_SECONDS)
        try:
            self._hand_back_waiting()
        finally:  # whatever becomes of that, nobody may wait for more
            for source, wanted in ((self._waiting, self._threads_wanted), (self._long, self._uploads_wanted)):
                for _ in range(wanted):
                    source.put(None)

    def _fill(self) -> bool:
        """Claim as much as can start soon. Returns whether to come again at once."""
        long = self._hands.long
        room = self._most_in_hand - (len(self._hands) - long)
        has_room = room >= max(1, self._threads_wanted // 2)
        if not has_room and time.monotonic() - self._planned_at < WATCH_SECONDS:
            return False
        plan = upcoming(self._platform)
        self._planned_at = time.monotonic()
        self._on_plan(plan)
        if plan.due is None or plan.due > self._platform.clock.now():
            return False
        calls = self._caller is not None and self._caller.anybody_there()
        more_calls = self._caller is not None and calls and self._caller.call() == MOST_CALLS
        if not has_room:
            return more_calls
        long_room = self._uploads_wanted - long
        served = self._last_served
        batch = claim(self._platform, self._owner, room, served, unanswered=calls, long_room=long_room)
        for work in batch.claimed:
            self._hand_over(work)
        return batch.again or more_calls

    def _fill_ahead(self) -> None:
        """Begin what takes long to prepare before it is due, as long as a thread is free for that."""
        room = self._uploads_wanted - self._hands.long
        if room > 0 and time.monotonic() - self._looked_ahead_at >= AHEAD_SECONDS:
            for work in claim_early(self._platform, self._owner, room):
                self._hand_over(work)
            self._looked_ahead_at = time.monotonic()

    def _hand_over(self, work: Claimed) -> None:
        """To the senders; what takes long has threads of its own, so that nothing waits behind it."""
        self._turn += 1
        self._last_served[work.ref.channel_id] = self._turn
        self._hands.take(work)
        (self._long if work.payload.takes_long else self._waiting).put(work)

    def _hand_back_waiting(self) -> None:
        """Where the database is away, the rest is left to the leases: each would only meet the same."""
        while (work := self._next_waiting()) is not None:
            if not self._hand_back(work):
                return

    def _next_waiting(self) -> Claimed | None:
        try:
            # The senders take from the other end: what was there a moment ago may be theirs by now.
            return self._waiting.get_nowait()
        except Empty:
            return None

    def _hand_back(self, work: Claimed) -> bool:
        with telling.about(work.ref, work.number):
            try:
                hand_back(self._platform, work)
            except DBAPIError as error:
                _log.warning("It could not be handed back; its lease brings it back: %s", error.orig)
                return False
            finally:
                self._hands.drop(work)
        return True

    # --- the senders ---------------------------------------------------------------------------------------

    def _send(self, source: SimpleQueue[Claimed | None]) -> None:
        while (work := source.get()) is not None:
            if self._stopping.is_set():
                self._hand_back(work)
                continue
            with telling.about(work.ref, work.number):
                try:
                    deliver(self._platform, work, observe=self._observe, stopping=self._stopping.is_set)
                except Exception:  # noqa: BLE001 - a thread that ended would be missed; the lease brings this one back
                    _log.exception("It was left as it stands")
            self._hands.drop(work)
            self._call.set()

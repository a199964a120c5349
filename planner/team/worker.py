"""A worker: sends what it is called to, as many deliveries at once as it has threads, until it is asked to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from planner import ending
from planner.services import heartbeats
from planner.services.publishing import telling
from planner.services.publishing.calling import ANSWER_SECONDS, Caller
from planner.services.publishing.claim import Batch, claim
from planner.services.publishing.hands import Hands
from planner.services.publishing.outage import Outage
from planner.services.publishing.pool import SOON_SECONDS, WATCH_SECONDS
from planner.services.publishing.send import Observer, deliver, nobody
from planner.services.publishing.warming import warm_up

if TYPE_CHECKING:
    from planner.bootstrap import Platform
    from planner.team.engine import Engine

AGAIN_SECONDS = 1.0
#: How long the engine may take to note, when all is sent, that its jobs are done. Jobs that it leaves are tidied up.
LEAVE_SECONDS = 3.0

_log = logging.getLogger(__name__)


class Worker:
    """The senders of one process. ``observe`` hears of each step of each delivery."""

    def __init__(self, platform: Platform, engine: Engine, *, observe: Observer = nobody) -> None:
        self.owner = heartbeats.new_owner()
        self._platform = platform
        self._engine = engine
        self._observe = observe
        self._threads = platform.settings.sender_threads
        self._several = platform.settings.sender_threads_per_channel > 1
        self._hands = Hands(platform, self.owner)
        self._caller = Caller(platform, engine.enqueue)
        self._stopping = platform.stopping
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._answering = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop``, then finish what is being sent and hand back what is only claimed."""
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="sender")
        asyncio.get_running_loop().set_default_executor(pool)
        asyncio.get_running_loop().set_exception_handler(_say)
        pulse = threading.Thread(target=self._pulse, name="pulse", daemon=True)
        pulse.start()
        warm_up(self._platform)
        asked = asyncio.create_task(stop.wait())
        while not stop.is_set():
            work = asyncio.create_task(self._engine.work(self.owner, self._threads, self.answer))
            await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                self._stopping.set()
                work.cancel()
                await self._hasten(work)
            await self._end_of(work)
            if not stop.is_set():
                await asyncio.wait({asked}, timeout=AGAIN_SECONDS)
        self._ended.set()
        await asyncio.to_thread(pulse.join)

    def answer(self, channel: int) -> None:
        """Send the longest due delivery of a channel, if it still waits; then see that its next is called to."""
        with self._lock:
            self._answering += 1
        try:
            for work in self._claim(channel).claimed:
                if self._several:
                    self._caller.call(channel)
                with self._hands.holding(work), telling.about(work.ref, work.number):
                    deliver(self._platform, work, observe=self._observe, stopping=self._stopping.is_set)
            if not self._stopping.is_set():
                self._caller.call(channel)
        except DBAPIError as error:
            _log.warning("Channel %s is left to whoever is called next; the database was away: %s", channel, error.orig)
        except Exception:  # noqa: BLE001 - the lease brings back what this call leaves behind
            _log.exception("Channel %s is left to whoever is called next", channel)
        finally:
            with self._lock:
                self._answering -= 1

    def _claim(self, channel: int) -> Batch:
        """One delivery of the channel. What was missed, or is just being written by somebody, hides it for a moment."""
        end = time.monotonic() + ANSWER_SECONDS
        while not self._stopping.is_set():
            batch = claim(self._platform, self.owner, 1, channel=channel)
            if batch.claimed or not batch.again or time.monotonic() > end:
                if not batch.claimed:
                    self._caller.take_back(channel)
                return batch
            time.sleep(SOON_SECONDS)
        return Batch()

    async def _hasten(self, work: asyncio.Task[None]) -> None:
        """The engine takes leave of the database, and waits where that is away. Once our own threads are done, it is
        told a second time, and then it goes at once."""
        while self._answering and not work.done():
            await asyncio.wait({work}, timeout=SOON_SECONDS)
        await asyncio.wait({work}, timeout=LEAVE_SECONDS)
        work.cancel()

    async def _end_of(self, work: asyncio.Task[None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - a database that is away comes back
            _log.warning("The worker has lost its calls and listens again: %s", _reason(error))

    def _pulse(self) -> None:
        """Signs of life, and the heartbeat of what is being prepared."""
        name, last = heartbeats.WORKER + self.owner, -heartbeats.BEAT_SECONDS
        outage = Outage(_log, "No sign of life can be given")
        while not self._ended.is_set():
            try:
                self._hands.extend_leases()
                if time.monotonic() - last >= heartbeats.BEAT_SECONDS:
                    heartbeats.beat(self._platform, name, self.owner, threads=self._threads, in_hand=len(self._hands))
                    last = time.monotonic()
                    outage.over()
            except Exception as error:  # noqa: BLE001 - the same
                outage.met(error)
            self._ended.wait(WATCH_SECONDS)
        with suppress(Exception):
            heartbeats.stop(self._platform, name)


def _say(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What the engine does not await: mostly a job whose end it could not note, because it was taken for dead."""
    error = context.get("exception")
    said = _reason(error) if error else context["message"]
    _log.warning("The engine could not write down how a call ended, which loses nothing: %s", said)


def _reason(error: BaseException) -> str:
    """In the database's words, in a line: the engine's own exceptions only say that it was the database."""
    return " ".join(str(error.__cause__ or error).split()) or type(error).__name__


def run_worker(platform: Platform, engine: Engine, *, observe: Observer = nobody) -> None:
    """Run until SIGTERM or SIGINT, then finish what is being sent and return."""

    async def main() -> None:
        stop = asyncio.Event()

        def end() -> None:
            ending.at_the_latest(platform.settings)
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, end)
        worker = Worker(platform, engine, observe=observe)
        _log.info("Worker %s runs", worker.owner)
        await worker.run(stop)

    asyncio.run(main())

"""Many schedules, in as many operating-system processes as there are processors."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import queue
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import URL

from planner.services.publishing import again, hearing, reconcile
from tests.simulator.ground import Ground
from tests.simulator.process import Process
from tests.simulator.report import Report
from tests.simulator.verdict import Verdict, judge
from tests.simulator.world import World
from tests.support.databases import (
    FOLDER_VARIABLE,
    PostgresTemplate,
    SqliteTemplate,
    choose_shared_folder,
    postgres_server,
)
from tests.support.folders import memory_folder

WORKERS, SCHEDULERS = 3, 2
#: One schedule in so many runs on PostgreSQL.
POSTGRESQL_EVERY = 64
SQLITE, POSTGRESQL, BY_SEED = "sqlite", "postgresql", "auto"
FOLDER_PREFIX = "sendeplan-simulator-"
#: Seconds: the longest that any schedule takes by far; how often is looked whether the others are alive; how long one
#: may take to end.
PATIENCE, LISTENING, ENDING = 600.0, 2.0, 20.0
#: Seconds that pass in the world each time somebody waits a little.
NAP = 20.0

Hear = Callable[[Verdict], object]


@dataclass(frozen=True, slots=True)
class Options:
    """``database``: sqlite, postgresql, or auto (by the seed). ``share`` of requests that fail; None: by the seed."""

    database: str = BY_SEED
    share: float | None = None

    def kind(self, seed: int) -> str:
        """On which database a seed is played."""
        if self.database != BY_SEED:
            return self.database
        return POSTGRESQL if seed % POSTGRESQL_EVERY == 0 else SQLITE


def run(
    seeds: Sequence[int],
    options: Options,
    jobs: int = 1,
    *,
    until_red: bool = False,
    hear: Hear = lambda _verdict: None,
) -> Report:
    """Play every seed (``until_red``: until one is red) and add up. ``hear`` gets each verdict as it comes."""
    report = Report()
    with postgresql(options, seeds) as server:
        played = _here(seeds, options, server) if jobs == 1 else _in_processes(seeds, options, server, jobs)
        with closing(played) as verdicts:
            for verdict in verdicts:
                report.add(verdict)
                hear(verdict)
                if until_red and verdict.is_red:
                    break
    return report


class SimulatorFailed(Exception):
    """The simulator itself failed, not what it plays."""


class Stage:
    """Where the schedules of one operating-system process are played, on a database of each kind."""

    def __init__(self, folder: Path, urls: dict[str, str], options: Options) -> None:
        self._options = options
        self._grounds = {kind: Ground(folder / kind, url) for kind, url in urls.items()}
        self._processes = {kind: _processes(ground) for kind, ground in self._grounds.items()}

    def play(self, seed: int) -> tuple[Verdict, World]:
        """One schedule, and its world with the history."""
        kind = self._options.kind(seed)
        ground = self._grounds[kind]
        world = World(ground, self._processes[kind], seed, self._options.share)
        hearing.nap = lambda _seconds: ground.pass_time(NAP)
        world.run()
        return judge(world), world

    def close(self) -> None:
        for kind, ground in self._grounds.items():
            for process in self._processes[kind]:
                process.close()
            ground.close()


@contextmanager
def own_folder() -> Iterator[Path]:
    """A folder for one run and all its processes, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=FOLDER_PREFIX, dir=memory_folder()) as name:
        yield Path(name)


@contextmanager
def stage(seeds: Sequence[int], options: Options, server: URL | None, folder: Path) -> Iterator[Stage]:
    """Databases, networks and processes for these seeds, gone afterwards but for what lies in ``folder``."""
    kinds = {options.kind(seed) for seed in seeds}
    with ExitStack() as stack:
        stack.enter_context(_nothing_waits())
        urls = {}
        if SQLITE in kinds:
            urls[SQLITE] = SqliteTemplate(folder).copy(folder)
        if POSTGRESQL in kinds and server is not None:
            template = PostgresTemplate(server)
            stack.callback(template.drop)
            urls[POSTGRESQL] = stack.enter_context(template.copy())
        made = Stage(folder, urls, options)
        stack.callback(made.close)
        stack.enter_context(_little_garbage())
        yield made


@contextmanager
def postgresql(options: Options, seeds: Sequence[int]) -> Iterator[URL | None]:
    """A running server, where a seed wants one."""
    if all(options.kind(seed) == SQLITE for seed in seeds):
        yield None
        return
    with ExitStack() as stack:
        folder = choose_shared_folder()
        if folder is not None:
            stack.callback(_remove, folder)
        yield stack.enter_context(postgres_server())


@contextmanager
def _nothing_waits() -> Iterator[None]:
    """One thread, no pauses in real time, and no log of what is meant to go wrong."""
    before = reconcile.CHANNELS_AT_ONCE, again.PAUSE_SECONDS, hearing.nap, logging.root.manager.disable
    reconcile.CHANNELS_AT_ONCE, again.PAUSE_SECONDS = 1, 0.0
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        reconcile.CHANNELS_AT_ONCE, again.PAUSE_SECONDS, hearing.nap, level = before
        logging.disable(level)


@contextmanager
def _little_garbage() -> Iterator[None]:
    """What lasts as long as the stage is not looked through again and again for what has gone."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _processes(ground: Ground) -> list[Process]:
    workers = [f"worker-{number + 1}" for number in range(WORKERS)]
    schedulers = [f"scheduler-{number + 1}" for number in range(SCHEDULERS)]
    return [Process(ground, name) for name in (*workers, *schedulers, "web")]


def _here(seeds: Sequence[int], options: Options, server: URL | None) -> Generator[Verdict]:
    with own_folder() as folder, stage(seeds, options, server, folder) as made:
        for seed in seeds:
            yield made.play(seed)[0]


def _in_processes(seeds: Sequence[int], options: Options, server: URL | None, jobs: int) -> Generator[Verdict]:
    context = multiprocessing.get_context("spawn")
    verdicts: Any = context.Queue()
    with own_folder() as folder:  # this process's, so that it goes whatever becomes of the others
        players = []
        dealt = context.Value("q", 0)
        for number in range(min(jobs, len(seeds))):
            own = folder / f"player-{number + 1}"
            own.mkdir()
            work = (seeds, dealt, options, server, own, verdicts, number)
            players.append(context.Process(target=_play, args=work, daemon=True))
        try:
            for player in players:
                player.start()
            for _ in seeds:
                yield _next(verdicts, players)
            for player in players:
                player.join(ENDING)
        finally:
            for player in players:
                _end(player)


def _next(verdicts: Any, players: Sequence[BaseProcess]) -> Verdict:
    for _ in range(int(PATIENCE / LISTENING)):
        try:
            verdict: Verdict | str = verdicts.get(timeout=LISTENING)
        except queue.Empty:
            if any(player.exitcode for player in players):
                raise SimulatorFailed("a process of the simulator is gone") from None
            continue
        if isinstance(verdict, str):
            raise SimulatorFailed(verdict)
        return verdict
    raise SimulatorFailed(f"no schedule came to its end within {PATIENCE:.0f} s")


def _end(player: BaseProcess) -> None:
    """One that has not ended by itself is asked to, and then made to."""
    if player.pid is None:
        return
    player.terminate()
    player.join(ENDING)
    if player.exitcode is None:
        player.kill()
        player.join()


def _dealt(seeds: Sequence[int], dealt: Any) -> Iterator[int]:
    """The next seed that nobody has taken, until none is left: whoever drew a long one gets fewer."""
    while True:
        with dealt.get_lock():
            place = dealt.value
            dealt.value += 1
        if place >= len(seeds):
            return
        yield seeds[place]


def _play(
    seeds: Sequence[int], dealt: Any, options: Options, server: URL | None, folder: Path, verdicts: Any, number: int
) -> None:
    """One process's share of the seeds."""
    seed = None
    _stay_on_one_processor(number)
    try:
        with clears_up_when_terminated(), stage(seeds, options, server, folder) as made:
            for seed in _dealt(seeds, dealt):
                verdicts.put(made.play(seed)[0])
    except Exception as error:
        verdicts.put(f"the simulator itself failed at seed {seed}: {type(error).__name__}: {error}")
        raise


def _stay_on_one_processor(number: int) -> None:
    """The planner's thread and its networks' only ever take turns: side by side on two processors they are slower."""
    ours = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {ours[number % len(ours)]})


@contextmanager
def clears_up_when_terminated() -> Iterator[None]:
    """Being asked to end (SIGTERM) is a way out like any other."""

    def leave(*_: object) -> None:
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.environ.pop(FOLDER_VARIABLE, None)

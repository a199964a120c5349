"""Procrastinate, and all that we ask of it: keep one job for each channel that has something due, wake a worker at
once, forget the job when it is done.

Nothing depends on a job. It may be lost, late or run twice: the delivery's state decides (services/publishing/calling).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager, migrations_path
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from planner.bootstrap import Platform

TASK = QUEUE = "sendeplan"
CONNECTIONS = 4
CONNECT_SECONDS = 5.0
#: Without a word from the database by then, we look whether there are jobs.
POLL_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Engine:
    """The engine on one database."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        #: Writes jobs on connections that it is handed; it has none of its own.
        self._jobs = JobManager(SyncPsycopgConnector())
        #: A worker that has been silent for longer is dead to the engine; the lease says when it is to us.
        self.stalled_seconds = 2 * platform.settings.lease_seconds

    # --- the schema ----------------------------------------------------------------------------------------

    def is_installed(self) -> bool:
        """Whether the database has the schema of this version of the engine."""
        with self._platform.database.engine.connect() as connection:
            return _is_there(connection) and not _steps_after(_newest_applied(connection))

    def install(self) -> None:
        """Make the engine's tables, or bring those of an older version up to date: all of it, or nothing."""
        with self._platform.database.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('sendeplan engine'))"))
            if not _is_there(connection):
                _run(connection, SchemaManager.get_schema())
            else:
                for step in _steps_after(_newest_applied(connection)):
                    _log.info("The engine's schema: %s", step.stem)
                    _run(connection, step.read_text(encoding="utf-8"))
            _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{_steps_after('')[-1].stem}'")

    # --- jobs ----------------------------------------------------------------------------------------------

    def enqueue(self, session: Session, channels: Sequence[int]) -> None:
        """One job for each of these channels, in the running transaction, unless one waits already."""
        waiting = set(session.scalars(_WAITING, {"locks": [_lock(channel) for channel in channels]}))
        wanted = [_job(channel) for channel in channels if _lock(channel) not in waiting]
        if wanted and not self._defer(session, wanted):
            for job in wanted:  # another process was faster with one of them
                self._defer(session, [job])

    def _defer(self, session: Session, jobs: list[Job]) -> bool:
        raw = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
        try:
            with session.begin_nested():
                self._jobs.batch_defer_jobs(jobs, connection=raw)
        except AlreadyEnqueued:
            return False
        return True

    def tidy(self) -> int:
        """Remove the jobs that dead workers had in hand, and the workers. Returns how many jobs.

        And jobs that have been in hand for longer than any may take: where the database went away in the wrong moment,
        a worker could not say that it was done. None needs a second try: the deliveries are called to again.
        """
        return asyncio.run(self._tidy())

    async def _tidy(self) -> int:
        app = self._app()
        async with app.open_async():
            stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self.stalled_seconds)
            ids = {job.id for job in stalled if job.id is not None} | self._overlong()
            for job_id in ids:
                with suppress(ConnectorException):  # its worker lives after all, and was faster
                    await app.job_manager.finish_job_by_id_async(job_id, Status.FAILED, delete_job=True)
            await app.job_manager.prune_stalled_workers(self.stalled_seconds)
        if ids:
            _log.warning("Removed %s jobs that nobody has ended", len(ids))
        return len(ids)

    def _overlong(self) -> set[int]:
        settings = self._platform.settings
        longest = settings.prepare_timeout_seconds + 2 * settings.send_timeout_seconds + self.stalled_seconds
        with self._platform.database.read() as session:
            return set(session.scalars(_OVERLONG, {"seconds": longest}))

    # --- workers -------------------------------------------------------------------------------------------

    async def work(self, name: str, threads: int, send: Callable[[int], None]) -> None:
        """Answer calls until cancelled: ``send`` gets a channel's id, in a thread. What runs then is finished first.

        Returns or raises when the database is away; to be begun again.
        """
        app = self._app()
        app.task(name=TASK, queue=QUEUE)(_answer(send))
        async with app.open_async():
            await app.run_worker_async(
                queues=[QUEUE],
                name=name,
                concurrency=threads,
                delete_jobs="always",
                install_signal_handlers=False,
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=self.stalled_seconds / 6,
                stalled_worker_timeout=self.stalled_seconds,
            )

    def _app(self) -> App:
        conninfo = self._platform.database.conninfo
        return App(
            connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=CONNECTIONS, timeout=CONNECT_SECONDS)
        )


def _answer(send: Callable[[int], None]) -> Callable[[int], None]:
    def answer(channel: int) -> None:
        send(channel)

    return answer


def _lock(channel: int) -> str:
    """At most one job with this name waits, so the engine holds no more jobs than there are channels."""
    return f"channel:{channel}"


def _job(channel: int) -> Job:
    return Job(
        id=None, queue=QUEUE, lock=None, queueing_lock=_lock(channel), task_name=TASK, task_kwargs={"channel": channel}
    )


_OVERLONG = text(
    "SELECT job.id FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id"
    " WHERE job.status = 'doing' AND event.type = 'started' GROUP BY job.id"
    " HAVING max(event.at) < now() - make_interval(secs => :seconds)"
)
_WAITING = text("SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:locks)")


def _is_there(connection: Connection) -> bool:
    return connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")) is not None


def _newest_applied(connection: Connection) -> str:
    """The last step that the schema has: written on the table itself, so that it lives and dies with it."""
    said = connection.scalar(text("SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')"))
    return said or _steps_after("")[-1].stem


def _steps_after(name: str) -> list[Path]:
    """The engine's own migrations after this one: files that sort by version."""
    return [step for step in sorted(migrations_path.glob("*.sql")) if step.stem > name]


def _run(connection: Connection, statements: str) -> None:
    raw = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    raw.execute(statements.encode())

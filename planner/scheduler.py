"""The clock: it says when, never what. Every job is one line that calls a service; what is to be done, and by whom, is
decided by the rows of the database.

APScheduler keeps nothing: its jobs live in memory and are set anew from the database at every start. So nothing is lost
with a process, and two schedulers at once do no harm.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import OperationalError

from planner import ending, team
from planner.database import is_away
from planner.leader import ASK_SECONDS, Leader
from planner.services import alerts, dialogue, heartbeats, limits, outbox, push, webhooks
from planner.services.publishing import expiring, missed, reminding, renewal
from planner.services.publishing.calling import Caller
from planner.services.publishing.pool import Pool
from planner.services.publishing.reconcile import reconcile
from planner.services.publishing.recover import recover
from planner.services.publishing.send import Observer, nobody
from planner.services.publishing.upcoming import Upcoming
from planner.services.publishing.warming import warm_up

if TYPE_CHECKING:
    from planner.bootstrap import Platform

REFRESH_SECONDS = 60.0
REMIND_SECONDS = 20.0
WEEKLY_SECONDS = 60.0
MAIL_SECONDS = 10.0
PUSH_SECONDS = 5.0
WEBHOOK_SECONDS = 5.0
ANSWER_SECONDS = 5.0
HEAR_SECONDS = 60.0
ALERT_SECONDS = 20.0
FORGET_SECONDS = 3600.0
CHECK_SECONDS = 3600.0
ZONES_SECONDS = 86_400.0
JOB_THREADS = 6

_log = logging.getLogger(__name__)


class Scheduler:
    """The clock and the senders of one process. ``observe`` hears of each step of each delivery.

    Raises planner.team.NotATeam where the settings ask for workers and something they need is missing.
    """

    def __init__(self, platform: Platform, *, observe: Observer = nobody) -> None:
        self.owner = heartbeats.new_owner()
        self._platform = platform
        self._engine = team.ready(platform)
        self._caller = Caller(platform, self._engine.enqueue) if self._engine else None
        self._pool = Pool(platform, self.owner, observe=observe, on_plan=self._set_alarms, caller=self._caller)
        self._leader = Leader(platform, self.owner)
        self._looking = threading.Lock()
        self._alarms: dict[str, datetime] = {}
        self._clock = BackgroundScheduler(
            timezone=UTC,
            # The leader has to be heard in time, whatever else keeps the threads busy.
            executors={"default": ThreadPoolExecutor(JOB_THREADS), "lead": ThreadPoolExecutor(1)},
            # However late a job is (the machine slept), it runs, once: to be late is no reason to drop it.
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )

    def start(self) -> None:
        """Pick up what a former process left, then keep time. Returns at once."""
        self._platform.stopping.clear()
        limits.forget_other_apps(self._platform)
        recover(self._platform)
        # Before anything is claimed, so that an outage is told of as a whole.
        missed.sweep(self._platform)
        self._platform.wake = self._pool.wake
        self._platform.beats["scheduler"] = datetime.min.replace(tzinfo=UTC)  # ready with the first tick
        self._pool.start()
        settings = self._platform.settings
        self._every("tick", settings.safety_tick_seconds, self._tick, at_once=True)
        if not self._platform.database.is_sqlite:  # there, each time is a write, and a second scheduler rare
            self._every("lead", ASK_SECONDS, self._stand, executor="lead")
        self._every("refresh", REFRESH_SECONDS, self._as_leader(lambda: renewal.renew_due(self._platform)))
        self._every("expiry", REFRESH_SECONDS, self._as_leader(lambda: expiring.warn_due(self._platform)))
        self._every("remind", REMIND_SECONDS, self._as_leader(lambda: reminding.remind_due(self._platform)))
        self._every("metrics", settings.metrics_tick_seconds, self._as_leader(self._pull_metrics))
        if self._engine is not None:
            self._every("tidy", self._engine.stalled_seconds / 2, self._as_leader(self._tidy))
        self._every("weekly", WEEKLY_SECONDS, self._as_leader(self._run_weekly), at_once=True)
        self._every("mail", MAIL_SECONDS, self._as_leader(self._send_mail))
        self._every("push", PUSH_SECONDS, self._as_leader(self._push))
        self._every("webhooks", WEBHOOK_SECONDS, self._as_leader(lambda: webhooks.send_due(self._platform)))
        self._every("dialogue", HEAR_SECONDS, self._as_leader(lambda: dialogue.hear_due(self._platform)))
        self._every("answers", ANSWER_SECONDS, self._answer)
        self._every("alerts", ALERT_SECONDS, self._as_leader(lambda: alerts.check(self._platform)))
        self._every("forget", FORGET_SECONDS, self._as_leader(self._forget))
        self._every("check", CHECK_SECONDS, self._as_leader(self._check_connections))
        self._every("zones", ZONES_SECONDS, self._as_leader(self._recheck_zones), at_once=True)
        self._clock.add_job(lambda: warm_up(self._platform), name="warm-up")
        self._clock.start()

    def stop(self) -> None:
        """Finish what is being sent, hand back what is only claimed, then return."""
        self._platform.stopping.set()
        self._clock.pause()
        # Waits for the round that the clock may be in the middle of: one that ends after the clock itself is an error.
        self._clock.get_jobs()
        self._pool.stop()
        self._clock.shutdown(wait=True)
        self._leader.resign()

    # --- the jobs ------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """The safety net under the exact alarms."""
        heartbeats.beat(self._platform, "scheduler", self.owner)
        self._stand()
        if self._caller is not None:
            self._caller.anybody_there()
        recover(self._platform)
        missed.sweep(self._platform)
        self._rearm("look")

    def _stand(self) -> None:
        self._leader.stand()

    def _look(self) -> None:
        if self._looking.acquire(blocking=False):
            try:
                reconcile(self._platform)
            finally:
                self._looking.release()
        self._rearm("look")

    def _recover(self) -> None:
        recover(self._platform)
        self._rearm("lease")

    def _due(self) -> None:
        self._rearm("due")

    def _tidy(self) -> None:
        if self._engine is not None:
            self._engine.tidy()
        heartbeats.forget_dead_workers(self._platform)

    def _pull_metrics(self) -> None:
        from planner.services import metrics

        metrics.pull_due(self._platform)
        metrics.pull_channels(self._platform)

    def _answer(self) -> None:
        dialogue.send_due(self._platform)
        dialogue.check_due(self._platform)

    def _forget(self) -> None:
        dialogue.forget_old(self._platform)
        outbox.forget_old(self._platform)
        limits.forget(self._platform)

    def _check_connections(self) -> None:
        from planner.services import verifying

        verifying.check_due(self._platform)

    def _run_weekly(self) -> None:
        from planner.services import weekly

        weekly.run_due(self._platform)

    def _send_mail(self) -> None:
        from planner.services import mail

        mail.gather(self._platform)
        if self._platform.settings.mail_on:
            mail.send_due(self._platform, self._platform.letters())

    def _push(self) -> None:
        push.gather(self._platform)
        push.send_due(self._platform)

    def _recheck_zones(self) -> None:
        from planner.services import zone_rules

        if zone_rules.recheck(self._platform):
            self._pool.wake()

    # --- keeping time --------------------------------------------------------------------------------------

    def _set_alarms(self, plan: Upcoming) -> None:
        """Set the clock to the exact moments. What is past already waits for room, not for the time."""
        self._set_alarm("due", plan.due, self._due, only_ahead=True)
        if not self._looking.locked():  # whoever looks sets the next alarm when done
            self._set_alarm("look", plan.look, self._look)
        self._set_alarm("lease", plan.lease, self._recover)

    def _set_alarm(self, name: str, at: datetime | None, job: Callable[[], None], *, only_ahead: bool = False) -> None:
        if at is None or self._alarms.get(name) == at or (only_ahead and at <= self._platform.clock.now()):
            return
        self._alarms[name] = at
        self._clock.add_job(_told(name, job), DateTrigger(at), id=name, name=name, replace_existing=True)

    def _rearm(self, name: str) -> None:
        """An alarm has rung: the dispatcher sets the next."""
        self._alarms.pop(name, None)
        self._pool.wake()

    def _every(
        self, name: str, seconds: float, job: Callable[[], None], *, at_once: bool = False, executor: str = "default"
    ) -> None:
        first = {"next_run_time": datetime.now(UTC)} if at_once else {}
        trigger = IntervalTrigger(seconds=seconds)
        self._clock.add_job(_told(name, job), trigger, id=name, name=name, executor=executor, **first)

    def _as_leader(self, job: Callable[[], object]) -> Callable[[], None]:
        """Of several schedulers one asks for figures and tokens. Nothing depends on it: two would only ask twice."""

        def run() -> None:
            if self._leader.stand():
                job()

        return run


def _told(name: str, job: Callable[[], None]) -> Callable[[], None]:
    """A job that meets a database that is away says so in a line, not in a traceback; its next turn does the work."""

    def run() -> None:
        try:
            job()
        except OperationalError as error:
            if not is_away(error):
                raise
            _log.warning("The job “%s” is left to its next turn; the database is away: %s", name, error.orig)

    return run


def run_scheduler(platform: Platform, *, observe: Observer = nobody) -> None:
    """Run until SIGTERM or SIGINT, then finish what is being sent and return."""
    asked = ending.Asked()
    scheduler = Scheduler(platform, observe=observe)
    scheduler.start()
    _log.info("Scheduler %s runs", scheduler.owner)
    asked.wait()
    ending.at_the_latest(platform.settings)
    scheduler.stop()

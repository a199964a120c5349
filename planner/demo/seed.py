"""Six weeks of history, lived through: every past post was really sent to the sandbox networks, at its own time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from planner.bootstrap import Platform, bootstrap
from planner.config import NetworkSettings, Settings
from planner.demo import by_hand
from planner.demo.company import Company, found
from planner.demo.story import AHEAD, PAST, Piece
from planner.demo.writing import write
from planner.domain.states import TopicStage
from planner.models import Delivery, Notice
from planner.services import metrics
from planner.services.posts import NOT_YET, When
from planner.services.publishing import missed, pool
from planner.services.publishing.upcoming import upcoming
from publishers.sandbox import Sandbox

NETWORKS = ("facebook", "twitter", "linkedin", "xing")
WEEKS = 6
STEP = timedelta(hours=6)
PIECES_A_WEEK = 4
#: Of what lies ahead: what nobody has approved yet, and what has no time.
WAITING = (2, 5)
UNPLACED = (7,)


class StoryClock:
    """A clock that the story moves; it never runs by itself."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Where the story is."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Go on, never back."""
        self._now = max(self._now, moment)


@dataclass(frozen=True, slots=True)
class Demo:
    """How much was made: deliveries that went out, and posts that lie ahead."""

    published: int
    ahead: int


def seed(settings: Settings, state_file: Path, *, today: datetime | None = None) -> Demo:
    """Fill an empty instance whose schema is up to date. The sandbox networks keep their posts in ``state_file``.

    ``today`` (aware) is where the story ends; all its times are reckoned back from it.
    """
    end = (today or datetime.now(UTC)).astimezone(UTC)
    clock = StoryClock(_monday(end) - timedelta(weeks=WEEKS))
    with Sandbox(clock=clock.now, seed=7, state_file=state_file, processing_seconds=0) as sandbox:
        urls = {key: NetworkSettings(sandbox.api_url(key)) for key in NETWORKS}
        platform = bootstrap(replace(settings, networks=urls), clock=clock)
        try:
            company = found(platform, sandbox.credentials(), end)
            published = _live_through(platform, clock, company, sandbox, end)
            _told(platform)
            return Demo(published, _look_ahead(platform, company) + by_hand.look_ahead(platform, company))
        finally:
            platform.close()


def _live_through(platform: Platform, clock: StoryClock, company: Company, sandbox: Sandbox, end: datetime) -> int:
    """Write the pieces week by week, and let each hour do what its clock says."""
    published = 0
    for week in range(WEEKS):
        start = _monday(end) - timedelta(weeks=WEEKS - week)
        clock.move_to(start)
        for number in range(week * PIECES_A_WEEK, (week + 1) * PIECES_A_WEEK):
            write(platform, company, PAST[number], When(queue=True), number=number)
        metrics.pull_channels(platform)  # each brings the days since the last
        published += _pass(platform, clock, min(start + timedelta(weeks=1), end))
    published += _pass(platform, clock, end - timedelta(days=1))
    _fail_one(platform, clock, company, sandbox)
    _by_hand(platform, clock, company)
    published += _pass(platform, clock, end - timedelta(minutes=25))
    _due_by_hand(platform, clock, company)
    published += _pass(platform, clock, end)
    metrics.pull_channels(platform)
    return published


def _pass(platform: Platform, clock: StoryClock, until: datetime) -> int:
    """Go on to a moment: send what becomes due on the way, pull figures every few hours."""
    sent = 0
    while clock.now() < until:
        stop = min(clock.now() + STEP, until)
        while (due := _next_due(platform, stop)) is not None:
            clock.move_to(due)
            sent += _send_due(platform)
        clock.move_to(stop)
        metrics.pull_due(platform)
    return sent


def _next_due(platform: Platform, until: datetime) -> datetime | None:
    moment = upcoming(platform).due
    return moment if moment is not None and moment <= until else None


def _send_due(platform: Platform) -> int:
    missed.sweep(platform)
    return pool.run_due(platform, "demo")


def _fail_one(platform: Platform, clock: StoryClock, company: Company, sandbox: Sandbox) -> None:
    """The network refuses one post for good, as networks do."""
    sandbox.faults.add("rejected", "twitter", "publish", count=1)
    piece = Piece(
        "Gewinnspiel",
        "Menschen",
        "Wer errät, wie viele Schrauben in der BX 500 stecken, gewinnt eine Werksführung für vier. Ein Tipp pro "
        "Person, Schluss ist am Freitag.",
        channels="twitter",
    )
    _sent_now(platform, clock, company, piece, 40)


def _by_hand(platform: Platform, clock: StoryClock, company: Company) -> None:
    """Some posts were published by a person, with figures read off the screen."""
    for number, (piece, url, figures) in enumerate(by_hand.DONE):
        delivery = _sent_now(platform, clock, company, piece, 41 + number)
        clock.move_to(clock.now() + timedelta(minutes=12))
        by_hand.published(platform, company, delivery, url, figures)


def _due_by_hand(platform: Platform, clock: StoryClock, company: Company) -> None:
    """Another post for a person to publish, due a little while ago."""
    _sent_now(platform, clock, company, by_hand.DUE, 49)


def _sent_now(platform: Platform, clock: StoryClock, company: Company, piece: Piece, number: int) -> Delivery:
    """Write a piece that is due in a minute, let the minute pass, and return its delivery."""
    post = write(platform, company, piece, When(at=clock.now() + timedelta(minutes=1)), number=number)
    clock.move_to(clock.now() + timedelta(minutes=1))
    _send_due(platform)
    with platform.database.read() as session:
        return session.query(Delivery).filter_by(post_id=post.id).one()


def _look_ahead(platform: Platform, company: Company) -> int:
    for number, piece in enumerate(AHEAD):
        when = NOT_YET if number in UNPLACED else When(queue=True)
        approve = number not in WAITING
        stage = TopicStage.READY if approve and when.is_set else TopicStage.IN_WORK
        write(platform, company, piece, when, number=50 + number, approve=approve, stage=stage)
    return len(AHEAD)


def _told(platform: Platform) -> None:
    """The good news of those weeks has been read, and none of it is mailed on the day somebody looks around."""
    with platform.database.write() as session:
        session.execute(update(Notice).values(mail_done_at=Notice.at))
        session.execute(update(Notice).where(Notice.kind == "approved").values(read_at=Notice.at))


def _monday(moment: datetime) -> datetime:
    day = moment - timedelta(days=moment.weekday())
    return day.replace(hour=4, minute=0, second=0, microsecond=0)

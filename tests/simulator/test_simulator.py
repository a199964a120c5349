"""Thousands of seeded histories: nothing goes out twice, nothing is lost, nothing hangs, and few people are asked."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from pathlib import Path

import pytest

from planner.services.publishing import send
from planner.services.publishing.classify import classify_preparation
from tests.simulator.__main__ import again, is_well
from tests.simulator.promised import missing
from tests.simulator.report import Report
from tests.simulator.run import (
    FOLDER_PREFIX,
    POSTGRESQL,
    POSTGRESQL_EVERY,
    SQLITE,
    Options,
    SimulatorFailed,
    run,
)
from tests.simulator.verdict import Verdict
from tests.support.folders import memory_folder

pytestmark = pytest.mark.simulator

#: In so many schedules everything happens that can.
ENOUGH = 3000
SCHEDULES = int(os.environ.get("SENDEPLAN_TEST_SCHEDULES", f"{ENOUGH}"))


def test_nothing_is_doubled_lost_stuck_or_sent_against_a_rule_and_few_people_are_asked() -> None:
    report = run(range(1, SCHEDULES + 1), Options(), jobs=os.cpu_count() or 1)

    assert is_well(report), told(report, Options())
    assert report.schedules == SCHEDULES
    assert report.sent > 1.5 * SCHEDULES  # and it was not for want of anything going out
    never = missing(report)
    assert SCHEDULES < ENOUGH or not never, "never happened:\n" + "\n".join([*never, *report.lines()])


def test_where_nothing_goes_wrong_nobody_is_asked() -> None:
    options = Options(share=0.0)
    report = run(range(1, 2 * POSTGRESQL_EVERY + 1), options)

    assert is_well(report), told(report, options)
    assert not report.asked + report.asked_rightly
    assert not report.incidents


@pytest.mark.parametrize(("database", "count"), [(SQLITE, 10), (POSTGRESQL, 16)])
def test_the_same_seed_is_the_same_history_whatever_was_played_before_and_in_whichever_process(
    database: str, count: int
) -> None:
    options, seeds = Options(database, share=0.3), range(107, 107 + count)
    there = run(seeds, options, jobs=2)
    here = run(list(reversed(seeds)), options)

    assert here.digests == there.digests
    assert len(set(here.digests.values())) == len(seeds)


def test_a_process_that_is_killed_is_missed_at_once_and_leaves_nothing_behind() -> None:
    folder = memory_folder() or Path(tempfile.gettempdir())
    before = set(folder.glob(f"{FOLDER_PREFIX}*"))

    def kill(_verdict: Verdict) -> None:
        for child in multiprocessing.active_children():
            child.kill()

    with pytest.raises(SimulatorFailed, match="gone"):
        run(range(1, 1000), Options(SQLITE), jobs=2, hear=kill)

    assert set(folder.glob(f"{FOLDER_PREFIX}*")) <= before


def test_a_planner_that_takes_a_time_out_for_a_refusal_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "classify", classify_preparation)

    report = run(range(1, 41), Options("sqlite", share=0.3))

    assert report.wrong["doubled"] > 0
    assert "--share 0.3 --verbose" in again(report.red[0], Options("sqlite", share=0.3))


def told(report: Report, options: Options) -> str:
    """What is wrong, and how to see it again."""
    red = [f"{verdict.problems[0]}; {again(verdict, options)}" for verdict in report.red[:10]]
    return "\n".join([*red, *report.lines()])

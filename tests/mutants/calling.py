"""Guards of the workers on other machines, which are called by jobs."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

CALLING = "planner/services/publishing/calling.py"
CLAIM = "planner/services/publishing/claim.py"
ENGINE = "planner/team/engine.py"

TESTS = "services/publishing/test_calling.py"

REMOVED = found_in(TESTS, "the_scheduler_removes_what_dead_workers_had_in_hand_and_what_nobody_has_ended")

MUTANTS = (
    Mutant(
        "team-together",
        "A delivery is marked as called in the transaction that writes its job: neither is there without the other.",
        "the one transaction: the job is written in its own, right after",
        (
            Edit(
                CALLING,
                "            if channels:\n                self._enqueue(session, channels)\n",
                "        if channels:\n"
                "            with self._platform.database.write() as own:\n"
                "                self._enqueue(own, channels)\n",
            ),
        ),
        found_in(
            TESTS,
            "a_delivery_is_marked_as_called_in_the_transaction_that_writes_the_job_or_neither_is",
        ),
        on="postgresql",
    ),
    Mutant(
        "team-unanswered",
        "A call that no worker answers in time is answered by the scheduler itself: nothing waits for dead workers.",
        "the answer",
        (
            Edit(
                CLAIM,
                "Delivery.called_until <= guards.NOW, Delivery.called_until > Delivery.try_at)",
                "Delivery.id.is_(None))",
            ),
        ),
        found_in(
            TESTS,
            "a_call_that_nobody_answers_in_time_is_answered_by_the_scheduler_itself",
        ),
        on="postgresql",
    ),
    Mutant(
        "team-stalled",
        "A job that a dead worker had in hand is removed.",
        "the jobs of workers that are silent",
        (
            Edit(
                ENGINE,
                "{job.id for job in stalled if job.id is not None} | self._overlong()",
                "self._overlong()",
            ),
        ),
        REMOVED,
        on="postgresql",
    ),
    Mutant(
        "team-overlong",
        "A job that is in hand for longer than any may take is removed, though its worker lives.",
        "the jobs that take too long",
        (
            Edit(
                ENGINE,
                "{job.id for job in stalled if job.id is not None} | self._overlong()",
                "{job.id for job in stalled if job.id is not None}",
            ),
        ),
        REMOVED,
        on="postgresql",
    ),
    Mutant(
        "team-tidied",
        "The scheduler sees to it by itself that such jobs are removed.",
        "its turn",
        (Edit("planner/scheduler.py", "            self._engine.tidy()\n", "            pass\n"),),
        REMOVED,
        on="postgresql",
    ),
)

"""Guards around publishing: times and slots, the clock, several processes, the API."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

CONSTRAINTS = "planner/migrations/versions/0002_posts_and_deliveries.py"
IDEMPOTENCY = "planner/web/api/idempotency.py"
LEADER = "planner/leader.py"
MISSED = "planner/services/publishing/missed.py"
MODEL = "planner/models/publishing.py"
QUEUE = "planner/services/queue.py"
SCHEDULER = "planner/scheduler.py"
SLOTS = "planner/domain/slots.py"
WALLTIME = "planner/domain/walltime.py"

IDEMPOTENCY_TESTS = "web/api/test_idempotency.py"
LOCK_ORDER = "services/publishing/test_lock_order.py"
POOL_TESTS = "services/publishing/test_pool.py"
QUEUE_TESTS = "services/test_queue.py"
RACES = "services/publishing/test_races.py"
SLOTS_TESTS = "domain/test_slots.py"
WALLTIME_TESTS = "domain/test_walltime.py"

MUTANTS = (
    Mutant(
        "weekly-once",
        "The weekly job runs once for each week, however many processes come at once.",
        "the compare-and-set on the week",
        (
            Edit(
                "planner/services/weekly.py",
                "where(Workspace.id == workspace_id, undone)",
                "where(Workspace.id == workspace_id, undone | Workspace.id.is_not(None))",
            ),
        ),
        found_in("services/test_weekly.py", "two_processes_report_a_week_once"),
    ),
    Mutant(
        "form-once",
        "The same form sent twice makes one post.",
        "the look for the form's mark, and the constraint of the table",
        (
            Edit(
                "planner/services/posts/writing.py",
                "    if submission and (post := _already(session, actor, submission)):\n",
                "    if submission and (post := None):\n",
            ),
            Edit("planner/models/posts.py", '        UniqueConstraint("workspace_id", "submission"),\n', ""),
            Edit(
                CONSTRAINTS,
                '        sa.UniqueConstraint("workspace_id", "submission", '
                'name=op.f("uq_post_workspace_id_submission")),\n',
                "",
            ),
        ),
        found_in("services/test_posts.py", "the_same_form_sent_twice_makes_one_post"),
        second="the constraint of the table",
    ),
    Mutant(
        "sweep-missed",
        "What waits past its limit for a yes or a reconnection is missed too.",
        "the sweep",
        (
            Edit(
                MISSED,
                "    return row.archived_at is not None or guards.hold(row, now) is not None or not",
                "    return False and not",
            ),
        ),
        found_in(
            "services/publishing/test_claim.py",
            "what_waits_past_its_limit_for_a_yes_or_a_reconnection_is_missed_and_what_is_paused_waits_on",
        ),
    ),
    Mutant(
        "sweep-again",
        "What a person moves while the late ones are swept is not missed: the limit is looked at again under the lock.",
        "the second look",
        (
            Edit(
                MISSED,
                "        found = [row for row in _late(session, now) if row.id in known]\n",
                "        found = late\n",
            ),
        ),
        found_in(RACES, "what_a_person_moves_while_the_late_ones_are_swept_is_not_missed"),
        on="postgresql",
    ),
    Mutant(
        "sweep-limits",
        "What may be late by days keeps nobody from seeing what may not, however much of it there is.",
        "the question for each limit",
        (
            Edit(MISSED, 'Channel.missed_after_seconds == bindparam("limit")', "True"),
            Edit(MISSED, "run(session, _LIMITS).scalars().all()", "run(session, _LIMITS).scalars().all()[:1]"),
        ),
        found_in("services/publishing/test_claim.py", "what_may_be_late_by_days_keeps_nobody_from_seeing_what_may_not"),
    ),
    Mutant(
        "remind-order",
        "Who reminds and who changes a post take its deliveries in one order: neither of the two is turned away.",
        "the lock of the posts",
        (
            Edit(
                "planner/services/publishing/reminding.py",
                "        lock_posts(session, sorted({row.post_id for row in soon} | "
                "{ref.post_id for ref in overdue}))\n",
                "",
            ),
        ),
        found_in(LOCK_ORDER, "who_reminds_of_what_waits_for_a_hand_and_who_changes_its_post_do_not_wait_in_a_circle"),
        on="postgresql",
    ),
    Mutant(
        "undo-sent",
        "A decision about missed posts is taken back only for what was not sent since.",
        "the look at what became of it",
        (
            Edit(
                "planner/services/publishing/resolutions.py",
                "    return delivery.state is DeliveryState.SCHEDULED and untouched\n",
                "    return untouched or True\n",
            ),
        ),
        found_in(
            "services/publishing/test_resolutions.py",
            "all_some_and_each_may_be_decided_differently_and_a_decision_can_be_taken_back",
        ),
    ),
    Mutant(
        "zone-frozen",
        "A change of the workspace's zone moves nothing that is being sent.",
        "the states that may be moved",
        (
            Edit(
                "planner/services/retiming.py",
                "            Delivery.state.in_(queue.MOVABLE),\n",
                "            Delivery.state.is_not(None),\n",
            ),
        ),
        found_in("services/test_zone_change.py", "what_is_being_sent_or_is_due_already_stays"),
    ),
    Mutant(
        "occurrence-once",
        "(channel, occurrence) is unique: a channel has each passing of a slot once, whoever writes.",
        "the constraint of the table",
        (
            Edit(MODEL, '        UniqueConstraint("channel_id", "occurrence"),\n', ""),
            Edit(
                CONSTRAINTS,
                '        sa.UniqueConstraint("channel_id", "occurrence", '
                'name=op.f("uq_delivery_channel_id_occurrence")),\n',
                "",
            ),
        ),
        found_in(QUEUE_TESTS, "a_channel_has_each_passing_of_a_slot_once_whoever_writes"),
    ),
    Mutant(
        "occurrence-taken",
        "A queued post takes no passing that another has.",
        "the look at what is taken",
        (
            Edit(
                SLOTS,
                "return occurrence.key in self.keys or occurrence.publish_at in self.moments",
                "return False",
            ),
        ),
        found_in(QUEUE_TESTS, "a_slot_is_taken_whatever_became_of_the_post_in_it"),
    ),
    Mutant(
        "occurrence-key",
        "A passing is named by the slot's own wall-clock time: a slot made anew does not pass twice.",
        "the name: the slot's number is in it",
        (Edit(SLOTS, 'f"slot:{wall:%Y-%m-%dT%H:%M}"', 'f"slot:{slot.id}:{wall:%Y-%m-%dT%H:%M}"'),),
        found_in(SLOTS_TESTS, "a_slot_removed_and_made_anew_does_not_pass_twice"),
    ),
    Mutant(
        "queue-lock",
        "Two people who queue at the same moment never take the same passing.",
        "the lock on the queues of a workspace",
        (Edit(QUEUE, '    if session.connection().dialect.name == "postgresql":\n', "    if False:\n"),),
        found_in(QUEUE_TESTS, "posts_queued_at_the_same_moment_by_many_never_share_a_slot"),
        on="postgresql",
    ),
    Mutant(
        "clock-skipped",
        "A time in the hour that a clock change skips is sent as much later (02:30 at 03:30).",
        "the rule for the skipped hour: it is sent an hour earlier",
        (
            Edit(
                WALLTIME,
                '        return Resolved(utc, shown, "skipped")\n',
                "        utc = wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)\n"
                '        return Resolved(utc, to_wall(utc, zone), "skipped")\n',
            ),
        ),
        found_in(WALLTIME_TESTS, "a_time_in_the_skipped_hour_in_berlin_is_sent_an_hour_later"),
    ),
    Mutant(
        "clock-repeated",
        "A time in the hour that repeats is sent at its first passing, and once.",
        "the rule for the repeated hour: it is sent at the second passing",
        (
            Edit(
                WALLTIME,
                '    return Resolved(utc, shown, "repeated" if repeated else None)\n',
                "    utc = local.replace(fold=1).astimezone(UTC)\n"
                '    return Resolved(utc, shown, "repeated" if repeated else None)\n',
            ),
        ),
        found_in(
            WALLTIME_TESTS,
            "a_time_in_the_repeated_hour_in_berlin_is_sent_at_its_first_passing",
        ),
    ),
    Mutant(
        "clock-told",
        "Who chooses a time that a clock change skips or repeats is told when it will be.",
        "the warning",
        (
            Edit(
                "planner/services/posts/warnings.py",
                "    if resolved.note is None:\n        return []\n    actual",
                "    if True:\n        return []\n    actual",
            ),
        ),
        found_in("services/test_posts.py", "a_wall_clock_time_that_does_not_exist_is_explained"),
    ),
    Mutant(
        "clock-late",
        "A job of the clock that comes late, however late, runs.",
        "the grace: a job that is a second late is dropped",
        (
            Edit(
                SCHEDULER, '"coalesce": True, "misfire_grace_time": None,', '"coalesce": True, "misfire_grace_time": 1,'
            ),
        ),
        found_in(POOL_TESTS, "what_was_to_be_looked_for_long_ago_is_looked_for_after_a_start"),
    ),
    Mutant(
        "clock-start",
        "A start picks up what a former process left.",
        "the recovery at the start and by the safety tick, and the alarm for leases",
        (
            Edit(
                SCHEDULER,
                "        recover(self._platform)\n        # Before anything is claimed",
                "        # Before anything is claimed",
            ),
            Edit(
                SCHEDULER,
                "        recover(self._platform)\n        missed.sweep(self._platform)\n        self._rearm",
                "        missed.sweep(self._platform)\n        self._rearm",
            ),
            Edit(SCHEDULER, '        self._set_alarm("lease", plan.lease, self._recover)\n', ""),
        ),
        found_in(POOL_TESTS, "the_scheduler_looks_for_what_is_unconfirmed_and_recovers_what_a_dead_process_left"),
        second="the safety tick, and the alarm at the end of a lease",
    ),
    Mutant(
        "clock-look",
        "The clock wakes whoever looks for what is unconfirmed.",
        "the alarm for looks",
        (Edit(SCHEDULER, '            self._set_alarm("look", plan.look, self._look)\n', "            pass\n"),),
        found_in(POOL_TESTS, "the_scheduler_looks_for_what_is_unconfirmed_and_recovers_what_a_dead_process_left"),
    ),
    Mutant(
        "leader-sqlite",
        "Of several schedulers on one SQLite database one leads.",
        "the condition on the leader's row",
        (Edit(LEADER, 'set_={"owner": self._owner, "at": now}, where=free', 'set_={"owner": self._owner, "at": now}'),),
        found_in(POOL_TESTS, "one_of_several_leads_until_it_resigns"),
    ),
    Mutant(
        "leader-postgresql",
        "Of several schedulers on one PostgreSQL one leads.",
        "the answer of the advisory lock",
        (
            Edit(
                "planner/advisory_lock.py",
                '"SELECT pg_try_advisory_xact_lock(%s)", LOCK):\n',
                '"SELECT pg_try_advisory_xact_lock(%s) IS NOT NULL", LOCK):\n',
            ),
        ),
        found_in(POOL_TESTS, "one_of_several_leads_until_it_resigns"),
        on="postgresql",
    ),
    Mutant(
        "stop-hands-back",
        "A process that is stopped hands back what it has only claimed.",
        "the handing back, by the dispatcher and by the senders",
        (Edit("planner/services/publishing/pool.py", "hand_back(self._platform, work)\n", "pass\n"),),
        found_in(POOL_TESTS, "stopping_finishes_what_is_being_sent_and_hands_back_what_is_only_claimed"),
    ),
    Mutant(
        "api-key",
        "The same request under the same Idempotency-Key has its effect once.",
        "the look for the key",
        (
            Edit(
                IDEMPOTENCY,
                "    kept = _kept(session, wanted)\n    if kept is None:\n",
                "    kept = None\n    if kept is None:\n",
            ),
        ),
        found_in(IDEMPOTENCY_TESTS, "the_second_answer_is_the_first_one"),
    ),
    Mutant(
        "api-key-request",
        "Another request under a used key is refused, not answered with the first one's answer.",
        "the comparison of the requests",
        (Edit(IDEMPOTENCY, "    if kept.request_digest != wanted.digest:\n", "    if False:\n"),),
        found_in(IDEMPOTENCY_TESTS, "another_request_under_the_same_key_is_refused"),
    ),
    Mutant(
        "same-key",
        "All attempts of a delivery carry the same key, where a network takes one.",
        "the key's constancy: it changes with the attempt",
        (
            Edit(
                "planner/services/publishing/following.py",
                "        key = delivery_key(delivery.id, delivery.created_at)\n",
                "        key = delivery_key(delivery.epoch, delivery.created_at)\n",
            ),
        ),
        found_in("services/publishing/test_claim.py", "a_delivery_of_all_attempts_goes_out_under_the_same_key"),
    ),
    Mutant(
        "doubt-taken-out",
        "What may be live is not deleted, cancelled or taken off its channel before a person has said whether it is.",
        "the refusal",
        (Edit("planner/services/doubt.py", '        raise Conflict("in_doubt")', "        return"),),
        found_in(
            "services/publishing/test_doubt.py",
            "a_post_in_doubt_is_neither_deleted_nor_cancelled_nor_taken_off_its_channel",
        ),
    ),
    Mutant(
        "claim-alone",
        "A post that its adapter cannot make ready keeps back no other.",
        "the net around the adapter",
        (
            Edit(
                "planner/services/publishing/claim.py",
                "    except SQLAlchemyError:\n        raise\n    except Exception:  # noqa: BLE001 - an adapter",
                "    except SQLAlchemyError:  # an adapter",
            ),
        ),
        found_in(
            "services/publishing/test_failing_adapter.py",
            "a_post_that_its_adapter_cannot_make_ready_stops_no_other_and_a_person_is_told",
        ),
    ),
    Mutant(
        "look-alone",
        "A doubt that cannot be decided keeps back no other.",
        "the net around one of many",
        (
            Edit(
                "planner/services/one_of_many.py",
                "isinstance(error, Exception) and not isinstance(error, OperationalError)",
                "False",
            ),
        ),
        found_in(
            "services/publishing/test_failing_adapter.py",
            "a_doubt_that_cannot_be_decided_hides_no_other_and_is_asked_about_in_the_end",
        ),
    ),
)

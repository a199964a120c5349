"""Guards of the look for what is unconfirmed: nothing is sent again, and nothing adopted, on a guess."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

CONSTRAINTS = "planner/migrations/versions/0002_posts_and_deliveries.py"
DECIDE = "planner/services/publishing/decide.py"
FACTS = "planner/services/publishing/facts.py"
FINISH = "planner/services/publishing/finish.py"
MODEL = "planner/models/publishing.py"
RECONCILE = "planner/services/publishing/reconcile.py"
RETRY = "planner/domain/retry.py"
UNCONFIRMED = "planner/services/publishing/unconfirmed.py"

ASKING_TESTS = "services/publishing/test_reconcile_asking.py"
LOOK_TESTS = "services/publishing/test_reconcile.py"
RACES = "services/publishing/test_races.py"
SEND_TESTS = "services/publishing/test_send.py"

SPREAD = found_in(LOOK_TESTS, "the_looks_that_count_begin_at_the_hard_deadline_and_are_spread_over_the_settle_time")
#: In place of what a look does when it cannot be answered.
COUNTED_AS_ABSENT = (
    "        nothing = Seen(Recent((), True, None), timedelta(0))\n"
    "        _each(platform, doubts, lambda session, doubt, at: decide(session, doubt, nothing, settle, at))\n"
)

MUTANTS = (
    Mutant(
        "look-settle",
        "An unconfirmed delivery is given the whole settle time to show up.",
        "the settle time: all looks come at once",
        (
            Edit(RETRY, "tuple(deadline + settle * number / (LOOKS - 1) for", "tuple(deadline for"),
            Edit(RETRY, "max(planned, now + settle / (LOOKS - 1))", "planned"),
        ),
        found_in(LOOK_TESTS, "a_post_that_the_network_lists_late_is_found_by_a_later_look"),
        second="the distance that a late look keeps",
        simulated=True,
    ),
    Mutant(
        "look-three-times",
        "Only three looks that found nothing prove an absence.",
        "two of the three looks",
        (Edit(UNCONFIRMED, "return 1 if first_was_duplicate else retry.LOOKS", "return 1"),),
        SPREAD,
        simulated=True,
    ),
    Mutant(
        "look-spread",
        "Looks that come late keep their distance: in a bunch they would be no more than one.",
        "the distance",
        (Edit(RETRY, "max(planned, now + settle / (LOOKS - 1))", "planned"),),
        found_in(LOOK_TESTS, "looks_that_come_late_keep_their_distance"),
    ),
    Mutant(
        "look-deadline",
        "A look before the attempt's hard deadline proves no absence: the call may still be running.",
        "the deadline",
        (Edit(UNCONFIRMED, "    if doubt.asked_at < over_at:\n", "    if False:\n"),),
        SPREAD,
    ),
    Mutant(
        "look-failed",
        "A look that failed does not count as an absence.",
        "the difference between a failure and an absence",
        (
            Edit(
                RECONCILE,
                "    except NetworkError as error:\n",
                "    except NetworkError as error:\n" + COUNTED_AS_ABSENT + "        return\n",
            ),
        ),
        found_in(ASKING_TESTS, "looks_that_failed_do_not_count_as_absence"),
    ),
    Mutant(
        "look-complete",
        "A listing that was cut short proves no absence.",
        "the look at whether it was complete",
        (Edit(UNCONFIRMED, "    if not seen.recent.complete:\n", "    if False:\n"),),
        found_in(ASKING_TESTS, "a_listing_that_was_cut_short_proves_no_absence"),
    ),
    Mutant(
        "look-cannot",
        "Where nothing can be listed a person is asked; nothing is sent again.",
        "the person: what cannot be listed counts as absent",
        (
            Edit(
                RECONCILE,
                "    except Unsupported:\n        _each(platform, doubts, ask_person)\n",
                "    except Unsupported:\n" + COUNTED_AS_ABSENT,
            ),
        ),
        found_in(ASKING_TESTS, "where_a_connection_cannot_list_a_person_is_asked_at_once"),
    ),
    Mutant(
        "look-reconnect",
        "Where the access has ended, the look asks a person instead of guessing.",
        "the person: an ended access counts as an absence",
        (
            Edit(
                RECONCILE,
                "        _ask_to_reconnect(platform, access, str(error))\n"
                "        _each(platform, doubts, ask_person)\n",
                COUNTED_AS_ABSENT,
            ),
        ),
        found_in(ASKING_TESTS, "where_the_channel_must_be_reconnected_to_look_a_person_is_asked"),
    ),
    Mutant(
        "look-attempts",
        "After five attempts that all vanished a person is asked.",
        "the bound",
        (
            Edit(
                UNCONFIRMED,
                "    if delivery.attempt_count - delivery.attempts_forgiven >= retry.MOST_ATTEMPTS:\n",
                "    if False:\n",
            ),
        ),
        found_in(ASKING_TESTS, "after_five_attempts_that_all_vanished_a_person_is_asked"),
    ),
    Mutant(
        "look-turn",
        "Of two processes that look at the same moment one counts.",
        "the compare-and-set that takes the turn",
        (Edit(RECONCILE, '        DELIVERY.c.look_at == bindparam("old_look_at"),\n', ""),),
        found_in(RACES, "two_processes_that_look_at_the_same_moment_count_one_look"),
        on="postgresql",
    ),
    Mutant(
        "look-turn-over",
        "A look that took so long that another process looked meanwhile does not count.",
        "the turn in the look at the delivery, and in the writes",
        (
            Edit(
                UNCONFIRMED,
                '    Delivery.epoch == bindparam("our_epoch"),\n    Delivery.look_at == bindparam("our_turn"),\n',
                '    Delivery.epoch == bindparam("our_epoch"),\n',
            ),
            Edit(
                UNCONFIRMED,
                "        DELIVERY.c.epoch == doubt.epoch,\n        DELIVERY.c.look_at == doubt.turn,\n",
                "        DELIVERY.c.epoch == doubt.epoch,\n",
            ),
        ),
        found_in(RACES, "a_look_that_took_so_long_that_another_process_looked_meanwhile_does_not_count"),
        on="postgresql",
        second="the turn in the writes of a look",
    ),
    Mutant(
        "look-lock",
        "Whether a look is still the last word is asked under the lock that every change of the delivery takes.",
        "the lock: somebody may look, send and lose the answer between the question and the change",
        (Edit(UNCONFIRMED, "    lock_posts(session, [doubt.ref.post_id])\n", ""),),
        found_in(RACES, "a_look_that_is_noted_after_another_attempt_began_does_not_send_a_third_time"),
        on="postgresql",
    ),
    Mutant(
        "look-order",
        "Who looks for what is in doubt and who changes its post take deliveries in one order: none is turned away.",
        "the lock of the posts",
        (Edit(RECONCILE, "        lock_posts(session, sorted({row.Delivery.post_id for row in rows}))\n", ""),),
        found_in(
            "services/publishing/test_lock_order.py",
            "who_looks_for_what_is_in_doubt_and_who_changes_its_post_do_not_wait_in_a_circle",
        ),
        on="postgresql",
    ),
    Mutant(
        "decide-order",
        "Who decides about a delivery and whom the clock tells of it take it in one order: none is turned away.",
        "the lock of the post",
        (
            Edit(
                DECIDE,
                "    lock_posts(session, session.scalars(select(Delivery.post_id).where(*mine)).all())\n",
                "",
            ),
        ),
        found_in(
            "services/publishing/test_lock_order.py",
            "who_decides_about_what_is_overdue_and_who_reminds_of_it_do_not_wait_in_a_circle",
        ),
        on="postgresql",
    ),
    Mutant(
        "list-before",
        "Posts are listed from well before the attempt, in case a clock was put back since.",
        "two of the hours",
        (Edit(RECONCILE, "BEFORE = timedelta(hours=2) + SKEW\n", "BEFORE = SKEW\n"),),
        found_in(
            LOOK_TESTS,
            "a_post_that_went_out_before_our_clock_was_put_back_is_not_sent_again_but_shown_to_a_person",
        ),
    ),
    Mutant(
        "list-clock",
        "Posts are listed from a moment by the network's own clock, however far it is behind ours.",
        "the second question, by that clock",
        (
            Edit(
                RECONCILE,
                "return recent if ahead >= -SKEW else publisher.find_recent(since + ahead - BEFORE, under)",
                "return recent",
            ),
        ),
        found_in(LOOK_TESTS, "a_post_is_found_although_the_networks_clock_is_wrong"),
    ),
    Mutant(
        "adopt-taken",
        "A remote post that another delivery has is not adopted again.",
        "the look at what others have",
        (
            Edit(
                FACTS,
                "    taken = account.taken(session, channels, [post.remote_id for post in listed], but=itself)\n",
                "    taken: set[str] = set()\n",
            ),
        ),
        found_in(LOOK_TESTS, "a_remote_post_is_adopted_only_once"),
    ),
    Mutant(
        "adopt-account",
        "A remote post that a delivery of another workspace has, which posts for the same account, is not adopted.",
        "the other channels of the account",
        (
            Edit(
                FACTS,
                "    channels = account.channels_of_account(session, doubt.ref.channel_id)\n",
                "    channels = [doubt.ref.channel_id]\n",
            ),
        ),
        found_in(
            "services/publishing/test_same_account.py",
            "what_one_workspace_published_is_not_taken_for_the_lost_post_of_another",
        ),
    ),
    Mutant(
        "adopt-account-late",
        "A late yes to a post that a look gave to a delivery of another workspace is not believed a second time.",
        "the question whose it is",
        (
            Edit(
                FINISH,
                "        if isinstance(answer, Published) and _is_anothers(session, order, answer):\n",
                "        if False:\n",
            ),
        ),
        found_in(
            "services/publishing/test_same_account.py",
            "a_late_yes_to_a_post_that_a_look_gave_to_another_workspace_is_not_believed_a_second_time",
        ),
    ),
    Mutant(
        "adopt-once",
        "(channel, remote id) is unique: each remote post is adopted once, whoever writes.",
        "the constraint of the table",
        (
            Edit(MODEL, '        UniqueConstraint("channel_id", "remote_id"),\n', ""),
            Edit(
                CONSTRAINTS,
                '        sa.UniqueConstraint("channel_id", "remote_id", '
                'name=op.f("uq_delivery_channel_id_remote_id")),\n',
                "",
            ),
        ),
        found_in(SEND_TESTS, "an_id_that_another_delivery_has_is_not_taken_for_ours"),
    ),
    Mutant(
        "adopt-twin",
        "A post found is not adopted while another delivery of the same text is being sent.",
        "the look at twins that are being sent",
        (
            Edit(
                UNCONFIRMED,
                "    if facts.being_sent and (facts.near or finding is not Finding.ABSENT):\n",
                "    if False:\n",
            ),
        ),
        found_in(LOOK_TESTS, "a_post_found_is_not_adopted_while_another_of_the_same_text_is_being_sent"),
    ),
    Mutant(
        "adopt-by-hand",
        "A person cannot give one remote post to two deliveries.",
        "the look at what others have",
        (
            Edit(
                DECIDE, "    if remote_id is not None and _is_taken(session, delivery, remote_id):\n", "    if False:\n"
            ),
        ),
        found_in("services/publishing/test_decide.py", "a_post_that_another_delivery_has_cannot_be_chosen"),
    ),
    Mutant(
        "decide-state",
        "A person decides only about what cannot go on by itself.",
        "the look at the state",
        (Edit(DECIDE, "    if delivery.state not in states:\n", "    if False:\n"),),
        found_in("services/publishing/test_decide.py", "what_goes_on_by_itself_or_is_done_leaves_nothing_to_decide"),
    ),
    Mutant(
        "duplicate-absent",
        "A duplicate whose post is not found fails: a person sees to it, nothing is sent again.",
        "the end: it is scheduled again",
        (
            Edit(
                UNCONFIRMED,
                "        _fail_duplicate(session, doubt, last, now)\n    elif doubtful:",
                "        _schedule_again(session, doubt, delivery, now)\n    elif doubtful:",
            ),
        ),
        found_in(LOOK_TESTS, "a_duplicate_rejection_after_a_doubtful_attempt_is_given_the_whole_settle_time"),
    ),
    Mutant(
        "duplicate-settle",
        "A duplicate rejection after a doubtful attempt is given the whole settle time.",
        "the difference: one look is enough",
        (Edit(UNCONFIRMED, "len(attempts) == 1 and attempts[0].outcome is", "attempts[-1].outcome is"),),
        found_in(LOOK_TESTS, "a_duplicate_rejection_after_a_doubtful_attempt_is_given_the_whole_settle_time"),
    ),
    Mutant(
        "unknown-first-look",
        "An unconfirmed delivery has no other way back than three looks, a person, or the sender's own answer.",
        "the states: what is unconfirmed may be claimed",
        (
            Edit(
                "planner/domain/states.py",
                "S.UNKNOWN: frozenset({S.PUBLISHED, S.SCHEDULED, ",
                "S.UNKNOWN: frozenset({S.CLAIMED, S.SENDING, S.PUBLISHED, S.SCHEDULED, ",
            ),
        ),
        found_in("domain/test_states.py", "an_unconfirmed_delivery_is_never_sent_again_directly"),
    ),
)

"""Guards of a restore: what went out between the backup and the restore is found, and not sent again."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

ACCESS = "planner/services/publishing/access.py"
ACCOUNT = "planner/services/publishing/account.py"
ANSWERING = "planner/services/dialogue/answering.py"
BACKUP = "planner/services/backup/restoring.py"
CLAIM = "planner/services/publishing/claim.py"
DECIDE = "planner/services/publishing/decide.py"
DECLARING = "planner/services/backup/declaring.py"
LOCK = "planner/lock.py"
MARKS = "planner/services/publishing/marks.py"
MISSED = "planner/services/publishing/missed.py"
MOVES = "planner/services/publishing/moves.py"
PAUSE = "planner/services/publishing/pause.py"
RESTORED = "planner/services/publishing/restored.py"
UNCONFIRMED = "planner/services/publishing/unconfirmed.py"
WRITING = "planner/services/posts/writing.py"

FIRST = "    if restored.look_first(session, head, payload, now):\n"
EARLY_TESTS = "services/publishing/test_restored_early.py"
TESTS = "services/publishing/test_restored.py"

MUTANTS = (
    Mutant(
        "restore-due",
        "After a restore, what was due by now is unconfirmed.",
        "what was due among what is unconfirmed",
        (Edit(RESTORED, "    return delivery.state is S.SCHEDULED and is_due and", "    return False and is_due and"),),
        found_in(TESTS, "everything_is_paused_what_was_due_is_in_doubt_and_what_is_planned_is_looked_for"),
    ),
    Mutant(
        "restore-under-way",
        "After a restore, what was claimed or being sent is unconfirmed.",
        "what was under way among what is unconfirmed",
        (Edit(RESTORED, "    if delivery.state in FROZEN:\n        return True\n", ""),),
        found_in(TESTS, "everything_is_paused_what_was_due_is_in_doubt_and_what_is_planned_is_looked_for"),
    ),
    Mutant(
        "restore-anew",
        "Looks that were counted before the backup count no more after the restore.",
        "the count that begins anew",
        (Edit(RESTORED, ', "attempts_forgiven": number, "looks": 0}', ', "attempts_forgiven": number}'),),
        found_in(TESTS, "a_doubt_of_before_the_backup_begins_anew"),
    ),
    Mutant(
        "restore-since",
        "After a restore, posts are looked for from the backup's last event on.",
        "the backup's moment: they are looked for from now on",
        (Edit(RESTORED, "            made_at,\n", "            now,\n"),),
        found_in(TESTS, "what_went_out_after_the_backup_is_found_and_not_sent_again"),
    ),
    Mutant(
        "restore-kept",
        "After a restore, what was planned, a draft, missed, failed or with a person is looked for too.",
        "the look for what is not unconfirmed",
        (Edit(RESTORED, "    return delivery.state in KEPT and not", "    return False and not"),),
        found_in(TESTS, "what_stood_otherwise_in_the_backup_and_went_out_since_is_found"),
    ),
    Mutant(
        "restore-first",
        "What no look could tell of after a restore is looked for in place of its sending.",
        "the look at the claim",
        (Edit(MARKS, "    return bool(delivery.attempt_count) and row(", "    return False and row("),),
        found_in(TESTS, "where_no_look_could_tell_it_is_looked_for_again_in_place_of_its_sending"),
    ),
    Mutant(
        "restore-cancelled",
        "What a restore brought back as taken out is looked for where it is to go out after all.",
        "the mark on what is cancelled",
        (
            Edit(
                RESTORED,
                "    .where(Delivery.state != S.PUBLISHED)",
                "    .where(Delivery.state.notin_((S.PUBLISHED, S.CANCELLED)))",
            ),
        ),
        found_in(TESTS, "one_that_was_taken_out_long_ago_and_is_brought_back_is_looked_for_first"),
    ),
    Mutant(
        "restore-said",
        "A person who says that it is not live is not asked again because of a restore.",
        "the note that it was looked for",
        (
            Edit(
                DECIDE,
                "    if delivery.error_code in DOUBT:\n        restored.settle",
                "    if False:\n        restored.settle",
            ),
        ),
        found_in(TESTS, "of_a_channel_that_cannot_be_listed_people_are_asked_at_its_time_and_once"),
    ),
    Mutant(
        "restore-missing",
        "A network that is not installed keeps nothing from coming back.",
        "the look whether it is installed",
        (
            Edit(RESTORED, "    return channel.network in registry.networks() and assist.", "    return assist."),
            Edit(RESTORED, "registry.networks().get(channel.network)", "registry.networks()[channel.network]"),
        ),
        found_in(TESTS, "a_network_that_is_not_installed_here_keeps_nothing_from_coming_back"),
    ),
    Mutant(
        "restore-late",
        "What may have gone out after the backup and is too late by now is looked for before it is called missed.",
        "the look before the claim calls it missed",
        (
            Edit(
                CLAIM,
                FIRST,
                "    if not guards.is_late(head.promised_at, head.missed_after_seconds, now) and (\n"
                "        restored.look_first(session, head, payload, now)\n    ):\n",
            ),
        ),
        found_in(TESTS, "what_is_too_late_and_did_not_go_out_is_missed_once_that_is_known"),
    ),
    Mutant(
        "restore-by-hand",
        "What may have gone out after the backup is looked for before somebody publishes it by hand.",
        "the look before the claim asks them",
        (
            Edit(
                CLAIM,
                FIRST,
                "    if not assist.is_by_hand(access) and restored.look_first(session, head, payload, now):\n",
            ),
        ),
        found_in(EARLY_TESTS, "before_it_is_published_by_hand_somebody_is_asked_whether_it_is_there"),
    ),
    Mutant(
        "restore-handed-over",
        "What may have gone out after the backup is not handed to a person as surely not live.",
        "the look at the mark",
        (Edit(DECIDE, " or marks.may_have_gone_out(session, delivery):\n", ":\n"),),
        found_in(EARLY_TESTS, "before_it_is_published_by_hand_somebody_is_asked_whether_it_is_there"),
    ),
    Mutant(
        "restore-taken-off",
        "A channel that is put back on a post that may have gone out there is looked at first.",
        "the mark that passes to the new delivery",
        (
            Edit(
                WRITING,
                "        marks.inherit(session, delivery, channels_of_account(session, delivery.channel_id))\n",
                "        pass\n",
            ),
        ),
        found_in(EARLY_TESTS, "a_channel_that_is_taken_off_a_post_and_put_back_does_not_send_it_again"),
    ),
    Mutant(
        "restore-rank",
        "Of several with the same words, one promised later is not given what may be an earlier one's.",
        "the question who has a better claim",
        (
            Edit(
                UNCONFIRMED,
                "    claims = better_claims(session, doubt, facts.channels, delivery, attempts, posts)\n",
                "    claims: Sequence[bool] = ()\n",
            ),
        ),
        found_in(EARLY_TESTS, "one_that_is_claimed_while_the_channel_is_listed_goes_before_what_is_promised_later"),
    ),
    Mutant(
        "restore-nameless",
        "What a person called live, without saying which it is, is not given to another after a restore.",
        "its claim",
        (
            Edit(
                ACCOUNT,
                "_other.state == DeliveryState.PUBLISHED,\n                _other.remote_id.is_(None),",
                '_other.state == DeliveryState.PUBLISHED,\n                _other.remote_id == "",',
            ),
        ),
        found_in(EARLY_TESTS, "what_a_person_called_live_without_a_number_is_not_given_to_what_is_promised_later"),
    ),
    Mutant(
        "restore-asked",
        "What people are asked about after a restore is looked for when its channel has access again.",
        "what is asked about among what is looked for",
        (
            Edit(
                RESTORED,
                "            and_(DELIVERY.c.state == S.NEEDS_PERSON, DELIVERY.c.error_code.in_(sorted(DOUBT))),\n",
                "",
            ),
        ),
        found_in(
            EARLY_TESTS, "what_people_are_asked_about_is_looked_for_as_well_and_goes_before_what_is_promised_later"
        ),
    ),
    Mutant(
        "restore-held-late",
        "What may have gone out after the backup is not called missed while its channel has no access.",
        "the look in place of it",
        (
            Edit(
                MISSED, "        return restored.look_instead(session, platform, row, now)\n", "        return False\n"
            ),
        ),
        found_in(TESTS, "what_may_have_gone_out_and_is_too_late_now_is_asked_about_and_not_called_missed"),
    ),
    Mutant(
        "restore-access",
        "What could not be looked for after a restore is looked for when its channel has access again.",
        "the look",
        (Edit(ACCESS, "    restored.look_again(session, channel.id, now)\n", ""),),
        found_in(TESTS, "what_could_not_be_looked_for_is_looked_for_when_its_channel_has_access_again"),
    ),
    Mutant(
        "restore-deleted",
        "A deleted post that turns out to be live is in the plan again.",
        "what brings it back",
        (Edit(MOVES, "            _bring_back(session, ref, now)\n", "            pass\n"),),
        found_in("services/publishing/test_send.py", "a_late_success_brings_back_a_post_that_was_deleted_meanwhile"),
    ),
    Mutant(
        "restore-paused",
        "After a restore everything is paused.",
        "the pause",
        (Edit(RESTORED, "            workspace.paused_at = workspace.paused_at or now\n", ""),),
        found_in(TESTS, "everything_is_paused_what_was_due_is_in_doubt_and_what_is_planned_is_looked_for"),
    ),
    Mutant(
        "restore-release",
        "The pause of a restore cannot be lifted while anything is unconfirmed or looked for.",
        "the refusal",
        (Edit(PAUSE, "    if count := unconfirmed_after_restore(", "    if False and unconfirmed_after_restore("),),
        found_in(TESTS, "the_pause_cannot_be_released_before_all_is_looked_for"),
    ),
    Mutant(
        "restore-release-kept",
        "The pause of a restore cannot be lifted while anything planned is looked for.",
        "what is not unconfirmed among what refuses it",
        (
            Edit(
                PAUSE,
                "or_(Delivery.state == DeliveryState.UNKNOWN, and_(*restored.IS_LOOKED_FOR))",
                "or_(Delivery.state == DeliveryState.UNKNOWN)",
            ),
        ),
        found_in(TESTS, "the_pause_cannot_be_released_before_all_is_looked_for"),
    ),
    Mutant(
        "restore-declared",
        "A database that came back by its own means sends nothing again once that is declared.",
        "the doubt",
        (Edit(DECLARING, "        return doubt_what_went_out(platform, connection, since)\n", "        return 1\n"),),
        found_in(
            "services/test_backup.py",
            "a_database_that_came_back_by_its_own_means_sends_nothing_again_once_that_is_declared",
        ),
    ),
    Mutant(
        "restore-answers",
        "After a restore, an answer that is approved or tried again is looked for first.",
        "the mark on it",
        (
            Edit(
                ANSWERING,
                "where(Answer.state.in_((A.ASKED, A.FAILED)))",
                "where(Answer.state.in_(()))",
            ),
        ),
        found_in(
            "services/dialogue/test_answers.py", "after_a_restore_what_is_approved_or_tried_again_is_looked_for_first"
        ),
    ),
    Mutant(
        "restore-alone",
        "Nothing is restored while a server works with the instance.",
        "the lock of the instance folder",
        (
            Edit(
                LOCK, "fcntl.flock(handle, kind | fcntl.LOCK_NB)", "fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)"
            ),
        ),
        found_in("cli/test_data.py", "a_backup_is_restored_only_after_the_server_has_stopped"),
    ),
    Mutant(
        "restore-elsewhere",
        "Nothing is restored while a scheduler of another machine lives.",
        "the look for its sign of life",
        (Edit(BACKUP, "        if any(_may_be_alive(owner) for owner in recent):\n", "        if False:\n"),),
        found_in("services/test_backup.py", "nothing_is_restored_while_another_machines_scheduler_lives"),
        on="postgresql",
    ),
)

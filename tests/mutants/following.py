"""Guards of what follows a post, and of what is prepared ahead of its time."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

FOLLOWING = "planner/services/publishing/following.py"
HEARING = "planner/services/publishing/hearing.py"
FOLLOWING_TESTS = "services/publishing/test_following.py"
AHEAD_TESTS = "services/publishing/test_ahead.py"

LONG = found_in(AHEAD_TESTS, "how_far_it_is_is_kept_and_keeps_the_claim_alive_until_it_takes_too_long")

MUTANTS = (
    Mutant(
        "follow-made",
        "What follows a post is made in the transaction that notes it as published, whoever notes that.",
        "the making of what follows",
        (
            Edit(
                "planner/services/publishing/moves.py",
                "        following.after_publishing(session, ref, before, now, by_person=actor is not None)\n",
                "        pass\n",
            ),
        ),
        found_in(FOLLOWING_TESTS, "a_first_comment_is_made_with_the_note_of_its_post_and_stands_under_it"),
    ),
    Mutant(
        "follow-looked-for",
        "A comment that is unconfirmed is looked for under its post.",
        "the post, when what stands under it is listed",
        (
            Edit(
                "planner/services/publishing/reconcile.py",
                "publisher.find_recent(since - BEFORE, under)",
                "publisher.find_recent(since - BEFORE)",
            ),
        ),
        found_in(FOLLOWING_TESTS, "a_lost_answer_to_a_comment_is_looked_for_under_the_post_and_adopted"),
    ),
    Mutant(
        "follow-restored",
        "After a restore what follows a post is in doubt as the post is.",
        "the doubt about what follows",
        (
            Edit(
                FOLLOWING,
                'None if before.state is S.SENDING else session.scalar(_RESTORED, {"delivery": ref.id})',
                "None",
            ),
        ),
        found_in(FOLLOWING_TESTS, "after_a_restore_what_follows_is_in_doubt_like_its_post"),
    ),
    Mutant(
        "follow-by-hand",
        "What a person published by hand, with all that follows, is not followed by machine.",
        "the look at who published it",
        (
            Edit(
                FOLLOWING,
                "    elif by_person and before.state is S.NEEDS_PERSON and before.error_code == CODE:\n",
                "    elif False:\n",
            ),
        ),
        found_in(FOLLOWING_TESTS, "whoever_publishes_by_hand_was_shown_all_and_nothing_follows_by_itself"),
    ),
    Mutant(
        "follow-late",
        "What follows a post counts as late from when it could first go out.",
        "the moment from which it counts",
        (
            Edit(
                "planner/services/publishing/guards.py",
                "func.coalesce(Delivery.publish_at, Delivery.due_since)",
                "func.coalesce(Delivery.publish_at, Delivery.publish_at)",
            ),
        ),
        found_in(
            FOLLOWING_TESTS,
            "a_pause_between_post_and_comment_holds_the_comment_and_past_its_limit_it_is_missed",
        ),
    ),
    Mutant(
        "ahead-taken-back",
        "What is prepared ahead of its time is taken back from its sender by a change.",
        "the taking back",
        (Edit("planner/services/posts/store.py", "            delivery.state = DeliveryState.SCHEDULED\n", ""),),
        found_in(AHEAD_TESTS, "a_change_before_the_time_takes_it_back_from_its_sender"),
    ),
    Mutant(
        "ahead-room",
        "No more is claimed of what takes long to prepare than there are threads for it.",
        "the bound",
        (Edit("planner/services/publishing/claim.py", "        if round_.long_room <= 0:\n", "        if False:\n"),),
        found_in(AHEAD_TESTS, "no_more_is_claimed_of_what_takes_long_than_there_is_room_for"),
    ),
    Mutant(
        "prepare-alive",
        "A preparation that tells how far it is keeps its claim alive.",
        "the extension of the lease",
        (
            Edit(
                HEARING,
                '.values(lease_until=_LEASE, progress=bindparam("how_far", type_=DELIVERY.c.progress.type))',
                '.values(progress=bindparam("how_far", type_=DELIVERY.c.progress.type))',
            ),
            Edit(HEARING, '{**fence, "until": until, "how_far": progress}', '{**fence, "how_far": progress}'),
        ),
        LONG,
    ),
    Mutant(
        "prepare-too-long",
        "A preparation that takes too long is given up, so that nothing waits behind it for ever.",
        "the limit",
        (
            Edit(
                HEARING,
                "        if now - self._since > timedelta(seconds=self._platform.settings.prepare_timeout_seconds):\n",
                "        if False:\n",
            ),
        ),
        LONG,
    ),
    Mutant(
        "prepare-paused",
        "A pause ends what is being prepared.",
        "the look at what holds it",
        (Edit(HEARING, "standing is not None and guards.hold(standing, now) is None", "standing is not None"),),
        found_in(AHEAD_TESTS, "a_preparation_ends_where_it_makes_no_sense_any_more"),
    ),
    Mutant(
        "follow-found",
        "What follows a post that a look found is made, though somebody had been asked to publish it by hand.",
        "the question who noted it",
        (Edit(FOLLOWING, "    elif by_person and before.state", "    elif before.state"),),
        found_in(
            "services/publishing/test_restored_early.py",
            "what_follows_a_post_is_made_where_a_look_finds_it_though_somebody_was_to_publish_it",
        ),
    ),
)

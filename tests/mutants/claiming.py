"""Guards of the claim, and of every later write."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

CLAIM = "planner/services/publishing/claim.py"
GUARDS = "planner/services/publishing/guards.py"
CHANGES = "planner/services/publishing/changes.py"
RECOVER = "planner/services/publishing/recover.py"
SEND = "planner/services/publishing/send.py"

CLAIM_TESTS = "services/publishing/test_claim.py"
MOVES_TESTS = "services/publishing/test_moves.py"
POOL_TESTS = "services/publishing/test_pool.py"
RACES = "services/publishing/test_races.py"
RECOVER_TESTS = "services/publishing/test_recover.py"
SEND_TESTS = "services/publishing/test_send.py"

HELD = found_in(CLAIM_TESTS, "what_is_held_is_not_claimed")

MUTANTS = (
    Mutant(
        "claim-state",
        "A delivery leaves a state only if it still stands there: whoever comes second changes nothing.",
        "the old state in the compare-and-set",
        (
            Edit(
                CHANGES,
                'DELIVERY.c.state == bindparam("old_state"))',
                '(DELIVERY.c.state == bindparam("old_state")) | DELIVERY.c.id.is_not(None))',
            ),
        ),
        found_in(MOVES_TESTS, "a_move_from_a_state_that_is_over_changes_nothing"),
        simulated=True,
    ),
    Mutant(
        "claim-result",
        "A claim counts only if its compare-and-set changed the row.",
        "the look at the number of rows that the claim changed",
        (
            Edit(
                CLAIM,
                "    if not _compare_and_set(session, ref, fence, frozen, lease_until, now):\n",
                "    if not _compare_and_set(session, ref, fence, frozen, lease_until, now) and not ref:\n",
            ),
        ),
        found_in(RACES, "a_delivery_that_another_process_claims_between_look_and_claim_is_not_claimed_twice"),
        on="postgresql",
    ),
    Mutant(
        "claim-epoch",
        "The epoch grows with each claim, so that a process that lost its claim cannot pass for the one that has it.",
        "the growing of the epoch",
        (Edit(CLAIM, "fence = Fence(round_.owner, head.epoch + 1)", "fence = Fence(round_.owner, head.epoch)"),),
        found_in(SEND_TESTS, "the_same_owner_with_an_older_epoch_is_fenced_out_too"),
        simulated=True,
    ),
    Mutant(
        "fence-owner",
        "A write of the sender counts only while the claim is its own.",
        "the owner in the fence",
        (
            Edit(
                CHANGES,
                'DELIVERY.c.claim_owner == bindparam("old_owner"), DELIVERY',
                '(DELIVERY.c.claim_owner == bindparam("old_owner")) | DELIVERY.c.id.is_not(None), DELIVERY',
            ),
        ),
        found_in(MOVES_TESTS, "a_move_by_another_owner_or_of_another_epoch_changes_nothing"),
    ),
    Mutant(
        "fence-epoch",
        "A write of the sender counts only while nobody has claimed the delivery since.",
        "the epoch in the fence",
        (
            Edit(
                CHANGES,
                'DELIVERY.c.epoch == bindparam("old_epoch")',
                '(DELIVERY.c.epoch == bindparam("old_epoch")) | DELIVERY.c.id.is_not(None)',
            ),
        ),
        found_in(SEND_TESTS, "a_result_of_an_older_epoch_does_not_touch_a_newer_sending"),
    ),
    Mutant(
        "fence",
        "Every write after the claim is fenced by owner and epoch.",
        "the fence of every write, and the check that begins the sending",
        (
            Edit(CHANGES, "    if fence is not None:\n", "    fence = None\n    if fence is not None:\n"),
            Edit(
                SEND,
                "        Delivery.state == DeliveryState.CLAIMED,\n"
                '        Delivery.claim_owner == bindparam("owner"),\n'
                '        Delivery.epoch == bindparam("epoch"),\n',
                "",
            ),
        ),
        found_in(SEND_TESTS, "a_claim_that_was_lost_sends_nothing"),
        second="the look at state, owner and epoch in the transaction that begins the sending",
        simulated=True,
    ),
    Mutant(
        "claim-per-channel",
        "Of one channel no more deliveries are in flight than the bound says.",
        "the count of what is in flight",
        (Edit(CLAIM, 'bindparam("per_channel") > IN_FLIGHT', 'bindparam("per_channel") > 0'),),
        found_in(CLAIM_TESTS, "no_more_than_the_bound_of_a_channel_are_in_flight"),
    ),
    Mutant(
        "claim-lease-counts",
        "What a dead process left holds its channel only until the lease is over.",
        "the lease in the count of what is in flight",
        (Edit(CLAIM, "        _busy.lease_until > guards.NOW,\n", ""),),
        found_in(CLAIM_TESTS, "what_a_dead_process_left_does_not_block_its_channel"),
    ),
    Mutant(
        "claim-edit",
        "A post that somebody is changing at this moment is not frozen half old, half new.",
        "the lock of the claim on the post",
        (Edit(CLAIM, "    .with_for_update(of=Post, key_share=True, skip_locked=True)\n", ""),),
        found_in(RACES, "a_post_that_is_being_changed_is_claimed_only_with_its_new_text"),
        on="postgresql",
    ),
    Mutant(
        "claim-due",
        "Nothing is claimed before its time.",
        "the time to try, in the claim and when the sending begins",
        (
            Edit(CLAIM, "_waiting.try_at <= guards.NOW", "_waiting.try_at.is_not(None)"),
            Edit(GUARDS, "return try_at is None or try_at > now", "return False"),
        ),
        found_in(CLAIM_TESTS, "nothing_is_claimed_before_its_time"),
        second="the look at the time when the sending begins",
        simulated=True,
    ),
    Mutant(
        "claim-paused-workspace",
        "While the workspace is paused nothing of it is claimed.",
        "the workspace's pause in the claim",
        (
            Edit(
                GUARDS,
                "        Workspace.paused_at.is_(None),\n        Channel.paused_at.is_(None),\n        Channel.arch",
                "        Channel.paused_at.is_(None),\n        Channel.arch",
            ),
        ),
        HELD,
    ),
    Mutant(
        "claim-paused-channel",
        "While a channel is paused nothing of it is claimed.",
        "the channel's pause in the claim",
        (Edit(GUARDS, "        Channel.paused_at.is_(None),\n        Channel.arch", "        Channel.arch"),),
        HELD,
    ),
    Mutant(
        "claim-paused-campaign",
        "While a campaign is paused nothing of it is claimed.",
        "the campaign's pause in the claim",
        (
            Edit(
                GUARDS,
                "Post.approved_at.is_not(None)), _CAMPAIGN_PAUSED_AT.is_(None))",
                "Post.approved_at.is_not(None)))",
            ),
        ),
        HELD,
    ),
    Mutant(
        "claim-reconnect",
        "A channel whose access has ended claims nothing until a person has reconnected it.",
        "the wait for the reconnection in the claim",
        (Edit(GUARDS, "        Channel.reconnect_since.is_(None),\n", ""),),
        HELD,
    ),
    Mutant(
        "claim-throttled",
        "A channel that its network asked to wait claims nothing until then.",
        "the network's moment in the claim",
        (Edit(GUARDS, "        or_(Channel.throttled_until.is_(None), Channel.throttled_until <= NOW),\n", ""),),
        HELD,
    ),
    Mutant(
        "claim-approval",
        "What needs a lead's yes and has none is not claimed.",
        "the yes in the claim",
        (
            Edit(
                GUARDS,
                "and_(or_(Post.needs_approval.is_(False), Post.approved_at.is_not(None)), _",
                "and_(or_(Post.needs_approval.is_(False), Post.id.is_not(None)), _",
            ),
        ),
        found_in(CLAIM_TESTS, "what_has_no_yes_is_not_claimed_even_if_it_is_scheduled"),
    ),
    Mutant(
        "claim-by-hand",
        "Where only a person can publish, the person is asked and nothing is sent.",
        "the question",
        (Edit(CLAIM, "    if assist.is_by_hand(access):\n", "    if False:\n"),),
        found_in(CLAIM_TESTS, "where_only_a_person_can_publish_the_owner_is_asked_at_the_due_time"),
    ),
    Mutant(
        "claim-missed",
        "What is past its channel's limit is not sent any more: a person is asked.",
        "the limit at the claim and when the sending begins",
        (
            Edit(
                GUARDS,
                "return promised_at is not None and now > promised_at + timedelta(seconds=missed_after_seconds)",
                "return False",
            ),
        ),
        found_in(CLAIM_TESTS, "a_delivery_past_its_channels_limit_is_missed_and_a_person_is_told"),
        simulated=True,
    ),
    Mutant(
        "recover-claimed",
        "A claim whose lease ran out is taken back, so that a dead process loses nothing.",
        "the claims in the recovery",
        (
            Edit(
                RECOVER,
                "        Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)),\n        Delivery.lease",
                "        Delivery.state.in_((DeliveryState.SENDING,)),\n        Delivery.lease",
            ),
        ),
        found_in(RECOVER_TESTS, "a_claim_whose_lease_ran_out_is_scheduled_again_and_sent_by_another"),
        simulated=True,
    ),
    Mutant(
        "recover-sending",
        "A sending whose lease ran out is taken up again, as unconfirmed.",
        "what is being sent in the recovery",
        (
            Edit(
                RECOVER,
                "        Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)),\n        Delivery.lease",
                "        Delivery.state.in_((DeliveryState.CLAIMED,)),\n        Delivery.lease",
            ),
        ),
        found_in(RECOVER_TESTS, "a_sending_whose_lease_ran_out_is_unconfirmed_and_never_sent_again_directly"),
        simulated=True,
    ),
    Mutant(
        "recover-lease",
        "A claim is its owner's as long as the lease lasts.",
        "the lease in the recovery",
        (
            Edit(RECOVER, "        Delivery.lease_until <= guards.NOW,\n", ""),
            Edit(RECOVER, 'bindparam("old_state"), Delivery.lease_until <= guards.NOW', 'bindparam("old_state")'),
        ),
        found_in(RECOVER_TESTS, "a_claim_whose_lease_ran_out_is_scheduled_again_and_sent_by_another"),
        second="the second look at the lease, in the transaction that recovers",
    ),
    Mutant(
        "recover-lock",
        "Whether a lease is over is asked once more under the lock that every change of the delivery takes.",
        "the lock: somebody may take it back and claim it anew between the question and the change",
        (
            Edit(
                RECOVER,
                "        lock_posts(session, sorted({row.post_id for row in expired}))\n",
                "",
            ),
        ),
        found_in(RACES, "a_claim_that_two_processes_take_back_at_once_is_left_to_whoever_claimed_it_anew"),
        on="postgresql",
    ),
    Mutant(
        "recover-resend",
        "A sending whose lease ran out may be live: it is never sent again directly.",
        "the doubt: what was being sent is scheduled again",
        (
            Edit(
                RECOVER,
                "    return _give_up_sending(session, ref, now)\n",
                '    values = {**FREE, "payload": None}\n'
                "    return move(session, ref, state, DeliveryState.SCHEDULED, now, values=values)\n",
            ),
        ),
        found_in(RECOVER_TESTS, "a_sending_whose_lease_ran_out_is_unconfirmed_and_never_sent_again_directly"),
        simulated=True,
    ),
    Mutant(
        "sqlite-immediate",
        "On SQLite every write begins as one, so that what it read is still true when it writes.",
        "BEGIN IMMEDIATE",
        (Edit("planner/database.py", 'sqlite_begin="IMMEDIATE"', 'sqlite_begin="DEFERRED"'),),
        found_in(CLAIM_TESTS, "many_processes_that_claim_at_once_never_get_the_same_delivery"),
    ),
    Mutant(
        "heartbeat",
        "A preparation that outlasts its lease keeps its claim alive.",
        "the extension of leases",
        (
            Edit(
                "planner/services/publishing/hands.py",
                "changed(session, statement.values(lease_until=now + lease))",
                "statement.values(lease_until=now)",
            ),
        ),
        found_in(POOL_TESTS, "a_preparation_that_outlasts_its_lease_keeps_it_alive"),
    ),
)

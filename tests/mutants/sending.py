"""Guards of the moment before the call, of the call, and of the note of its result."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

APPROVALS = "planner/services/approvals.py"
FINISH = "planner/services/publishing/finish.py"
GUARDS = "planner/services/publishing/guards.py"
PAYLOAD = "planner/services/publishing/payload.py"
SEND = "planner/services/publishing/send.py"
STATES = "planner/domain/states.py"
STORE = "planner/services/posts/store.py"
TRANSPORT = "publishers/transport.py"

CLAIM_TESTS = "services/publishing/test_claim.py"
HTTP_TESTS = "publishers/test_http.py"
RACES = "services/publishing/test_races.py"
SEND_TESTS = "services/publishing/test_send.py"

CHANGED_SINCE = found_in(SEND_TESTS, "what_changed_since_the_claim_stops_the_sending")
FROZEN = found_in(CLAIM_TESTS, "an_edit_a_deletion_and_a_withdrawal_are_refused_while_the_payload_is_frozen")
PAUSE_RACE = found_in(
    "services/publishing/test_pause_race.py",
    "a_sender_that_comes_while_a_pause_is_being_written_waits_and_then_sends_nothing",
    "a_pause_is_not_confirmed_before_what_passed_the_last_check_is_on_record",
)


def _hold(name: str, fact: str, guard: str, taken: str) -> Mutant:
    """One of the facts that are looked at once more when the sending begins."""
    condition = "is_unapproved(standing)" if name == "approval" else f"standing.{fact} is not None"
    edit = Edit(GUARDS, f", {condition}),\n", ", False),\n")
    return Mutant(f"begin-{name}", guard, taken, (edit,), CHANGED_SINCE)


MUTANTS = (
    _hold(
        "paused-workspace",
        "workspace_paused_at",
        "A pause of the workspace that came after the claim still stops the sending.",
        "the workspace's pause in the last check",
    ),
    _hold(
        "paused-campaign",
        "campaign_paused_at",
        "A pause of the campaign that came after the claim still stops the sending.",
        "the campaign's pause in the last check",
    ),
    _hold(
        "paused-channel",
        "channel_paused_at",
        "A pause of the channel that came after the claim still stops the sending.",
        "the channel's pause in the last check",
    ),
    _hold(
        "approval",
        "",
        "A yes that was taken back after the claim stops the sending.",
        "the yes in the last check",
    ),
    _hold(
        "reconnect",
        "reconnect_since",
        "A channel whose access ended after the claim sends nothing.",
        "the wait for the reconnection in the last check",
    ),
    Mutant(
        "begin-throttled",
        "A network's word to wait that came after the claim is heard.",
        "the network's moment in the last check",
        (Edit(GUARDS, "(Hold.THROTTLED, is_throttled(standing.throttled_until, now))", "(Hold.THROTTLED, False)"),),
        CHANGED_SINCE,
    ),
    Mutant(
        "begin-check",
        "Everything that was true at the claim is checked once more in the transaction that begins the sending.",
        "the whole last check but for the time",
        (
            Edit(
                SEND,
                "if switched or guards.hold(standing, now) is not None or guards.is_early",
                "if switched or guards.is_early",
            ),
        ),
        CHANGED_SINCE,
        simulated=True,
    ),
    Mutant(
        "begin-early",
        "What was moved to a later time after the claim is not sent now.",
        "the time in the last check",
        (Edit(SEND, " or guards.is_early(standing.try_at, now):", ":"),),
        CHANGED_SINCE,
    ),
    Mutant(
        "begin-late",
        "What became too late after the claim is missed, not sent.",
        "the limit in the last check",
        (Edit(SEND, "if guards.is_late(standing.promised_at, standing.missed_after_seconds, now):", "if False:"),),
        found_in(SEND_TESTS, "what_became_too_late_since_the_claim_is_missed"),
    ),
    Mutant(
        "pause-lock",
        "Who pauses waits for the last check that is running: once a pause is confirmed nothing begins.",
        "the locks of the last check",
        (Edit(SEND, "    _lock_against_pause(session, work)\n", ""),),
        PAUSE_RACE,
        on="postgresql",
    ),
    Mutant(
        "pause-lock-channel",
        "The same for the pause of a channel or workspace by itself.",
        "the lock on channel and workspace",
        (Edit(SEND, "work.ref.channel_id).with_for_update(read=True)).all()", "work.ref.channel_id)).all()"),),
        PAUSE_RACE,
        on="postgresql",
    ),
    Mutant(
        "pause-lock-campaign",
        "The same for the pause of a campaign.",
        "the lock on the campaign",
        (Edit(SEND, "session.execute(campaign.with_for_update(read=True, of=Campaign)).all()", ""),),
        PAUSE_RACE,
        on="postgresql",
    ),
    Mutant(
        "attempt-first",
        "The attempt is on record before the network hears of it.",
        "the attempt's row",
        (Edit(SEND, "added(session, _INSERT, attempt), number, begin_by", "0, number, begin_by"),),
        found_in(SEND_TESTS, "the_attempt_is_on_record_before_the_network_hears_of_it"),
        simulated=True,
    ),
    Mutant(
        "attempt-together",
        "The attempt is written in the transaction that enters `sending`: neither is there without the other.",
        "the one transaction: the attempt gets its own, right after",
        (
            Edit(SEND, "added(session, _INSERT, attempt), number, begin_by", "0, number, begin_by"),
            Edit(
                SEND,
                "    return platform.database.write_together("
                "lambda session: _begin(session, platform, work, access))\n",
                "    order = platform.database.write_together(lambda s: _begin(s, platform, work, access))\n"
                "    if order is None:\n"
                "        return None\n"
                "    row = {\n"
                '        "delivery_id": work.ref.id, "number": order.number, "epoch": work.fence.epoch,\n'
                '        "owner": work.fence.owner, "fingerprint": work.payload.fingerprint,\n'
                '        "started_at": platform.clock.now(), "deadline_at": order.deadline,\n'
                "    }\n"
                "    written = platform.database.write_together(lambda s: added(s, _INSERT, row))\n"
                "    return replace(order, attempt_id=written)\n",
            ),
        ),
        found_in(SEND_TESTS, "an_attempt_that_cannot_be_put_on_record_is_not_made"),
    ),
    Mutant(
        "begin-by",
        "A process that stood still between its last check and the call does not call.",
        "the moment by which the call must begin",
        (Edit(SEND, "if platform.clock.now() > order.begin_by:", "if False:"),),
        found_in(SEND_TESTS, "a_process_that_stood_still_between_check_and_call_does_not_call"),
        simulated=True,
    ),
    Mutant(
        "deadline-total",
        "A call has one deadline in total, however slowly the bytes arrive.",
        "the end of the call as the limit of each read",
        (
            Edit(
                TRANSPORT,
                "    def recv_into(self, *args: Any, **kwargs: Any) -> int:\n"
                "        self.settimeout(_socket_limit())\n"
                "        return super().recv_into(*args, **kwargs)\n\n"
                "    def sendall",
                "    def sendall",
            ),
        ),
        found_in(
            HTTP_TESTS,
            "a_server_that_drips_cannot_hold_a_call_beyond_its_deadline",
        ),
    ),
    Mutant(
        "deadline-passed",
        "Once the deadline has passed nothing is sent any more.",
        "the end: a deadline that has passed leaves another second, to open a connection and to send",
        (
            Edit(
                TRANSPORT,
                '    if left <= 0:\n        raise TimeoutError("the deadline of the call has passed")\n',
                "    if left <= 0:\n        return 1.0\n",
            ),
            Edit(
                TRANSPORT,
                '    if left <= 0:\n        raise TimeoutError("no time left to connect")\n',
                "    if left <= 0:\n        return 1.0\n",
            ),
        ),
        found_in(HTTP_TESTS, "once_the_deadline_has_passed_nothing_is_sent_any_more"),
        second="the limit of opening a connection",
    ),
    Mutant(
        "stop-begins-nothing",
        "A process that is asked to stop begins no further call.",
        "the look at whether to stop",
        (Edit(SEND, "            if stopping():\n", "            if False:\n"),),
        found_in(SEND_TESTS, "a_process_that_is_asked_to_stop_begins_nothing_more"),
    ),
    Mutant(
        "not-sent",
        "That nothing was sent is written only of what is still claimed: an error after the call proves nothing.",
        "the state from which it is written",
        (
            Edit(
                FINISH,
                "        session, work.ref, DeliveryState.CLAIMED, verdict.state, now,",
                "        session, work.ref, session.get_one(Delivery, work.ref.id).state, verdict.state, now,",
            ),
        ),
        found_in(SEND_TESTS, "an_error_of_our_own_after_the_call_leaves_it_to_the_lease"),
    ),
    Mutant(
        "note-again",
        "A result that the database did not take is written again.",
        "the second try",
        (Edit("planner/services/publishing/again.py", "TRIES = 4", "TRIES = 1"),),
        found_in(RACES, "a_result_that_the_database_did_not_take_is_written_again"),
        on="postgresql",
    ),
    Mutant(
        "media-checksum",
        "An image that changed on the disk after the claim is not sent.",
        "the comparison of checksums",
        (Edit(PAYLOAD, "        if found != payload.checksums.get(medium.path.name):\n", "        if False:\n"),),
        found_in(SEND_TESTS, "an_image_that_was_changed_on_the_disk_is_not_sent"),
    ),
    *(
        Mutant(
            f"frozen-{state}",
            f"What is {state} is frozen: no edit, no deletion, no withdrawal of the yes.",
            f"{state} among the frozen states",
            (
                Edit(
                    STATES,
                    "FROZEN = frozenset({S.CLAIMED, S.SENDING, S.UNKNOWN})",
                    "FROZEN = frozenset({" + ", ".join(f"S.{one}" for one in kept) + "})",
                ),
            ),
            FROZEN,
            simulated=state == "claimed",
        )
        for state, kept in (
            ("claimed", ("SENDING", "UNKNOWN")),
            ("sending", ("CLAIMED", "UNKNOWN")),
            ("unknown", ("CLAIMED", "SENDING")),
        )
    ),
    Mutant(
        "frozen-withdrawal",
        "A yes cannot be taken back while the payload is frozen.",
        "the refusal in the withdrawal",
        (
            Edit(
                APPROVALS,
                "    deliveries = store.changeable(session, post_id, now)\n"
                "    if post.approved_at is None and post.approval_asked_at",
                "    deliveries = store.deliveries_of(session, post_id)\n"
                "    if post.approved_at is None and post.approval_asked_at",
            ),
        ),
        FROZEN,
    ),
    Mutant(
        "frozen-queue",
        "What is frozen is not given another slot.",
        "the refusal of the queue",
        (Edit("planner/services/queue.py", "        if state in FROZEN:\n", "        if False:\n"),),
        found_in("services/test_queue.py", "what_is_on_its_way_or_out_is_not_queued"),
    ),
    Mutant(
        "frozen-lock",
        "Who edits looks at the deliveries as they are when the edit is written.",
        "the locks of an edit on the post and its deliveries",
        (
            Edit(STORE, "session.scalar(query.with_for_update(key_share=True))", "session.scalar(query)"),
            Edit(STORE, ".order_by(Delivery.id).with_for_update()\n", ".order_by(Delivery.id)\n"),
        ),
        found_in(RACES, "what_an_edit_looked_at_is_not_claimed_before_the_edit_is_written"),
        on="postgresql",
        second="the lock on the deliveries",
    ),
    Mutant(
        "note-fenced",
        "A late failure never overwrites what happened since.",
        "the fence of the result",
        (
            Edit(
                FINISH,
                "move(session, work.ref, old, new, now, fence=work.fence, values=values, data=data)\n        for",
                "move(session, work.ref, old, new, now, values=values, data=data)\n        for",
            ),
        ),
        found_in(SEND_TESTS, "a_result_of_an_older_epoch_does_not_touch_a_newer_sending"),
    ),
    Mutant(
        "late-success",
        "A late success is adopted in whatever state it finds the delivery.",
        "the adoption of a late success",
        (
            Edit(
                FINISH,
                "    if not _fenced(session, order, DeliveryState.PUBLISHED, now, values, data):\n"
                "        _adopt_late(session, order.work, published, now)\n",
                "    _fenced(session, order, DeliveryState.PUBLISHED, now, values, data)\n",
            ),
        ),
        found_in(SEND_TESTS, "a_late_success_is_adopted_in_whatever_state_it_finds_the_delivery"),
        simulated=True,
    ),
    Mutant(
        "late-answer",
        "An answer that comes after the sender was given up still counts as long as nobody claimed the delivery.",
        "`unknown` as a state in which an answer may find its delivery",
        (
            Edit(
                FINISH,
                "STILL_OURS = (DeliveryState.SENDING, DeliveryState.UNKNOWN)",
                "STILL_OURS = (DeliveryState.SENDING,)",
            ),
        ),
        found_in(
            SEND_TESTS, "an_answer_that_comes_after_the_delivery_was_given_up_still_counts_as_long_as_nobody_claimed_it"
        ),
    ),
    Mutant(
        "published-twice",
        "Two posts of one delivery are admitted, and a person is told.",
        "the note and the notice",
        (
            Edit(
                FINISH,
                '        notices.about_delivery(session, ref, now, "delivery_published_twice", url=published.url)\n',
                "",
            ),
        ),
        found_in(SEND_TESTS, "two_posts_of_one_delivery_are_admitted_and_a_person_is_told"),
    ),
    Mutant(
        "begin-by-hand",
        "What was claimed before its channel was switched to people is handed to them, not sent.",
        "the look at the switch when the sending begins",
        (Edit(SEND, "    if standing.by_hand_since is not None:", "    if False:"),),
        found_in("services/publishing/test_by_hand.py", "a_switch_after_the_claim_still_stops_the_sending"),
    ),
    Mutant(
        "begin-rehearsal",
        "What was prepared at one place is not sent at another: a rehearsal that began or ended hands it back.",
        "the look at the rehearsal when the sending begins",
        (Edit(SEND, "    if switched or guards.hold(", "    if guards.hold("),),
        found_in(
            "services/publishing/test_rehearsal.py",
            "a_post_that_was_prepared_before_the_switch_is_handed_back_and_sent_where_it_belongs",
        ),
    ),
)

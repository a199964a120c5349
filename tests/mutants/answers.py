"""Guards of what an answer proves, and of what it does to its channel."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

CLASSIFY = "planner/services/publishing/classify.py"
EFFECTS = "planner/services/publishing/channel_effects.py"
ERRORS = "publishers/errors.py"
HTTP = "publishers/http.py"
READING = "publishers/reading.py"
OBSERVED = "planner/services/observed.py"
PREPARE = "planner/services/publishing/prepare.py"
RENEWAL = "planner/services/publishing/renewal.py"
RETRY = "planner/domain/retry.py"
SEND = "planner/services/publishing/send.py"

CLASSIFY_TESTS = "services/publishing/test_classify.py"
ENDS_TESTS = "services/publishing/access/test_ends.py"
ERRORS_TESTS = "publishers/test_errors.py"
FAULTS_TESTS = "publishers/test_faults.py"
HTTP_TESTS = "publishers/test_http.py"
RACES = "services/publishing/test_races.py"
REFUSED_TESTS = "services/publishing/access/test_refused.py"
RENEWAL_TESTS = "services/publishing/access/test_renewal.py"
RETRY_TESTS = "domain/test_retry.py"
SEND_TESTS = "services/publishing/test_send.py"
STRANGE_TESTS = "publishers/test_strange_answers.py"

BY_STATUS = found_in(ERRORS_TESTS, "the_status_alone_decides_on_the_side_of_may_have_been_accepted")
REFUSED_TOKEN = found_in(RENEWAL_TESTS, "a_token_that_the_network_refuses_is_renewed_and_the_delivery_goes_out")
UNSURE = found_in(
    CLASSIFY_TESTS,
    "an_answer_that_does_not_say_for_sure_makes_it_unconfirmed_and_it_is_never_sent_again_directly",
)


def _status(status: str, words: str, guard: str) -> Mutant:
    """A status that says nothing for sure, read as a refusal."""
    row = f'        "{words}",\n        {status},\n'
    edit = Edit(ERRORS, f"        Uncertain,\n{row}", f"        Refused,\n{row}")
    name = "answer-3xx" if status.startswith("range") else f"answer-{status}"
    return Mutant(name, guard, "the doubt: it is read as a refusal", (edit,), BY_STATUS)


MUTANTS = (
    Mutant(
        "answer-uncertain",
        "What does not say for sure (a time-out, a broken connection, a server error) is unconfirmed, "
        "never sent again directly.",
        "the doubt: it is tried again like a refusal",
        (
            Edit(
                CLASSIFY,
                '    return _verdict(error, Outcome.UNCERTAIN, DeliveryState.UNKNOWN, "unconfirmed")\n',
                "    return _refused(_as_refused(error), attempts, now)\n",
            ),
        ),
        UNSURE,
        simulated=True,
    ),
    Mutant(
        "answer-broken-off",
        "A connection that broke off or timed out after a byte was sent is not a refusal.",
        "the look at whether anything was sent",
        (Edit(HTTP, "        if anything_sent():\n", "        if False:\n"),),
        found_in(HTTP_TESTS, "what_breaks_after_sending_is_uncertain"),
        simulated=True,
    ),
    Mutant(
        "answer-never-opened",
        "A connection that never opened has sent nothing: it is tried again, and nobody has to look for it.",
        "the refusal: it is read as doubt",
        (
            Edit(
                HTTP,
                'return Refused(f"{self._network} could not be reached',
                'return Uncertain(f"{self._network} could not be reached',
            ),
        ),
        found_in(CLASSIFY_TESTS, "a_connection_that_never_opened_is_a_refusal"),
    ),
    Mutant(
        "answer-5xx",
        "A server error may come after the post was stored.",
        "the doubt: a server error is read as a refusal",
        (
            Edit(
                ERRORS,
                "BEFORE_TABLES = tuple(rule for rule in BY_STATUS if rule.status == range(500, 600))",
                "BEFORE_TABLES = ()",
            ),
            Edit(
                ERRORS,
                '        Uncertain,\n        "has a problem of its own",\n        range(500, 600),\n',
                '        Refused,\n        "has a problem of its own",\n        range(500, 600),\n',
            ),
        ),
        UNSURE,
        second="the row for server errors that goes before every table",
        simulated=True,
    ),
    Mutant(
        "answer-5xx-first",
        "A server error is decided before any network's own table: its body may say what it wants.",
        "the row that goes before the tables",
        (
            Edit(
                ERRORS,
                "BEFORE_TABLES = tuple(rule for rule in BY_STATUS if rule.status == range(500, 600))",
                "BEFORE_TABLES = ()",
            ),
        ),
        found_in(ERRORS_TESTS, "a_server_error_is_uncertain_whatever_a_table_says"),
    ),
    _status("range(300, 400)", "answered with a redirect", "A redirect proves nothing."),
    _status("408", "gave up waiting", "408 proves nothing: the network may have finished what it began."),
    _status("409", "reports a conflict", "409 proves nothing: the conflict may be with our own post."),
    _status("425", "reports a request that came too early", "425 proves nothing."),
    Mutant(
        "answer-unexpected",
        "An answer of a kind that nobody foresaw proves nothing.",
        "the doubt: it is read as a refusal",
        (Edit(ERRORS, '    Rule(Uncertain, "gave an unexpected', '    Rule(Refused, "gave an unexpected'),),
        BY_STATUS,
    ),
    Mutant(
        "answer-malformed",
        "A success that cannot be read proves nothing.",
        "the doubt: it is read as a refusal",
        (
            Edit(
                HTTP,
                'raise Uncertain(f"{network} gave an answer that cannot be read',
                'raise Refused(f"{network} gave an answer that cannot be read',
            ),
            Edit(
                READING,
                '    raise Uncertain(f"{network} gave an answer that is not the documented one.")\n\n\ndef as_list',
                '    raise Refused(f"{network} gave an answer that is not the documented one.")\n\n\ndef as_list',
            ),
            Edit(
                READING, "from publishers.base import Uncertain\n", "from publishers.base import Refused, Uncertain\n"
            ),
        ),
        found_in(STRANGE_TESTS, "a_strange_answer_to_a_publish_is_uncertain"),
        second="the reading of documented shapes",
    ),
    Mutant(
        "answer-nameless",
        "A success that names no post proves nothing.",
        "the doubt: it is read as a refusal",
        (
            Edit(
                READING,
                'raise Uncertain(f"{network} answered without naming the post.")',
                'raise Refused(f"{network} answered without naming the post.")',
            ),
            Edit(
                READING, "from publishers.base import Uncertain\n", "from publishers.base import Refused, Uncertain\n"
            ),
        ),
        found_in(STRANGE_TESTS, "a_strange_answer_to_a_publish_is_uncertain"),
    ),
    Mutant(
        "answer-our-error",
        "An error of ours during the call says nothing about what was sent.",
        "the doubt: it is tried again like a refusal",
        (Edit(OBSERVED, "class AdapterFailed(Uncertain)", "class AdapterFailed(Refused)"),),
        found_in(SEND_TESTS, "an_error_of_ours_during_the_call_leaves_it_unconfirmed"),
    ),
    Mutant(
        "answer-duplicate",
        "A duplicate rejection is looked up; it is never sent again by itself.",
        "the look: it is tried again like a refusal",
        (
            Edit(
                CLASSIFY,
                '        return _verdict(error, Outcome.DUPLICATE, DeliveryState.UNKNOWN, "duplicate", '
                "named_id=error.existing_id)\n",
                "        return _refused(_as_refused(error), attempts, now)\n",
            ),
        ),
        found_in(CLASSIFY_TESTS, "a_duplicate_rejection_without_a_post_of_ours_fails_and_is_never_sent_again"),
    ),
    Mutant(
        "answer-rejected",
        "A text that the network rejects is not tried again.",
        "the end: it is tried again like a refusal",
        (
            Edit(
                CLASSIFY,
                "            return _verdict(error, Outcome.REJECTED, DeliveryState.FAILED, code)\n",
                "            return _refused(_as_refused(error), attempts, now)\n",
            ),
        ),
        found_in(CLASSIFY_TESTS, "a_clear_rejection_fails_in_the_networks_own_words"),
    ),
    Mutant(
        "answer-reconnect",
        "An access that has ended is a person's to renew; nothing is tried blindly.",
        "the person: it is tried again like a refusal",
        (
            Edit(
                CLASSIFY,
                "        return _verdict(error, Outcome.RECONNECT, DeliveryState.NEEDS_PERSON, "
                "RECONNECT, channel=effect)\n",
                "        return _refused(_as_refused(error), attempts, now)\n",
            ),
        ),
        found_in(CLASSIFY_TESTS, "a_token_that_ended_for_good_asks_for_a_reconnection_and_holds_the_channel"),
    ),
    Mutant(
        "call-once",
        "A call to publish is never repeated by the layer that speaks HTTP.",
        "the connection's restraint: it repeats what broke",
        (
            Edit(
                HTTP,
                "            response = super().send(request, ",
                "            from urllib3 import Retry\n\n"
                "            self.max_retries = Retry(2, allowed_methods=None)\n"
                "            response = super().send(request, ",
            ),
        ),
        found_in(FAULTS_TESTS, "a_publish_is_never_repeated_by_itself"),
    ),
    Mutant(
        "attempts-bounded",
        "After five attempts a refusal is final.",
        "the bound",
        (Edit(RETRY, "    if attempts >= MOST_ATTEMPTS:\n        return None\n", ""),),
        found_in(CLASSIFY_TESTS, "a_network_out_of_reach_is_tried_again_and_fails_after_five_attempts"),
    ),
    Mutant(
        "retry-after",
        "The network's own word, Retry-After before all, says when to try again.",
        "the network's word",
        (Edit(RETRY, "    if retry_after is not None:\n", "    if False:\n"),),
        found_in("domain/test_retry.py", "the_networks_own_word_goes_before_our_steps"),
    ),
    Mutant(
        "retry-after-header",
        "Retry-After goes before the header that tells the end of the window.",
        "the reading of Retry-After",
        (Edit(ERRORS, '    value = headers.get("Retry-After", "").strip()\n', '    value = ""\n'),),
        found_in(CLASSIFY_TESTS, "retry_after_goes_before_the_reset_header"),
    ),
    Mutant(
        "unreachable",
        "A network out of reach holds the whole channel, so that the next delivery does not try at once.",
        "the channel's wait",
        (
            Edit(
                EFFECTS,
                "        _throttle(lock_channel(session, access.channel_id), verdict.try_at)\n",
                "        pass\n",
            ),
        ),
        found_in(CLASSIFY_TESTS, "a_network_out_of_reach_is_tried_again_and_fails_after_five_attempts"),
    ),
    Mutant(
        "access-lasts",
        "A token that would end during the call is renewed before it.",
        "the look at how long it lasts",
        (
            Edit(
                PREPARE, "    if not renewal.is_short_of_time(work.token_expires_at, now, needed):\n", "    if True:\n"
            ),
        ),
        found_in(RENEWAL_TESTS, "a_token_that_would_end_during_the_call_is_renewed_before_it"),
    ),
    Mutant(
        "access-waits",
        "Where a token that would end during the call cannot be renewed in time, the delivery is handed back.",
        "the handing back: it goes out with what there is",
        (
            Edit(
                PREPARE,
                "    if not renewal.is_short_of_time("
                "work.token_expires_at, now, platform.settings.send_timeout_seconds):\n",
                "    if True:\n",
            ),
        ),
        found_in(
            RENEWAL_TESTS,
            "while_another_process_renews_the_delivery_waits_and_no_attempt_is_counted",
            "a_network_that_cannot_renew_right_now_costs_a_try_and_not_the_connection",
        ),
    ),
    Mutant(
        "access-over",
        "What has no access that lasts, and none to be had, waits for a person to reconnect its channel.",
        "the person: it goes out with what there is",
        (
            Edit(
                PREPARE,
                '    raise NotReady(needs_reconnection("The access has ended."))\n',
                "    return work.access\n",
            ),
        ),
        found_in(ENDS_TESTS, "a_token_spent_in_vain_asks_for_a_reconnection_and_no_post_is_lost"),
    ),
    Mutant(
        "refused-renewed",
        "A token that the network refuses at the call is renewed, and the delivery tried again.",
        "the renewal",
        (Edit(SEND, "not error.missing and _renewed_after_refusal(platform, order.work, order.access)", "False"),),
        REFUSED_TOKEN,
    ),
    Mutant(
        "refused-renewed-upload",
        "The same where the network refuses the token before the call, at an upload.",
        "the renewal",
        (Edit(SEND, "not error.missing and _renewed_after_refusal(platform, work, work.access)", "False"),),
        REFUSED_TOKEN,
    ),
    Mutant(
        "refused-once",
        "A second refusal right after a renewal is final: no token is asked for again and again.",
        "the look at how the attempt before it ended",
        (Edit(SEND, "        if session.scalar(latest) is Outcome.RECONNECT:\n", "        if False:\n"),),
        found_in(RENEWAL_TESTS, "a_second_refusal_right_after_a_renewal_is_final"),
    ),
    Mutant(
        "refresh-turn",
        "A refresh token works once: while one process renews, the others wait.",
        "the turn",
        (
            Edit(
                RENEWAL,
                "            CHANNEL.c.credentials_version == access.version,\n"
                "            or_(CHANNEL.c.refreshing_until.is_(None), CHANNEL.c.refreshing_until <= now),\n",
                "            CHANNEL.c.credentials_version == access.version,\n",
            ),
        ),
        found_in(RENEWAL_TESTS, "while_another_process_renews_the_delivery_waits_and_no_attempt_is_counted"),
    ),
    Mutant(
        "refresh-version",
        "A refresh token that another process has spent is not spent again.",
        "the version of the credentials in the turn",
        (Edit(RENEWAL, "            CHANNEL.c.credentials_version == access.version,\n", ""),),
        found_in(RENEWAL_TESTS, "a_refresh_token_that_works_once_is_spent_by_one_process_only"),
    ),
    Mutant(
        "refresh-reconnected",
        "Credentials that a person gave meanwhile are not overwritten by a renewal.",
        "the version of the credentials when storing",
        (Edit(RENEWAL, "    if channel.credentials_version != access.version:", "    if False:"),),
        found_in(RACES, "what_a_person_reconnected_meanwhile_is_not_overwritten_by_a_renewal"),
        on="postgresql",
    ),
    Mutant(
        "refresh-early",
        "Access that still lasts goes on publishing when the network refuses to renew it.",
        "the question whether the present access still lasts",
        (Edit(RENEWAL, "    if early and isinstance(error, ReconnectNeeded):", "    if False:"),),
        found_in(
            RENEWAL_TESTS,
            "access_that_still_lasts_goes_on_publishing_when_its_renewal_is_refused_and_people_are_warned",
        ),
    ),
    Mutant(
        "refresh-refused-told",
        "Whose renewal was refused is warned of like access that does not renew itself.",
        "the refusal in what renews itself",
        (Edit("planner/domain/expiry.py", "renews and not refused and", "renews and"),),
        found_in(
            RENEWAL_TESTS,
            "access_that_still_lasts_goes_on_publishing_when_its_renewal_is_refused_and_people_are_warned",
        ),
    ),
    Mutant(
        "refusal-momentary",
        "A refused token that cannot be renewed right now ends no access: what surely was not sent waits.",
        "the question whether renewing was impossible, in the sender",
        (Edit(SEND, "    if renewed.renewal is Renewal.IMPOSSIBLE:", "    if True:"),),
        found_in(REFUSED_TESTS, "what_is_refused_while_no_new_token_is_to_be_had_waits_and_goes_out_later"),
    ),
    Mutant(
        "look-momentary",
        "A look whose token cannot be renewed right now is repeated: nobody is asked.",
        "the question whether renewing was impossible, in the look",
        (Edit("planner/services/publishing/reconcile.py", " and renewed.renewal is Renewal.IMPOSSIBLE", ""),),
        found_in(REFUSED_TESTS, "a_look_that_is_refused_while_no_new_token_is_to_be_had_is_repeated"),
    ),
    Mutant(
        "refresh-turn-theirs",
        "Who finds an access ended leaves the turn of a process that is renewing it: the token is spent once.",
        "the care: asking to reconnect ends every turn",
        (
            Edit(
                EFFECTS,
                "    channel.reconnect_since, channel.reconnect_reason = now, reason[:500]\n",
                "    channel.reconnect_since, channel.reconnect_reason = now, reason[:500]\n"
                "    channel.refreshing_until = None\n",
            ),
        ),
        found_in(REFUSED_TESTS, "a_final_refusal_takes_nobodys_turn_away"),
    ),
    Mutant(
        "reconnect-surely",
        "A reconnection schedules again only what surely was not sent.",
        "the look at why a person was asked",
        (Edit("planner/services/channels.py", '        Delivery.error_code == "reconnect",\n', ""),),
        found_in("services/test_channels.py", "reconnecting_releases_what_surely_was_not_sent_and_nothing_else"),
    ),
    Mutant(
        "reconnect-stale",
        "A refusal of an old token does not mark a channel that has a new one.",
        "the version of the credentials in the mark",
        (
            Edit(
                EFFECTS,
                "if channel.reconnect_since is not None or channel.credentials_version != access.version:",
                "if channel.reconnect_since is not None:",
            ),
        ),
        found_in(RENEWAL_TESTS, "a_refusal_of_an_old_token_does_not_mark_a_channel_that_has_a_new_one"),
    ),
)

"""Guards of what an answer proves, and of what it does to its channel."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

CLASSIFY = "planner/services/publishing/classify.py"
EFFECTS = "planner/services/publishing/channel_effects.py"
ERRORS = "publishers/errors.py"
HTTP = "publishers/http.py"
READING = "publishers/reading.py"
OBSERVED = "planner/services/observed.py"
RETRY = "planner/domain/retry.py"

CLASSIFY_TESTS = "services/publishing/test_classify.py"
ERRORS_TESTS = "publishers/test_errors.py"
FAULTS_TESTS = "publishers/test_faults.py"
HTTP_TESTS = "publishers/test_http.py"
RENEWAL_TESTS = "services/publishing/access/test_renewal.py"
SEND_TESTS = "services/publishing/test_send.py"
STRANGE_TESTS = "publishers/test_strange_answers.py"

BY_STATUS = found_in(ERRORS_TESTS, "the_status_alone_decides_on_the_side_of_may_have_been_accepted")
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
)

"""Guards of the networks' limits: what is used up is not called, what is left is shared, and no attempt is lost."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

CLAIM = "planner/services/publishing/claim.py"
FINISH = "planner/services/publishing/finish.py"
GUARDS = "planner/services/publishing/guards.py"
NOTING = "planner/services/limits/noting.py"
PULLING = "planner/services/metrics/pulling.py"
RECONCILE = "planner/services/publishing/reconcile.py"

LIMIT_TESTS = "services/publishing/test_limits.py"
CLASSIFY_TESTS = "services/publishing/test_classify.py"

MUTANTS = (
    Mutant(
        "throttle",
        "What one delivery was told holds the whole channel, so that the next does not ask again.",
        "the channel's wait",
        (
            Edit(
                NOTING,
                "scope is Scope.CHANNEL and calls in PUBLISHING and standing.held_until is not None",
                "False",
            ),
        ),
        found_in(CLASSIFY_TESTS, "a_refusal_is_tried_again_when_the_network_says_and_only_its_channel_waits"),
    ),
    Mutant(
        "throttle-reset",
        "Where no Retry-After says when to try again, the header does that tells the end of the window.",
        "the reading of it",
        (
            Edit(
                "publishers/errors.py",
                "    return _until(float(value), date)\n\n\ndef parse_http_date",
                "    return None\n\n\ndef parse_http_date",
            ),
        ),
        found_in("publishers/test_faults.py", "a_reset_header_says_how_long_to_wait"),
    ),
    Mutant(
        "throttle-steps",
        "Where nothing says when to try again, each wait is longer than the one before.",
        "all waits but the first",
        (Edit("planner/domain/retry.py", "STEPS[min(max(times, 1), len(STEPS)) - 1]", "STEPS[0]"),),
        found_in(CLASSIFY_TESTS, "a_throttle_without_a_time_waits_longer_each_time_and_is_missed_in_the_end"),
    ),
    Mutant(
        "quota-pause",
        "A quota that is used up for good holds the whole channel until a person has seen to it.",
        "the pause: it is tried again like any refusal",
        (Edit("planner/services/publishing/classify.py", "    if error.pause_channel:\n", "    if False:\n"),),
        found_in(CLASSIFY_TESTS, "a_spent_quota_pauses_the_channel_and_holds_what_waits"),
    ),
    Mutant(
        "throttle-alone",
        "A throttle on one channel does not hold the others.",
        "the bound to the one channel",
        (Edit(NOTING, "where(CHANNEL.c.id == access.channel_id, waits_less)", "where(waits_less)"),),
        found_in(CLASSIFY_TESTS, "a_refusal_is_tried_again_when_the_network_says_and_only_its_channel_waits"),
    ),
    Mutant(
        "limit-app",
        "A used-up limit of the app is not tried by any of its channels.",
        "the app's limits in the claim",
        (Edit(GUARDS, "        ~_app_waits(),\n", ""),),
        found_in(LIMIT_TESTS, "no_channel_of_a_used_up_app_is_claimed_and_those_of_other_apps_are"),
    ),
    Mutant(
        "begin-app",
        "A limit of the app that was reached after the claim is heard.",
        "the app's limit in the last check",
        (
            Edit(
                GUARDS,
                "(Hold.APP_THROTTLED, is_throttled(standing.app_throttled_until, now))",
                "(Hold.APP_THROTTLED, False)",
            ),
        ),
        found_in(LIMIT_TESTS, "a_limit_of_the_app_that_was_reached_after_the_claim_is_heard"),
    ),
    Mutant(
        "limit-shared",
        "What is left of an app's limit is shared out among its channels.",
        "the look at what each may take",
        (Edit(CLAIM, "sharing.entitled(session, heads, now)[:room]", "heads[:room]"),),
        found_in(LIMIT_TESTS, "three_channels_of_one_app_share_what_remains_and_nobody_who_is_early_eats_it_all"),
    ),
    Mutant(
        "limit-no-attempt",
        "A throttle does not count towards the five attempts.",
        "the forgiveness",
        (Edit(FINISH, '"attempts_forgiven": number - work.attempts, ', ""),),
        found_in(LIMIT_TESTS, "twenty_throttles_are_on_record_and_cost_no_attempt"),
    ),
    Mutant(
        "limit-figures",
        "Figures leave the last of a shared limit to publishing.",
        "the look at the limit before asking for figures",
        (
            Edit(
                PULLING,
                "        if until is not None:\n            _postpone",
                "        if False:\n            _postpone",
            ),
        ),
        found_in(LIMIT_TESTS, "figures_leave_the_last_of_a_shared_limit_to_publishing"),
    ),
    Mutant(
        "limit-look",
        "A look for an unconfirmed post waits for the limit on listing.",
        "the look at the limit before listing",
        (Edit(RECONCILE, "    if until is None:\n        return False\n", "    return False\n"),),
        found_in(LIMIT_TESTS, "a_look_for_an_unconfirmed_post_waits_for_the_limit_unless_that_takes_too_long"),
    ),
)

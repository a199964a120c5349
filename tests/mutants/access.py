"""Guards of access that ends: renewed in time, by one process, and over only where it is over."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

EFFECTS = "planner/services/publishing/channel_effects.py"
PREPARE = "planner/services/publishing/prepare.py"
RENEWAL = "planner/services/publishing/renewal.py"
SEND = "planner/services/publishing/send.py"
ENDS_TESTS = "services/publishing/access/test_ends.py"
RACES = "services/publishing/test_races.py"
REFUSED_TESTS = "services/publishing/access/test_refused.py"
RENEWAL_TESTS = "services/publishing/access/test_renewal.py"
REFUSED_TOKEN = found_in(RENEWAL_TESTS, "a_token_that_the_network_refuses_is_renewed_and_the_delivery_goes_out")

MUTANTS = (
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
        (
            Edit(
                SEND,
                "        return _after_refusal(platform, order.work, order.access, error)\n",
                "        return classify(error, attempts, platform.clock.now())\n",
            ),
        ),
        REFUSED_TOKEN,
    ),
    Mutant(
        "refused-renewed-upload",
        "The same where the network refuses the token before the call, at an upload.",
        "the renewal",
        (
            Edit(
                SEND,
                "raise NotReady(_after_refusal(platform, work, work.access, error)) from error",
                "raise NotReady(classify(error, work.attempts + 1, platform.clock.now())) from error",
            ),
        ),
        REFUSED_TOKEN,
    ),
    Mutant(
        "refused-once",
        "A second refusal right after a renewal is final: no token is asked for again and again.",
        "the look at how the attempt before it ended",
        (Edit(SEND, "return session.scalar(latest) is Outcome.RECONNECT", "return False"),),
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
        (Edit("planner/services/publishing/reconcile.py", "if renewed.renewal is Renewal.IMPOSSIBLE:", "if True:"),),
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
        (Edit("planner/services/publishing/access.py", '        Delivery.error_code == "reconnect",\n', ""),),
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

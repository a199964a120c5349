"""Guards of recognising a text: ours among those that a network lists, and one that was planned already."""

from __future__ import annotations

from tests.mutants.model import Edit, Mutant, found_in

FACEBOOK = "publishers/facebook/text.py"
FINGERPRINT = "planner/domain/fingerprint.py"
LINKEDIN = "publishers/linkedin/publisher.py"
TEXT = "publishers/text.py"
TWITTER = "publishers/twitter/text.py"
UNCONFIRMED = "planner/services/publishing/unconfirmed.py"
WARNINGS = "planner/services/posts/warnings.py"

CONTRACT_TESTS = "publishers/test_contract.py"
FACEBOOK_TESTS = "publishers/test_facebook.py"
FINGERPRINT_TESTS = "domain/test_fingerprint.py"
LOOK_TESTS = "services/publishing/test_reconcile.py"
POSTS_TESTS = "services/test_posts.py"
SHOWN_TESTS = "services/publishing/test_shown_otherwise.py"
TWITTER_TESTS = "publishers/test_twitter.py"

SPELLED = found_in(SHOWN_TESTS, "our_text_in_another_spelling_is_found_and_nobody_is_asked")
SHORTENED = found_in(TWITTER_TESTS, "short_links_are_expanded_and_the_link_to_the_images_is_removed")

MUTANTS = (
    Mutant(
        "match-before",
        "A post that was there before the attempt is never adopted.",
        "the start of the attempt's window",
        (
            Edit(
                FINGERPRINT,
                "return attempt.started_at <= by_our_clock or cut\n",
                "return True\n",
            ),
        ),
        found_in(LOOK_TESTS, "a_post_that_was_there_before_is_never_adopted_whatever_the_networks_clock_says"),
        simulated=True,
    ),
    Mutant(
        "match-near",
        "Where the network shows a text that is nearly ours since the attempt, nothing is sent again without a person.",
        "the look for it",
        (Edit(UNCONFIRMED, "in (*facts.older, *facts.near)}\n", "in facts.older}\n"),),
        found_in(
            "services/publishing/test_shown_otherwise.py",
            "a_text_that_is_nearly_ours_is_shown_to_a_person_before_it_is_sent_again",
        ),
    ),
    Mutant(
        "match-older",
        "Where a post with our words seems older than the attempt, nothing is sent again without a person.",
        "the question",
        (Edit(UNCONFIRMED, "    elif doubtful:\n", "    elif False:\n"),),
        found_in(
            LOOK_TESTS,
            "a_post_that_went_out_before_our_clock_was_put_back_is_not_sent_again_but_shown_to_a_person",
        ),
        simulated=True,
    ),
    Mutant(
        "match-clock",
        "Times are compared by the network's own clock.",
        "the difference between its clock and ours",
        (Edit(FINGERPRINT, "    by_our_clock = created_at - ahead\n", "    by_our_clock = created_at\n"),),
        found_in(
            LOOK_TESTS,
            "a_post_is_found_although_the_networks_clock_is_wrong",
            "a_post_that_was_there_before_is_never_adopted_whatever_the_networks_clock_says",
        ),
    ),
    Mutant(
        "match-text",
        "Only a post with our text is ours.",
        "the text",
        (Edit(FINGERPRINT, " and digest(post.text) == attempt.fingerprint\n", "\n"),),
        found_in(LOOK_TESTS, "a_post_with_another_text_or_number_of_images_is_not_ours"),
    ),
    Mutant(
        "match-media",
        "Only a post with as many images as ours is ours.",
        "the number of images",
        (
            Edit(
                FINGERPRINT,
                "    return _same_media(attempt.media_count, post.media_count) and _same",
                "    return _same",
            ),
        ),
        found_in(LOOK_TESTS, "a_post_with_another_text_or_number_of_images_is_not_ours"),
    ),
    Mutant(
        "match-link",
        "The tracked link tells two posts apart.",
        "the link",
        (Edit(FINGERPRINT, " and _same_link(attempt.link, post.links)\n", "\n"),),
        found_in(LOOK_TESTS, "the_tracked_link_tells_two_posts_apart"),
    ),
    Mutant(
        "match-ambiguous",
        "More posts that fit than we can have made are a person's to tell apart.",
        "the ambiguity: the oldest is adopted",
        (Edit(FINGERPRINT, "    if len(posts) > sharing:\n", "    if False:\n"),),
        found_in(LOOK_TESTS, "more_posts_than_we_can_have_made_are_a_persons_to_tell_apart"),
    ),
    Mutant(
        "match-earlier-attempts",
        "A post of an earlier attempt is ours as well, however late it shows up.",
        "all attempts in doubt but the last",
        (
            Edit(
                UNCONFIRMED,
                '    return session.scalars(_OPEN_ATTEMPTS, {"delivery": delivery_id}).all()\n',
                '    return session.scalars(_OPEN_ATTEMPTS, {"delivery": delivery_id}).all()[-1:]\n',
            ),
        ),
        found_in(LOOK_TESTS, "a_post_of_an_earlier_attempt_is_adopted_even_if_it_shows_up_only_after_a_second"),
    ),
    Mutant(
        "match-composed",
        "A letter is the same in one part or two (NFC): ü, and u with its dots.",
        "the one form, where texts are compared and where they are read",
        (
            Edit(
                FINGERPRINT,
                '    folded = " ".join(unicodedata.normalize("NFC", visible).split())\n'
                '    return unicodedata.normalize("NFC", _LINK.sub(_link_in_text, folded))\n',
                '    folded = " ".join(visible.split())\n    return _LINK.sub(_link_in_text, folded)\n',
            ),
            Edit(
                TEXT,
                'return unicodedata.normalize("NFC", text.replace("\\r\\n", "\\n").replace("\\r", "\\n")).strip()',
                'return text.replace("\\r\\n", "\\n").replace("\\r", "\\n").strip()',
            ),
        ),
        SPELLED,
        second="the form in which adapters read a listed text",
    ),
    Mutant(
        "match-blanks",
        "How words are parted makes no difference: one blank, several, a line.",
        "the folding of white space",
        (
            Edit(
                FINGERPRINT,
                '" ".join(unicodedata.normalize("NFC", visible).split())',
                'unicodedata.normalize("NFC", visible)',
            ),
        ),
        SPELLED,
    ),
    Mutant(
        "match-invisible",
        "What nobody sees makes no difference: characters without width.",
        "the removal of them",
        (
            Edit(
                FINGERPRINT,
                'for character in text if unicodedata.category(character) != "Cf")',
                "for character in text)",
            ),
        ),
        SPELLED,
    ),
    Mutant(
        "match-address",
        "An address within a text is the same in another spelling: its host in capitals, a slash at its end.",
        "the one form of addresses in a text",
        (Edit(FINGERPRINT, "_LINK.sub(_link_in_text, folded)", "folded"),),
        SPELLED,
    ),
    Mutant(
        "match-parameters",
        "Addresses that differ in what they track are two: their posts are told apart by it.",
        "the parameters of an address",
        (
            Edit(
                FINGERPRINT,
                "urlunsplit((scheme, host, path, parts.query, parts.fragment))",
                'urlunsplit((scheme, host, path, "", parts.fragment))',
            ),
        ),
        (
            *found_in(FINGERPRINT_TESTS, "tracking_parameters_paths_and_schemes_tell_addresses_apart"),
            *found_in(LOOK_TESTS, "the_tracked_link_tells_two_posts_apart"),
        ),
    ),
    Mutant(
        "match-named",
        "A post that the network itself names as having our text is ours, however it shows that.",
        "the look at the name",
        (
            Edit(
                FINGERPRINT,
                "    if attempt.named == post.remote_id:\n        return True\n    return _has",
                "    return _has",
            ),
        ),
        found_in(FINGERPRINT_TESTS, "a_post_that_the_network_named_itself_is_ours_whatever_its_text"),
    ),
    Mutant(
        "listed-short",
        "X's short links are read as the addresses that they lead to.",
        "the expansion",
        (Edit(TWITTER, '"" if _is_media(entity) else _target(entity)', '"" if _is_media(entity) else short'),),
        (*SHORTENED, *found_in(CONTRACT_TESTS, "a_link_is_published_and_listed")),
    ),
    Mutant(
        "listed-images",
        "The link that X adds for images is not read as part of the text.",
        "its removal",
        (Edit(TWITTER, '"" if _is_media(entity) else _target(entity)', "_target(entity)"),),
        (*found_in(CONTRACT_TESTS, "an_image_is_published_and_counted"), *SHORTENED),
    ),
    Mutant(
        "listed-whole",
        "A long post, which X's listing cuts short, is read as a whole.",
        "the look for the whole",
        (
            Edit(
                TWITTER,
                'whole = tweet if reading.child(tweet, "note_tweet", "text") is None else tweet["note_tweet"]',
                "whole = tweet",
            ),
        ),
        found_in(TWITTER_TESTS, "a_long_post_is_compared_in_full"),
    ),
    Mutant(
        "listed-signs",
        "The marks that LinkedIn's format wants before signs are not read as part of the text.",
        "their removal",
        (
            Edit(
                LINKEDIN,
                'text=normalised(unescape(reading.text(element.get("commentary")))),',
                'text=normalised(reading.text(element.get("commentary"))),',
            ),
        ),
        found_in(CONTRACT_TESTS, "a_text_is_published_and_listed_as_expected"),
    ),
    Mutant(
        "listed-around",
        "A link is read without the address that Facebook puts around it.",
        "the link itself: what is around it stays",
        (Edit(FACEBOOK, 'reading.text(a.get("unshimmed_url"))', 'reading.text(a.get("url"))'),),
        found_in(FACEBOOK_TESTS, "the_shared_address_of_a_listed_post_is_read_and_not_facebooks_own_around_it"),
    ),
    Mutant(
        "same-text",
        "Who plans a text that its channel has within 48 hours already is told.",
        "the warning",
        (
            Edit(
                WARNINGS,
                "        if normalise(own if own is not None else base).casefold() == wanted:\n",
                "        if False:\n",
            ),
        ),
        found_in(POSTS_TESTS, "the_same_text_within_two_days_on_the_same_channel_warns"),
    ),
)

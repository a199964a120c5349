"""Which network has which feature, and the test that tries it: docs/dev/features.md, written by ``make tables``.

Whether a network has a feature is asked of its own rules and capabilities; what is named here is how it is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from publishers.base import Network, OutgoingPost
from publishers.registry import network

TESTS = Path(__file__).parents[1]
FILE = TESTS.parent / "docs" / "dev" / "features.md"

KEYS = ("facebook", "twitter", "linkedin", "xing")
BY_HAND = ("instagram", "youtube", "pinterest", "snapchat", "threads")

_HEAD = """# What each network can, and the test that tries it

Made by `make tables` from what the adapters say of themselves; a test compares it, and looks whether each test that is
named here exists. What is sent goes by real HTTP to the sandbox networks (`publishers/sandbox`), which are as strict as
the documentation, and is held against that documentation itself besides (`tests/publishers/contracts`). Networks that
people publish on are sent nothing. **Nothing was tried at a live network**: that takes accounts and approved apps.
"""
_COLUMNS = "| Feature | Has it | Tried by (`tests/…`) |\n|---|---|---|\n"


@dataclass(frozen=True, slots=True)
class Feature:
    """``has`` asks a network whether it offers this; ``tests`` are the file under ``tests/`` and the function."""

    name: str
    has: Callable[[Network], bool]
    tests: tuple[str, ...]


def _always(_network: Network) -> bool:
    return True


_CONTRACT, _KINDS = "publishers/test_contract.py::test_", "publishers/test_content_kinds.py::test_"
_UPLOADS, _TALK = "publishers/test_uploads.py::test_", "publishers/test_dialogue.py::test_"
_FAULTS, _CONSENT = "publishers/test_faults.py::test_", "publishers/test_consent.py::test_"

FEATURES = (
    Feature("connect by signing in", lambda n: n.consent is not None, (
        f"{_CONSENT}what_a_person_allows_becomes_accounts_that_publish",
        "publishers/contracts/test_requests.py::test_every_request_of_connecting_is_one_that_the_network_documents",
    )),
    Feature("name the permissions that are missing", lambda n: n.consent is not None and n.key != "xing", (
        "publishers/test_consent.py::test_what_a_person_allows_becomes_accounts_that_publish",
        "services/connecting/test_verifying.py::test_a_permission_that_was_taken_away_is_told_by_the_clock_before_a_post_fails",
    )),
    Feature("try its developer app out, check a connection", lambda n: n.consent is not None, (
        "services/connecting/test_trying.py::test_it_goes_the_whole_way_makes_no_channel_and_keeps_no_token",
        "services/connecting/test_verifying.py::test_a_connection_that_works_is_noted_with_its_permissions",
    )),
    Feature("connect with tokens", _always, ("services/test_channels.py::test_each_network_can_be_connected",)),
    Feature("publish a text", _always, (f"{_CONTRACT}a_text_is_published_and_listed_as_expected",)),
    Feature("count and check a text by its rules, in the browser too", _always, (
        "publishers/test_shared_texts.py::test_a_post_is_counted_and_checked_as_the_case_says",
        "publishers/test_shared_texts.py::test_the_browser_counts_posts_and_little_texts_alike",
    )),
    Feature("mention an account", lambda n: n.content_rules.naming is not None or n.key == "twitter", (
        "publishers/test_naming.py::test_a_mention_without_an_id_of_the_network_goes_out_as_a_plain_name",
        "publishers/test_naming.py::test_networks_that_are_named_by_handle_need_no_id",
    )),
    Feature("publish a link", _always, (f"{_CONTRACT}a_link_is_published_and_listed",)),
    Feature("publish images", lambda n: n.key != "xing", (
        f"{_CONTRACT}an_image_is_published_and_counted", f"{_CONTRACT}two_images_are_published_in_their_order",
    )),
    Feature("describe images (alternative text)", lambda n: n.key != "xing", (
        "publishers/contracts/test_requests.py::test_every_request_is_one_that_the_network_documents",
    )),
    Feature("fit files to its limits", lambda n: n.key != "xing", (
        "services/test_media_fitting.py::test_an_image_comes_out_within_every_rule_and_never_larger",
        "services/test_media_fitting.py::test_a_video_is_converted_in_the_background_and_the_same_wish_is_one_piece_of_work",
    )),
    Feature("publish a GIF", lambda n: n.media_rules.gif is not None,
            (f"{_UPLOADS}a_film_is_uploaded_processed_and_then_shown_by_one_call",
             "publishers/contracts/test_requests.py::test_every_request_is_one_that_the_network_documents")),
    Feature("publish a video", lambda n: n.media_rules.video is not None, (
        f"{_UPLOADS}a_film_is_uploaded_processed_and_then_shown_by_one_call",
        f"{_UPLOADS}an_upload_that_is_cut_off_midway_is_safe_to_try_again",
    )),
    Feature("publish a document", lambda n: n.media_rules.document is not None,
            (f"{_UPLOADS}a_document_goes_out_under_its_title",)),
    Feature("publish a poll", lambda n: n.content_rules.poll is not None,
            (f"{_KINDS}a_poll_is_published_with_its_options_and_length",)),
    Feature("publish a thread", lambda n: n.content_rules.max_thread > 0,
            (f"{_KINDS}the_parts_of_a_thread_stand_one_under_the_other_and_are_found_there",)),
    Feature("first comment", lambda n: n.content_rules.first_comment is not None,
            (f"{_KINDS}a_first_comment_stands_under_its_post_and_is_found_there",)),
    Feature("card of a link with our title, description and picture", lambda n: n.content_rules.card is not None,
            ("publishers/test_linkedin.py::test_the_picture_of_a_card_is_uploaded_where_a_card_is_shown_and_goes_with_it",)),
    Feature("narrow by language", lambda n: n.content_rules.languages,
            (f"{_KINDS}a_post_may_be_narrowed_to_languages",)),
    Feature("find a post whose answer got lost", lambda n: n.capabilities.can_list,
            (f"{_FAULTS}an_accepted_post_with_a_lost_answer_is_uncertain_and_is_found",
             f"{_FAULTS}an_accepted_post_on_xing_with_a_lost_answer_is_uncertain_and_is_found")),
    Feature("never send twice by itself", _always, (f"{_FAULTS}a_publish_is_never_repeated_by_itself",)),
    Feature("figures of posts", lambda n: n.capabilities.has_metrics,
            (f"{_CONTRACT}figures_grow_and_none_is_made_up",)),
    Feature("figures of videos", lambda n: n.capabilities.has_metrics and n.media_rules.video is not None,
            ("publishers/test_video_figures.py::test_a_video_is_counted_apart_and_a_post_without_one_has_no_such_figure",)),
    Feature("how many follow", lambda n: n.capabilities.has_followers,
            ("services/metrics/test_channels.py::test_followers_are_asked_for_once_a_day_and_their_growth_is_told",
             "publishers/contracts/test_requests.py::test_every_request_is_one_that_the_network_documents")),
    Feature("figures of the whole account, day by day", lambda n: bool(n.capabilities.daily_figures), (
        "publishers/test_account_figures.py::test_an_account_tells_of_its_days_in_the_fewest_calls",
        "services/metrics/test_channels.py::test_days_are_kept_once_and_what_a_network_corrects_is_written_over",
    )),
    Feature("see what the network shows", lambda n: n.capabilities.can_look,
            ("publishers/test_after.py::test_a_look_shows_what_the_network_shows",)),
    Feature("change a live text", lambda n: n.capabilities.can_edit,
            ("publishers/test_after.py::test_a_text_is_edited_where_the_network_allows_it_and_images_stay",)),
    Feature("take down", lambda n: n.capabilities.can_delete,
            (f"{_CONTRACT}a_deleted_post_is_gone_and_deleting_it_again_is_no_error",)),
    Feature("look at, change or take down what stands under it", lambda n: n.capabilities.can_delete,
            ("publishers/test_after.py::test_what_stands_under_a_post_is_looked_at_edited_and_taken_down_by_itself",)),
    Feature("hear comments", lambda n: n.capabilities.dialogue.comments,
            (f"{_TALK}a_comment_is_heard_with_who_said_it_when_and_where",)),
    Feature("hear mentions", lambda n: n.capabilities.dialogue.mentions,
            (f"{_TALK}a_mention_elsewhere_is_heard_once_and_can_be_answered",)),
    Feature("answer", lambda n: n.capabilities.dialogue.answer,
            (f"{_TALK}an_answer_stands_under_what_it_answers_and_is_found_again",)),
    Feature("hide", lambda n: n.capabilities.dialogue.hide,
            (f"{_TALK}hiding_and_liking_can_be_taken_back_and_repeated",)),
    Feature("like", lambda n: n.capabilities.dialogue.like,
            (f"{_TALK}hiding_and_liking_can_be_taken_back_and_repeated",)),
    Feature("say what a post costs before it is scheduled", lambda n: n.cost(OutgoingPost("x")) is not None, (
        "publishers/test_costs_and_versions.py::test_a_post_on_x_costs_more_with_whatever_x_makes_a_link_of",
    )),
    Feature("tell of the end of its API's version", lambda n: n.version is not None, (
        "publishers/test_costs_and_versions.py::test_a_version_says_until_when_it_is_served",
    )),
    Feature("rehearse", _always, (
        "services/publishing/test_rehearsal.py::test_a_channel_that_rehearses_sends_to_the_played_network_and_none_of_its_secrets",
    )),
    Feature("keep its limits", _always,
            ("publishers/test_limits.py::test_a_used_up_limit_of_the_account_is_read_off_the_refusal",)),
)  # fmt: skip

_HAND = "publishers/test_by_hand_networks.py::test_"
HAND_FEATURES = (
    Feature("text and files by its rules", lambda n: n.key != "youtube",
            (f"{_HAND}a_text_of_the_most_length_with_a_fitting_file_is_taken_and_one_sign_more_is_not",)),
    Feature("a title of its own", lambda n: n.key in ("youtube", "pinterest"),
            (f"{_HAND}a_title_of_a_persons_own_is_never_cut_but_refused_and_one_has_to_be_there",)),
    Feature("nothing is sent by itself", _always, (f"{_HAND}nothing_is_asked_of_the_network",)),
    Feature("its owner is asked at the time", _always,
            ("services/publishing/test_claim.py::test_where_only_a_person_can_publish_the_owner_is_asked_at_the_due_time",
             "services/publishing/test_claim.py::test_a_delivery_by_hand_never_becomes_published_by_itself")),
    Feature("the address of a post is checked", _always,
            (f"{_HAND}an_address_is_known_to_be_one_of_the_network",)),
)  # fmt: skip


def page() -> str:
    parts = [_HEAD]
    for keys, features in ((KEYS, FEATURES), (BY_HAND, HAND_FEATURES)):
        for key in keys:
            found = network(key)
            title = f"{found.title} (published by hand)" if keys is BY_HAND else found.title
            parts += [f"\n## {title}\n\n", _COLUMNS, *(_line(feature, found) for feature in features)]
    return "".join(parts)


def _line(feature: Feature, found: Network) -> str:
    if not feature.has(found):
        return f"| {feature.name} | no | |\n"
    # Two tests of one feature where XING, which names no post that it took, has one of its own.
    own = any("_on_xing_" in test for test in feature.tests)
    tests = [t for t in feature.tests if not own or ("_on_xing_" in t) is (found.key == "xing")]
    return f"| {feature.name} | yes | {'<br>'.join(f'`{test}`' for test in tests)} |\n"

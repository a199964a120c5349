"""Polls, threads, first comments, languages and mentions of a post."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from planner.bootstrap import Platform
from planner.models import Channel, Post
from planner.services import posts
from planner.services.actor import Actor
from planner.services.errors import Invalid
from planner.services.posts import Content, MentionInput, PartInput, PollInput, VariantInput, When
from planner.services.posts.content import left_out
from planner.services.publishing.payload import freeze, thaw
from publishers import registry
from publishers.base import CardRules, ContentRules, Mention, Network, PollRules, ThreadPart
from tests.support.factories import Company, make_channel, make_media, make_post

TOMORROW = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)


@pytest.fixture
def channel(platform: Platform, company: Company) -> Channel:
    return make_channel(platform.database, company, platform.clock.now(), "twitter")


@pytest.fixture
def everything(platform: Platform, company: Company, channel: Channel) -> Content:
    image = make_media(platform, company.charlie)
    return Content(
        text="Was dreht besser? @Brandt fragt.",
        media=(make_media(platform, company.charlie),),
        channels=(channel.id,),
        variants={channel.id: VariantInput(first_comment="Nur hier")},
        poll=PollInput(("Fräse", "Drehbank"), 48, "Was dreht besser?"),
        thread=(PartInput("Zwei", (image,)), PartInput("Drei")),
        first_comment="Mehr dazu",
        languages=("de",),
        mentions=(MentionInput("@Brandt", "twitter", "4711"), MentionInput("@Brandt", "linkedin", "urn:li:person:1")),
        card=image,
        card_title="Die neue Halle",
        card_description="Größer als zuvor",
    )


def content_now(session: Session, post: Post) -> Content:
    view = posts.view(session, post.workspace_id, post.id)
    return posts.content_of(view.post, posts.live_channels(view.deliveries))


def made(platform: Platform, actor: Actor, content: Content, *, approve: bool = False) -> Post:
    said: dict[str, Any] = {"now": platform.clock.now(), "folder": platform.settings.media_folder}
    with platform.database.write() as session:
        return posts.create(session, actor, content, approve=approve, **said)


def network_with(**rules: object) -> Network:
    return replace(registry.network("twitter"), content_rules=ContentRules(**rules))  # type: ignore[arg-type]


def edited(platform: Platform, company: Company, post: Post, content: Content) -> Post:
    said = {"now": platform.clock.now(), "folder": platform.settings.media_folder}
    with platform.database.write() as session:
        return posts.edit(session, company.charlie, post.id, content, **said)  # type: ignore[arg-type]


def test_all_that_a_post_holds_comes_back_as_it_was_given_and_through_an_edit(
    platform: Platform, company: Company, everything: Content
) -> None:
    post = made(platform, company.charlie, everything)
    wanted = replace(everything, owner_id=company.charlie.user_id)
    with platform.database.read() as session:
        assert content_now(session, post) == wanted
    shorter = replace(wanted, thread=wanted.thread[1:], poll=None, variants={}, mentions=(), languages=())
    edited(platform, company, post, shorter)
    with platform.database.read() as session:
        assert content_now(session, post) == shorter


def test_a_change_of_anything_that_a_lead_approved_voids_the_approval(
    platform: Platform, company: Company, everything: Content
) -> None:
    changes: tuple[dict[str, Any], ...] = (
        {"thread": (PartInput("Anders"),)},
        {"first_comment": "Anders"},
        {"poll": None},
        {"languages": ()},
        {"mentions": ()},
        {"card": None},
        {"card_title": "Die alte Halle"},
        {"card_description": ""},
        {"variants": {}},
    )
    post = made(platform, company.bob, everything, approve=True)
    assert edited(platform, company, post, replace(everything, note="Nur für uns")).approved_at is not None
    for change in changes:
        post = made(platform, company.bob, everything, approve=True)
        assert edited(platform, company, post, replace(everything, **change)).approved_at is None, change


def test_a_channel_gets_what_its_network_has_a_place_for(
    platform: Platform, company: Company, everything: Content
) -> None:
    post = made(platform, company.charlie, everything)
    folder = platform.settings.media_folder
    with platform.database.read() as session:
        stored = posts.view(session, post.workspace_id, post.id).post
        able = network_with(
            poll=PollRules(4, 25, (24, 48)),
            max_thread=5,
            first_comment=500,
            languages=True,
            mentions="handle",
            card=CardRules(400, 4086),
        )
        whole, bare = (posts.outgoing(stored, everything.channels[0], folder, n) for n in (able, network_with()))
    assert [(part.text, len(part.media)) for part in whole.thread] == [("Zwei", 1), ("Drei", 0)]
    assert whole.poll is not None
    assert whole.poll.options == ("Fräse", "Drehbank")
    assert (whole.first_comment, whole.languages, whole.mentions) == (
        "Nur hier",
        ("de",),
        (Mention("@Brandt", "4711"),),
    )
    assert len(whole.media) == 1, "the parts' media are not the post's, nor is the card's"
    assert whole.card is not None
    assert (whole.card_title, whole.card_description) == ("Die neue Halle", "Größer als zuvor")
    assert (bare.card, bare.card_title, bare.card_description) == (None, "", "")
    assert "card" in left_out(whole, network_with()), "nobody shows a picture there"
    assert "card" not in left_out(whole, network_with(reads_page=True)), "the page has one"
    frozen = freeze(able, stored, everything.channels[0], "k", folder)
    thawed = thaw(json.loads(json.dumps(frozen.as_json())), folder)
    assert (thawed.post, set(thawed.checksums)) == (frozen.post, set(frozen.checksums))
    assert whole.card.path.name in thawed.checksums
    no_parts: tuple[ThreadPart, ...] = ()
    assert (bare.thread, bare.first_comment, bare.languages, bare.mentions) == (no_parts, "", (), ())
    assert bare.poll is not None, "without its poll it would be another post"


def test_what_a_channel_does_not_get_is_told_and_forbids_nothing(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now(), "xing", credentials="sealed")
    post = make_post(
        platform,
        company.bob,
        [channel],
        When(at=TOMORROW),
        approve=True,
        thread=(PartInput("Zwei"),),
        first_comment="Mehr",
        languages=("de",),
        card=make_media(platform, company.bob),
    )
    with platform.database.read() as session:
        view = posts.view(session, post.workspace_id, post.id)
        warned = posts.warnings_for(session, view.post, view.deliveries)
        content = content_now(session, post)
        said = {"now": platform.clock.now(), "folder": platform.settings.media_folder}
        found = posts.look_over(session, post.workspace_id, content, posts.NOT_YET, **said)  # type: ignore[arg-type]
    codes = ["thread_left_out", "languages_left_out"]  # and no picture: XING takes the page's own
    assert [w.code for w in warned] == codes
    assert [w.code for w in found.warnings if w.code.endswith("left_out")] == codes


@pytest.mark.parametrize(("author", "codes"), [("person:Ab9", ["languages_left_out"]), ("organization:5", [])])
def test_a_member_of_linkedin_reaches_everybody_and_that_is_told(
    platform: Platform, company: Company, author: str, codes: list[str]
) -> None:
    now, account = platform.clock.now(), f"urn:li:{author}"
    channel = make_channel(platform.database, company, now, credentials="sealed", remote_account_id=account)
    post = make_post(platform, company.bob, [channel], When(at=TOMORROW), approve=True, languages=("de",))
    with platform.database.read() as session:
        view = posts.view(session, post.workspace_id, post.id)
        assert [w.code for w in posts.warnings_for(session, view.post, view.deliveries)] == codes
        content, folder = content_now(session, post), platform.settings.media_folder
        found = posts.look_over(session, post.workspace_id, content, posts.NOT_YET, now=now, folder=folder)
        assert [w.code for w in found.warnings] == codes


def test_what_names_nothing_that_exists_is_said_at_its_place(
    platform: Platform, company: Company, channel: Channel
) -> None:
    with pytest.raises(Invalid) as refused:
        make_post(
            platform,
            company.charlie,
            [channel],
            thread=(PartInput("Zwei"), PartInput("Drei", (999,))),
            mentions=(MentionInput("@Brandt", "myspace", "1"), MentionInput(" ", "twitter", "1")),
            languages=("de", "Deutsch"),
        )
    assert {(e.field, e.code) for e in refused.value.errors} == {
        ("thread.1.media.0", "media_unknown"),
        ("mentions.0.network", "network_unknown"),
        ("mentions.1.name", "mention_incomplete"),
        ("languages.1", "language_unknown"),
    }

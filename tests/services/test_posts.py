"""Creating and editing posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery, Post
from planner.services import posts
from planner.services.actor import Actor
from planner.services.errors import Conflict, Forbidden, Invalid, NotFound
from planner.services.posts import Content, PostView, VariantInput, When
from publishers import registry
from tests.support.clock import FakeClock
from tests.support.databases import on_one_kind
from tests.support.factories import Company, make_channel, make_media, make_post

TOMORROW = datetime(2026, 3, 17, 8, 0, tzinfo=UTC)


def read(platform: Platform, post: Post) -> PostView:
    with platform.database.read() as session:
        return posts.view(session, post.workspace_id, post.id)


def edit(
    platform: Platform, actor: Actor, post: Post, content: Content, when: When | None = None, **more: object
) -> Post:
    with platform.database.write() as session:
        return posts.edit(
            session,
            actor,
            post.id,
            content,
            when,
            now=platform.clock.now(),
            folder=platform.settings.media_folder,
            **more,  # type: ignore[arg-type]
        )


def problems(error: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(e.field, e.code) for e in error.value.errors}


def set_state(platform: Platform, post: Post, state: DeliveryState) -> None:
    with platform.database.write() as session:
        for delivery in session.query(Delivery).filter_by(post_id=post.id):
            delivery.state = state


def test_a_post_without_a_time_is_a_draft_on_each_channel(platform: Platform, company: Company) -> None:
    one, two = (make_channel(platform.database, company, platform.clock.now(), n) for n in ("linkedin", "xing"))
    view = read(platform, make_post(platform, company.charlie, [one, two]))
    assert view.post.status is PostStatus.DRAFT
    assert [d.state for d in view.deliveries] == [DeliveryState.DRAFT] * 2
    assert [d.publish_at for d in view.deliveries] == [None, None]


def test_an_editors_scheduled_post_waits_for_approval(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    view = read(platform, make_post(platform, company.charlie, [channel], When(at=TOMORROW)))
    assert view.post.status is PostStatus.IN_APPROVAL
    assert (view.deliveries[0].state, view.deliveries[0].publish_at) == (DeliveryState.DRAFT, TOMORROW)


def test_a_lead_schedules_and_approves_in_one_step(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    view = read(platform, make_post(platform, company.bob, [channel], When(at=TOMORROW), approve=True))
    assert view.post.status is PostStatus.SCHEDULED
    assert view.deliveries[0].state is DeliveryState.SCHEDULED
    assert (view.deliveries[0].try_at, view.deliveries[0].wall_time) == (TOMORROW, "2026-03-17T09:00")


def test_an_editor_may_not_approve(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    with pytest.raises(Forbidden):
        make_post(platform, company.charlie, [channel], When(at=TOMORROW), approve=True)
    post = make_post(platform, company.charlie, [channel], When(at=TOMORROW))
    with pytest.raises(Forbidden):
        edit(platform, company.charlie, post, Content(text="Anders", channels=(channel.id,)), approve=True)


def test_a_reader_may_not_write(platform: Platform, company: Company) -> None:
    with pytest.raises(Forbidden):
        make_post(platform, company.rita, [])


def test_an_outsider_finds_nothing(platform: Platform, company: Company) -> None:
    post = make_post(platform, company.charlie, [])
    with pytest.raises(NotFound):
        edit(platform, company.oscar, post, Content(text="Übernommen"))
    with platform.database.read() as session, pytest.raises(NotFound):
        posts.view(session, company.oscar.workspace_id, post.id)


def test_where_no_approval_is_wanted_a_time_is_enough(platform: Platform, company: Company) -> None:
    with platform.database.write() as session:
        session.merge(company.workspace).approval_required = False
    channel = make_channel(platform.database, company, platform.clock.now())
    view = read(platform, make_post(platform, company.charlie, [channel], When(at=TOMORROW)))
    assert view.post.status is PostStatus.SCHEDULED


def test_a_text_over_the_limit_is_refused_at_its_field_and_nothing_is_written(
    platform: Platform, company: Company
) -> None:
    x, linkedin = (make_channel(platform.database, company, platform.clock.now(), n) for n in ("twitter", "linkedin"))
    with pytest.raises(Invalid) as error:
        make_post(platform, company.bob, [x, linkedin], When(at=TOMORROW), text="ä" * 281)
    assert problems(error) == {("text", "text_too_long")}
    assert error.value.errors[0].params["length"] == 281
    with platform.database.read() as session:
        assert session.query(Post).count() == 0
        assert session.query(Delivery).count() == 0


def test_a_draft_may_still_be_too_long(platform: Platform, company: Company) -> None:
    x = make_channel(platform.database, company, platform.clock.now(), "twitter")
    assert read(platform, make_post(platform, company.charlie, [x], text="ä" * 281)).post.status is PostStatus.DRAFT


def test_a_variant_is_checked_at_its_own_field(platform: Platform, company: Company) -> None:
    x = make_channel(platform.database, company, platform.clock.now(), "twitter")
    with pytest.raises(Invalid) as error:
        make_post(platform, company.bob, [x], When(at=TOMORROW), variants={x.id: VariantInput(text="x" * 300)})
    assert problems(error) == {(f"variants.{x.id}.text", "text_too_long")}


def test_a_shorter_variant_makes_a_long_text_possible(platform: Platform, company: Company) -> None:
    x = make_channel(platform.database, company, platform.clock.now(), "twitter")
    short = {x.id: VariantInput(text="Kurz gesagt: neue Fräse.")}
    post = make_post(platform, company.bob, [x], When(at=TOMORROW), text="Lang. " * 100, variants=short, approve=True)
    assert read(platform, post).post.status is PostStatus.SCHEDULED


@on_one_kind
@pytest.mark.parametrize(
    ("when", "code"),
    [
        (When(at=datetime(2026, 3, 16, 8, 58, tzinfo=UTC)), "time_past"),
        (When(at=datetime(2036, 3, 16, 8, 58, tzinfo=UTC)), "time_too_far"),
        (When(at=TOMORROW, queue=True), "time_and_queue"),
    ],
)
def test_an_impossible_time_is_refused_at_its_field(
    platform: Platform, company: Company, when: When, code: str
) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    with pytest.raises(Invalid) as error:
        make_post(platform, company.bob, [channel], when)
    assert problems(error) == {("publish_at", code)}


def test_every_problem_is_named_at_once(platform: Platform, company: Company) -> None:
    with pytest.raises(Invalid) as error:
        make_post(
            platform,
            company.bob,
            [],
            When(at=TOMORROW),
            link="not a link",
            media=(99,),
            topic_id=77,
            owner_id=company.oscar.user_id,
            variants={5: VariantInput(text="x")},
        )
    assert problems(error) == {
        ("channels", "channels_missing"),
        ("link", "link_invalid"),
        ("media.0", "media_unknown"),
        ("topic", "topic_unknown"),
        ("owner", "owner_unknown"),
        ("variants.5", "variant_without_channel"),
    }


def test_a_channel_of_another_workspace_is_unknown(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    with pytest.raises(Invalid) as error:
        make_post(platform, company.oscar, [channel])
    assert problems(error) == {("channels.0", "channel_unknown")}


def test_the_same_form_sent_twice_makes_one_post(platform: Platform, company: Company) -> None:
    made = []
    for _ in range(2):
        with platform.database.write() as session:
            made.append(
                posts.create(
                    session,
                    company.charlie,
                    Content(text="Einmal"),
                    now=platform.clock.now(),
                    folder=platform.settings.media_folder,
                    submission="form-1",
                ).id
            )
    assert made[0] == made[1]


def test_an_edit_voids_the_approval(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    post = make_post(platform, company.bob, [channel], When(at=TOMORROW), approve=True)
    edit(platform, company.charlie, post, Content(text="Anders", channels=(channel.id,)))
    view = read(platform, post)
    assert view.post.status is PostStatus.IN_APPROVAL
    assert view.deliveries[0].state is DeliveryState.DRAFT
    assert view.post.approvals[0].voided_by == "Charlie"


def test_a_note_for_colleagues_does_not_void_the_approval(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    post = make_post(platform, company.bob, [channel], When(at=TOMORROW), text="Gleich", approve=True)
    edit(platform, company.charlie, post, Content(text="Gleich", channels=(channel.id,), note="Bild kommt noch"))
    assert read(platform, post).post.status is PostStatus.SCHEDULED


def test_moving_keeps_the_approval(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    post = make_post(platform, company.bob, [channel], When(at=TOMORROW), approve=True)
    ids = [d.id for d in read(platform, post).deliveries]
    later = TOMORROW + timedelta(days=1)
    with platform.database.write() as session:
        posts.move(
            session,
            company.charlie,
            ids,
            When(at=later),
            now=platform.clock.now(),
            folder=platform.settings.media_folder,
        )
    view = read(platform, post)
    assert (view.post.status, view.deliveries[0].publish_at) == (PostStatus.SCHEDULED, later)


def test_a_stale_edit_is_refused_and_says_who_was_faster(platform: Platform, company: Company) -> None:
    post = make_post(platform, company.charlie, [])
    edit(platform, company.bob, post, Content(text="Von Bob"), version=1)
    with pytest.raises(Conflict) as error:
        edit(platform, company.charlie, post, Content(text="Von Charlie"), version=1)
    assert (error.value.code, error.value.params["by"]) == ("stale_edit", "Bob")
    assert read(platform, post).post.text == "Von Bob"


@pytest.mark.parametrize("state", [DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN])
def test_what_is_being_sent_is_frozen(
    platform: Platform, company: Company, clock: FakeClock, state: DeliveryState
) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    post = make_post(platform, company.bob, [channel], When(at=TOMORROW), approve=True)
    set_state(platform, post, state)
    clock.advance(days=1)
    ids = [d.id for d in read(platform, post).deliveries]
    now, folder = platform.clock.now(), platform.settings.media_folder
    with pytest.raises(Conflict, match="frozen"):
        edit(platform, company.bob, post, Content(text="Zu spät", channels=(channel.id,)))
    with platform.database.write() as session, pytest.raises(Conflict, match="frozen"):
        posts.move(session, company.bob, ids, When(queue=True), now=now, folder=folder)
    with platform.database.write() as session, pytest.raises(Conflict, match="frozen"):
        posts.delete(session, company.bob, post.id, now=now)


def test_a_channel_added_to_a_scheduled_post_gets_its_time(platform: Platform, company: Company) -> None:
    one, two = (make_channel(platform.database, company, platform.clock.now(), n) for n in ("linkedin", "facebook"))
    post = make_post(platform, company.bob, [one], When(at=TOMORROW), text="Gleich", approve=True)
    edit(platform, company.bob, post, Content(text="Gleich", channels=(one.id, two.id)), approve=True)
    view = read(platform, post)
    assert {d.publish_at for d in view.deliveries} == {TOMORROW}
    assert {d.state for d in view.deliveries} == {DeliveryState.SCHEDULED}


def test_a_channel_taken_away_before_any_attempt_leaves_no_trace(platform: Platform, company: Company) -> None:
    one, two = (make_channel(platform.database, company, platform.clock.now(), n) for n in ("linkedin", "facebook"))
    post = make_post(platform, company.charlie, [one, two], text="Gleich")
    edit(platform, company.charlie, post, Content(text="Gleich", channels=(two.id,)))
    assert [d.channel_id for d in read(platform, post).deliveries] == [two.id]


def test_a_published_post_cannot_be_rewritten_or_deleted(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    post = make_post(platform, company.bob, [channel], When(at=TOMORROW), approve=True)
    set_state(platform, post, DeliveryState.PUBLISHED)
    with pytest.raises(Conflict, match="published_already"):
        edit(platform, company.bob, post, Content(text="Neu", channels=(channel.id,)))
    with platform.database.write() as session, pytest.raises(Conflict, match="cannot_delete"):
        posts.delete(session, company.bob, post.id, now=platform.clock.now())


def test_a_deleted_post_comes_back_with_its_time(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    post = make_post(platform, company.bob, [channel], When(at=TOMORROW), approve=True)
    with platform.database.write() as session:
        posts.delete(session, company.charlie, post.id, now=platform.clock.now())
    with platform.database.read() as session, pytest.raises(NotFound):
        posts.view(session, company.workspace.id, post.id)
    with platform.database.write() as session:
        posts.restore(session, company.charlie, post.id, now=platform.clock.now())
    view = read(platform, post)
    assert (view.post.status, view.deliveries[0].publish_at) == (PostStatus.SCHEDULED, TOMORROW)


def test_a_queued_post_takes_the_next_free_slot_of_each_channel(platform: Platform, company: Company) -> None:
    now = platform.clock.now()
    one = make_channel(platform.database, company, now, "linkedin", slots=[(1, "09:00"), (3, "09:00")])
    two = make_channel(platform.database, company, now, "facebook", slots=[(2, "18:00")])
    make_post(platform, company.bob, [one], When(queue=True), text="Erster", approve=True)
    post = make_post(platform, company.bob, [one, two], When(queue=True), text="Zweiter", approve=True)
    times = {d.channel_id: d.publish_at for d in read(platform, post).deliveries}
    assert times == {
        one.id: datetime(2026, 3, 19, 8, 0, tzinfo=UTC),
        two.id: datetime(2026, 3, 18, 17, 0, tzinfo=UTC),
    }


def test_a_wall_clock_time_that_does_not_exist_is_explained(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    post = make_post(platform, company.bob, [channel], When(wall=datetime(2027, 3, 28, 2, 30)), approve=True)  # noqa: DTZ001
    view = read(platform, post)
    assert view.deliveries[0].publish_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    with platform.database.read() as session:
        warnings = posts.warnings_for(session, view.post, view.deliveries)
    assert [(w.code, w.params["wanted"], w.params["actual"]) for w in warnings] == [
        ("wall_time_skipped", "02:30", "03:30")
    ]


def test_the_same_text_within_two_days_on_the_same_channel_warns(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now())
    make_post(platform, company.bob, [channel], When(at=TOMORROW), text="Messe  Hannover", approve=True)
    near = make_post(platform, company.bob, [channel], When(at=TOMORROW + timedelta(hours=47)), text="messe Hannover")
    far = make_post(platform, company.bob, [channel], When(at=TOMORROW + timedelta(hours=97)), text="Messe Hannover")
    with platform.database.read() as session:
        views = [posts.view(session, p.workspace_id, p.id) for p in (near, far)]
        warn = [[w.code for w in posts.warnings_for(session, v.post, v.deliveries)] for v in views]
    assert warn == [["same_text_soon"], []]


def test_media_keep_their_order_through_an_edit(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now(), "twitter")
    one, two = make_media(platform, company.charlie), make_media(platform, company.charlie)
    post = make_post(platform, company.charlie, [channel], media=(one, two))
    own = {channel.id: VariantInput(media=(one,))}
    edit(platform, company.charlie, post, Content(channels=(channel.id,), media=(two, one), variants=own))
    post = read(platform, post).post
    base = posts.outgoing(post, 0, platform.settings.media_folder, registry.network("twitter"))
    variant = posts.outgoing(post, channel.id, platform.settings.media_folder, registry.network("twitter"))
    assert [m.media_id for m in post.media if m.channel_id is None] == [two, one]
    assert (len(base.media), len(variant.media)) == (2, 1)
    assert variant.media[0].path.exists()

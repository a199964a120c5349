"""What the calendar and the composer ask of both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from planner.bootstrap import Platform
from planner.domain.states import PostStatus, TopicStage
from planner.models import Campaign, Category, Channel, Topic
from planner.services import calendar
from planner.services.channel_choices import channel_choices
from planner.services.plan_choices import choices
from planner.services.posts import Content, PartInput, PollInput, VariantInput, When, look_over
from planner.services.posts.history import history, names_of
from tests.support import files
from tests.support.factories import Company, make_channel, make_media, make_post


def test_a_week_holds_its_entries_gaps_and_rhythm(platform: Platform, company: Company) -> None:
    now = platform.clock.now()
    slots = [(1, "09:00"), (3, "10:00")]
    channel = make_channel(platform.database, company, now, slots=slots, rhythm_per_week=1)
    post = make_post(platform, company.bob, [channel], When(queue=True), approve=True)
    with platform.database.read() as session:
        shown = calendar.look(session, company.workspace, now, now + timedelta(days=5), now=now)
    assert [(d.entry.post_id, d.status, d.movable) for d in shown.entries] == [(post.id, PostStatus.SCHEDULED, True)]
    week = shown.weeks[0].channels[0]
    assert (week.planned, week.met, len(week.gaps)) == (1, True, 1)


def test_an_entry_is_marked_with_what_its_own_channels_get(platform: Platform, company: Company) -> None:
    now = platform.clock.now()
    facebook, twitter = (make_channel(platform.database, company, now, key) for key in ("facebook", "twitter"))
    by_hand = make_channel(platform.database, company, now, "xing", by_hand_since=now)
    image, film = make_media(platform, company.bob), make_media(platform, company.bob, files.video(), "halle.mp4")
    thread, own = (PartInput("Zwei"),), {facebook.id: VariantInput(media=(film,), first_comment=" ")}
    contents: list[tuple[list[Channel], dict[str, Any]]] = [
        ([twitter], {"poll": PollInput(("Ja", "Nein"))}),
        ([facebook], {"thread": thread, "first_comment": "Mehr dazu", "media": (image,)}),
        ([twitter, facebook], {"thread": thread, "first_comment": "Mehr", "media": (image,), "variants": own}),
        ([by_hand], {"text": "Nur Text"}),
    ]
    for hour, (channels, content) in enumerate(contents, start=1):
        make_post(platform, company.bob, channels, When(at=now + timedelta(hours=hour)), **content)
    with platform.database.read() as session:
        shown = calendar.look(session, company.workspace, now, now + timedelta(days=1), now=now)
    assert [drawn.marks for drawn in shown.entries] == [
        ("poll",), ("image", "first_comment"), ("image", "video", "thread"), ("by_hand",),
    ]  # fmt: skip


def test_only_posts_without_any_time_are_drafts_without_one(platform: Platform, company: Company) -> None:
    channel = make_channel(platform.database, company, platform.clock.now(), slots=[(1, "09:00")])
    lying = make_post(platform, company.charlie, [channel])
    make_post(platform, company.charlie, [channel], When(queue=True))
    with platform.database.read() as session:
        assert [p.id for p in calendar.without_time(session, company.workspace.id)] == [lying.id]
        assert calendar.without_time(session, company.oscar.workspace_id) == []


def test_choices_are_those_of_the_workspace_by_name(platform: Platform, company: Company) -> None:
    now = platform.clock.now()
    home, away = company.workspace.id, company.oscar.workspace_id
    make_channel(platform.database, company, now, "xing", name="Brandt")
    common = {"created_at": now, "updated_at": now}
    with platform.database.write() as session:
        session.add_all(Campaign(workspace_id=w, name=n) for w, n in ((home, "Messe"), (home, "Azubis"), (away, "X")))
        session.add(Category(workspace_id=home, name="Produkt"))
        done = Topic(workspace_id=home, title="Fertig", stage=TopicStage.DONE, **common)
        session.add_all([Topic(workspace_id=home, title="Offen", **common), done])
    with platform.database.read() as session:
        offered = calendar.filter_choices(session, home)
        known = choices(session, home)
        with_done = choices(session, home, topic_id=done.id)
        networks = [c.network.key for c in channel_choices(session, home, now=now)]
    assert [name for _id, name in offered.campaigns] == ["Azubis", "Messe"]
    assert [(name, network) for _id, name, network in offered.channels] == [("Brandt", "xing")]
    assert [name for _id, name in known.topics] == ["Offen"]
    assert [name for _id, name in with_done.topics] == ["Fertig", "Offen"]
    assert [name for _id, name in known.owners] == ["Alice", "Bob", "Charlie", "Rita"]
    assert networks == ["xing"]


def test_looking_over_finds_problems_warnings_and_slots_and_stores_nothing(
    platform: Platform, company: Company
) -> None:
    now, folder = platform.clock.now(), platform.settings.media_folder
    channel = make_channel(platform.database, company, now, slots=[(1, "09:00")])
    make_post(platform, company.bob, [channel], When(queue=True), text="Neue Fräse")
    content = Content(text="neue  fräse", link="kein link", channels=(channel.id,))
    with platform.database.read() as session:
        found = look_over(session, company.workspace.id, content, When(queue=True), now=now, folder=folder)
        assert calendar.without_time(session, company.workspace.id) == []
    assert [e.code for e in found.errors] == ["link_invalid"]
    slot = found.slots[channel.id]
    assert slot is not None
    assert f"{slot.publish_at:%Y-%m-%d %H:%M}" == "2026-03-24 08:00"
    assert found.warnings == [], "a week apart the same text is no news"


def test_history_and_names_of_a_post(platform: Platform, company: Company) -> None:
    channel: Channel = make_channel(platform.database, company, platform.clock.now(), slots=[(1, "09:00")])
    post = make_post(platform, company.charlie, [channel], When(queue=True), owner_id=company.bob.user_id)
    with platform.database.read() as session:
        kinds = [event.kind for event in history(session, post.id, [])]
        assert names_of(session, post) == {"owner": "Bob"}
    assert kinds == ["approval_asked", "created"]

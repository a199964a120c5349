"""What may be live is not taken out of the plan before a person has said whether it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from planner.domain.states import DeliveryState as S
from planner.services import archiving, posts
from planner.services.doubt import DOUBT
from planner.services.errors import Conflict
from planner.services.posts import When
from planner.services.posts.inputs import content_of
from planner.services.publishing import decide
from tests.services.publishing.stage import Stage
from tests.support.factories import make_post


@pytest.mark.parametrize("code", sorted(DOUBT))
def test_a_post_in_doubt_is_neither_deleted_nor_cancelled_nor_taken_off_its_channel(stage: Stage, code: str) -> None:
    twitter, linkedin = stage.channel("twitter"), stage.channel("linkedin")
    when = When(at=stage.moment(hours=1))
    post = make_post(stage.platform, stage.company.bob, [twitter, linkedin], when, text="Einmal", approve=True)
    doubted, other = sorted(stage.deliveries(post.id), key=lambda d: d.channel_id != twitter.id)
    stage.change(doubted, state=S.NEEDS_PERSON, error_code=code, attempt_count=1)
    alice, now, folder = stage.company.alice, stage.clock.now(), stage.platform.settings.media_folder

    def take_off(session: Session) -> None:
        content = replace(content_of(session.get_one(type(post), post.id), (linkedin.id,)), variants={})
        posts.edit(session, alice, post.id, content, now=now, folder=folder)

    for take_out in (
        lambda s: posts.delete(s, alice, post.id, now=now),
        lambda s: posts.cancel(s, alice, [doubted.id], now=now),
        take_off,
        lambda s: archiving.archive(s, alice, twitter.id, now=now),
    ):
        with pytest.raises(Conflict, match="in_doubt"), stage.platform.database.write() as session:
            take_out(session)
    assert [stage.read(d).state for d in (doubted, other)] == [S.NEEDS_PERSON, S.SCHEDULED]

    with stage.platform.database.write() as session:
        decide.is_not_live(session, alice, doubted.id, now=now, send=False)
    with stage.platform.database.write() as session:
        posts.delete(session, alice, post.id, now=now)
    assert [stage.read(d).state for d in (doubted, other)] == [S.CANCELLED, S.CANCELLED]


def test_what_surely_was_not_sent_is_deleted_without_a_question(stage: Stage) -> None:
    twitter = stage.channel("twitter")
    post = make_post(stage.platform, stage.company.bob, [twitter], When(at=stage.moment(hours=1)), approve=True)
    (delivery,) = stage.deliveries(post.id)
    for code in ("reconnect", "assisted"):
        stage.change(delivery, state=S.NEEDS_PERSON, error_code=code)
        with stage.platform.database.write() as session:
            posts.delete(session, stage.company.alice, post.id, now=stage.clock.now())
            posts.restore(session, stage.company.alice, post.id, now=stage.clock.now())

"""Several channels are looked at together: one at which the database is lost takes no look from another."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from planner.domain.states import DeliveryState as S
from planner.services.publishing import reconcile
from tests.services.publishing.stage import Stage, lost


def test_a_database_that_is_lost_in_one_channels_look_takes_no_look_from_the_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "CHANNELS_AT_ONCE", 1)  # so that the first has failed when the second would begin
    networks = ("linkedin", "xing")
    for network in networks:
        lost(stage, network, accepted=True)
    posts = [stage.due(stage.channel(network)) for network in networks]
    stage.run()
    stage.clock.advance(minutes=2)
    failed: list[str] = []

    def fail_once(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.current_thread().name.startswith("look") and not failed:
            failed.append(statement)
            raise OperationalError(statement, {}, Exception("the connection is lost"))

    event.listen(stage.platform.database.engine, "before_cursor_execute", fail_once)
    with pytest.raises(OperationalError, match="is lost"):
        stage.reconcile()

    assert sorted(stage.state(post) for post in posts) == [S.PUBLISHED, S.UNKNOWN]
    stage.settle()
    assert [stage.state(post) for post in posts] == [S.PUBLISHED, S.PUBLISHED]
    assert len(stage.live()) == len(posts)

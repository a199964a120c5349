"""What the networks count of a video, and what asking for it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from publishers.base import OutgoingPost, Publisher
from publishers.costs import Charge
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, NetworkClock, connect, image, register, send, skipping
from tests.publishers.files import film
from tests.publishers.raw import RawServer, Received, Reply, json_reply
from tests.publishers.test_facebook import Graph

MEMBER = {"author": "urn:li:person:Ab-9_x", "access_token": "linkedin-member-access"}
WATCHED = {f"playback_{percent}_count" for percent in (0, 25, 50, 75, 100)}
GIVEN = {
    "facebook": {"video_views", "watch_seconds"},
    "twitter": {"video_views", *WATCHED},
    "linkedin": {"video_views", "video_viewers", "watch_seconds"},
    "linkedin of a member": {"video_views", "video_viewers", "watch_seconds"},
}


@pytest.fixture(params=sorted(GIVEN))
def connected(
    request: pytest.FixtureRequest, sandbox: Sandbox, network_clock: NetworkClock
) -> Iterator[tuple[str, Publisher]]:
    case = str(request.param)
    key = case.partition(" ")[0]
    credentials = MEMBER if case != key else CREDENTIALS[key]
    register(sandbox, key, credentials)
    with closing(
        connect(key, sandbox.api_url(key), credentials=credentials, waiting=skipping(network_clock))
    ) as publisher:
        yield case, publisher


def test_a_video_is_counted_apart_and_a_post_without_one_has_no_such_figure(
    connected: tuple[str, Publisher], network_clock: NetworkClock, tmp_path: Path
) -> None:
    case, publisher = connected
    shown = send(publisher, OutgoingPost("Die Linie läuft", media=(film(tmp_path, seconds=30.0),))).remote_id
    picture = send(publisher, OutgoingPost("Ein Bild", media=(image(tmp_path),))).remote_id
    network_clock.move(timedelta(days=2))
    found = publisher.metrics([shown, picture], {shown})
    of_video = {*WATCHED, *GIVEN["linkedin"]}
    assert of_video & set(found[shown].extra) == GIVEN[case]
    assert all(found[shown].extra[name] > 0 for name in GIVEN[case])
    assert not of_video & set(found[picture].extra)
    assert found[shown].impressions
    assert not of_video & set(publisher.metrics([shown])[shown].extra), "nobody asked for it"


def test_how_far_people_watched_is_told_by_x_for_thirty_days_and_views_for_ever(
    sandbox: Sandbox, network_clock: NetworkClock, tmp_path: Path
) -> None:
    with closing(connect("twitter", sandbox.api_url("twitter"), waiting=skipping(network_clock))) as publisher:
        shown = send(publisher, OutgoingPost("Die Linie läuft", media=(film(tmp_path),))).remote_id
        network_clock.move(timedelta(days=31))
        extra = publisher.metrics([shown], {shown})[shown].extra
        assert extra["video_views"] > 0
        assert not WATCHED & set(extra)


def test_a_medium_that_x_reads_out_costs_and_media_without_a_video_are_not_read(
    sandbox: Sandbox, network_clock: NetworkClock, tmp_path: Path
) -> None:
    with closing(connect("twitter", sandbox.api_url("twitter"), waiting=skipping(network_clock))) as publisher:
        shown = send(publisher, OutgoingPost("Die Linie läuft", media=(film(tmp_path),))).remote_id
        picture = send(publisher, OutgoingPost("Ein Bild", media=(image(tmp_path),))).remote_id
        publisher.charges()
        publisher.metrics([picture])
        assert publisher.charges() == (Charge(1, 5_000),)
        publisher.metrics([shown], {shown})
        assert publisher.charges() == (Charge(2, 10_000),)


def test_a_count_of_videos_that_graph_no_longer_has_does_not_take_the_others_with_it() -> None:
    with RawServer(json_reply({})) as server, closing(connect("facebook", server.url)) as publisher:
        server.answer = Graph()
        figures = publisher.metrics(["1_2", "1_3"], {"1_2"})
        assert [(f.impressions, f.clicks, dict(f.extra)) for f in figures.values()] == [(100, 4, {})] * 2
        asked = len(server.requests)
        publisher.metrics(["1_2", "1_3"], {"1_2"})
        assert len(server.requests) == asked + 1, "which metrics are gone is learnt once"


def test_a_video_whose_figures_may_not_be_read_leaves_those_of_its_post() -> None:
    urn = "urn:li:ugcPost:7"

    def answer(received: Received) -> Reply:
        if "videoAnalytics" in received.path:
            return json_reply({"status": 403, "message": "Not enough permissions"}, 403)
        return json_reply({"elements": [{"ugcPost": urn, "totalShareStatistics": {"likeCount": 3}}]})

    with RawServer(answer) as server, closing(connect("linkedin", server.url)) as publisher:
        figures = publisher.metrics([urn], {urn})[urn]
        assert (figures.reactions, dict(figures.extra)) == (3, {})
        assert len(server.requests) == 2, "one refusal is enough"

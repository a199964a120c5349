"""Videos, GIFs and documents on their way to the networks, over HTTP against the sandbox networks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from publishers.base import (
    Medium,
    OutgoingPost,
    Prepared,
    Progress,
    Publisher,
    Refused,
    Rejected,
    Stage,
    Uncertain,
)
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import NetworkClock, connect, send, skipping
from tests.publishers.files import WORD, animation, document, docx, film, medium, mp4, pdf, picture

FILM_NETWORKS = ("twitter", "facebook", "linkedin")
films = pytest.mark.parametrize("key", FILM_NETWORKS, indirect=True)


class Stopped(Exception):
    """What the planner raises when nobody wants the preparation any more."""


@films
@pytest.mark.parametrize("kind", ["film", "animation"])
def test_a_film_is_uploaded_processed_and_then_shown_by_one_call(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime, tmp_path: Path, kind: str
) -> None:
    moving = film(tmp_path, size=5_500_000, title="Die neue Linie") if kind == "film" else animation(tmp_path)
    post = OutgoingPost("Ein Rundgang durch Halle 3", media=(moving,))
    prepared = publisher.prepare(post)
    assert sandbox.posts(key) == [], "nothing is visible before the one visible call"
    published = publisher.publish(prepared)
    [stored] = sandbox.posts(key)
    assert stored["id"] == published.remote_id
    assert [m["size"] for m in stored["media"]] == [moving.size]
    assert len(sandbox.requests(key, "publish")) == 1
    [listed] = publisher.find_recent(begun).posts
    assert (listed.remote_id, listed.media_count) == (published.remote_id, 1)
    assert listed.text == network(key).expected_text(post)


@films
def test_whoever_waits_for_a_film_hears_how_far_it_is(publisher: Publisher, tmp_path: Path) -> None:
    heard: list[Progress] = []
    post = OutgoingPost("Ein Rundgang", media=(film(tmp_path, size=5_500_000),))
    publisher.prepare(post, heard.append)
    sent = [p.done for p in heard if p.stage is Stage.UPLOADING]
    assert sent == sorted(sent)
    assert (sent[-1], len(sent) > 1) == (5_500_000, True)
    assert all(p.total == 5_500_000 for p in heard if p.stage is Stage.UPLOADING)
    processed = [p for p in heard if p.stage is Stage.PROCESSING]
    assert processed
    assert all(0 <= p.done <= p.total or p.total == 0 for p in processed)


@films
def test_who_hears_may_stop_a_preparation_at_any_step(
    publisher: Publisher, sandbox: Sandbox, key: str, tmp_path: Path
) -> None:
    post = OutgoingPost("Ein Rundgang", media=(film(tmp_path, size=9_000_000),))
    for wanted in (1, 2, 3, 4):
        heard = 0

        def stop(_progress: Progress, wanted: int = wanted) -> None:
            nonlocal heard
            heard += 1
            if heard == wanted:
                raise Stopped

        with pytest.raises(Stopped):
            publisher.prepare(post, stop)
    assert sandbox.posts(key) == []


@pytest.mark.parametrize("key", ["linkedin"], indirect=True)
@pytest.mark.parametrize("which", ["pdf", "docx"])
def test_a_document_goes_out_under_its_title(
    publisher: Publisher, sandbox: Sandbox, begun: datetime, tmp_path: Path, which: str
) -> None:
    paper = document(tmp_path, title="Datenblatt G7") if which == "pdf" else medium(tmp_path, "g7.docx", docx(), WORD)
    published = send(publisher, OutgoingPost("Alle Maße", media=(paper,)))
    [stored] = sandbox.posts("linkedin")
    assert stored["media"][0]["title"] == (paper.title or "g7.docx")
    assert stored["media"][0]["mime"] == paper.mime
    [listed] = publisher.find_recent(begun).posts
    assert (listed.remote_id, listed.media_count) == (published.remote_id, 1)


@pytest.mark.parametrize("key", ["twitter", "facebook", "linkedin"], indirect=True)
def test_several_images_go_out_in_their_order(
    publisher: Publisher, key: str, sandbox: Sandbox, begun: datetime, tmp_path: Path
) -> None:
    images = tuple(picture(tmp_path, f"{n}.png", 8 + n, 8) for n in range(4))
    send(publisher, OutgoingPost("Vier Ansichten", media=images))
    [stored] = sandbox.posts(key)
    assert [m["width"] for m in stored["media"]] == [8, 9, 10, 11]
    [listed] = publisher.find_recent(begun).posts
    assert listed.media_count == 4


# --- what goes wrong -----------------------------------------------------------------------------------------

STEPS = {
    "twitter": ("upload.start", "upload.part", "upload.finish", "upload.status"),
    "facebook": ("upload.start", "upload.part", "upload.finish", "upload.status"),
    "linkedin": ("upload.start", "upload.part", "upload.finish", "upload.status"),
}


@films
@pytest.mark.parametrize(
    ("kind", "accepted"),
    [
        ("error", True),
        ("error", False),
        ("reset", True),
        ("malformed", True),
        ("truncated", True),
        ("throttled", False),
    ],
)
def test_an_upload_that_breaks_at_any_step_is_safe_to_try_again(
    publisher: Publisher, key: str, sandbox: Sandbox, tmp_path: Path, kind: str, accepted: bool
) -> None:
    post = OutgoingPost("Ein Rundgang", media=(film(tmp_path),))
    for step in STEPS[key]:
        sandbox.faults.clear()
        sandbox.faults.add(kind, key, step, accepted=accepted, count=1)
        try:
            publisher.prepare(post)
        except (Refused, Rejected) as error:
            harmless = isinstance(error, Refused)
        else:
            harmless = True  # a step whose answer nobody needs
        assert harmless, f"{kind} at {step}"
        assert sandbox.faults.struck, f"{step} was never asked"
        assert sandbox.posts(key) == []
    sandbox.faults.clear()
    send(publisher, post)
    assert len(sandbox.posts(key)) == 1


@films
def test_a_film_that_cannot_be_processed_is_rejected_in_the_networks_words(
    publisher: Publisher, key: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.add("processing_failed", key, "upload.finish", count=1)
    with pytest.raises(Rejected) as caught:
        publisher.prepare(OutgoingPost("Ein Rundgang", media=(film(tmp_path),)))
    assert caught.value.network_message == "The file could not be processed."
    assert sandbox.posts(key) == []


@films
def test_a_film_that_is_processed_for_longer_than_the_preparation_may_last_is_tried_again(
    key: str, sandbox: Sandbox, network_clock: NetworkClock, tmp_path: Path
) -> None:
    publisher = connect(key, sandbox.api_url(key), waiting=skipping(network_clock), prepare_timeout=90)
    sandbox.faults.add("processing_slow", key, "upload.finish", seconds=600, count=1)
    heard: list[Progress] = []
    with pytest.raises(Refused):
        publisher.prepare(OutgoingPost("Ein Rundgang", media=(film(tmp_path),)), heard.append)
    assert network_clock.moved <= timedelta(seconds=90)
    assert len([p for p in heard if p.stage is Stage.PROCESSING]) >= 90 / 5, "nobody waits longer than five seconds"
    publisher.close()


@pytest.mark.parametrize(
    ("key", "seconds"), [("twitter", 141.0), ("twitter", 0.2), ("linkedin", 2.0)], indirect=["key"]
)
def test_a_film_of_the_wrong_length_is_found_before_sending_and_by_the_network(
    publisher: Publisher, key: str, tmp_path: Path, seconds: float
) -> None:
    post = OutgoingPost("Ein Rundgang", media=(film(tmp_path, seconds),))
    [problem] = network(key).check(post)
    assert problem.code in ("video_too_long", "video_too_short")
    with pytest.raises(Rejected) as caught:
        publisher.prepare(post)
    assert caught.value.network_message


@pytest.mark.parametrize("key", ["twitter", "linkedin"], indirect=True)
def test_an_image_of_fifty_thousand_pixels_is_found_before_sending_and_by_the_network(
    publisher: Publisher, key: str, tmp_path: Path
) -> None:
    wide = picture(tmp_path, "breit.png", 50_000, 1000 if key == "linkedin" else 1)
    post = OutgoingPost("Sehr breit", media=(wide,))
    codes = [problem.code for problem in network(key).check(post)]
    assert codes == (["image_too_many_pixels"] if key == "linkedin" else [])
    with pytest.raises(Rejected):
        publisher.prepare(post)


@pytest.mark.parametrize("key", ["linkedin"], indirect=True)
def test_a_document_of_too_many_pages_is_found_before_sending_and_by_the_network(
    publisher: Publisher, tmp_path: Path
) -> None:
    post = OutgoingPost("Der ganze Katalog", media=(document(tmp_path, pages=301),))
    assert [p.code for p in network("linkedin").check(post)] == ["document_too_many_pages"]
    with pytest.raises(Rejected) as caught:
        publisher.prepare(post)
    assert "300 pages" in caught.value.network_message


@pytest.mark.parametrize("key", ["twitter"], indirect=True)
def test_an_upload_that_expired_before_the_post_is_uploaded_anew(
    publisher: Publisher, sandbox: Sandbox, network_clock: NetworkClock, tmp_path: Path
) -> None:
    post = OutgoingPost("Ein Rundgang", media=(film(tmp_path),))
    prepared = publisher.prepare(post)
    network_clock.move(timedelta(hours=25))
    with pytest.raises(Refused):
        publisher.publish(prepared)
    assert sandbox.posts("twitter") == []
    send(publisher, post)
    assert len(sandbox.posts("twitter")) == 1


@pytest.mark.parametrize("key", ["facebook"], indirect=True)
def test_a_video_that_facebook_showed_without_naming_the_post_is_uncertain_and_is_found(
    publisher: Publisher, sandbox: Sandbox, begun: datetime, tmp_path: Path
) -> None:
    post = OutgoingPost("Ein Rundgang", media=(film(tmp_path),))
    prepared = publisher.prepare(post)
    sandbox.faults.add("error", "facebook", "upload.status", count=1)
    with pytest.raises(Uncertain):
        publisher.publish(prepared)
    [listed] = publisher.find_recent(begun).posts
    assert (listed.text, listed.media_count) == ("Ein Rundgang", 1)
    assert publisher.publish(prepared).remote_id == listed.remote_id, "showing it again shows nothing new"
    assert len(sandbox.posts("facebook")) == 1


@films
def test_a_file_that_is_gone_or_shorter_than_it_was_is_rejected(
    publisher: Publisher, key: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    moving = film(tmp_path, size=9_000_000)

    def shorten(_progress: Progress) -> None:
        moving.path.write_bytes(moving.path.read_bytes()[:1000])

    with pytest.raises((Rejected, Refused)):
        publisher.prepare(OutgoingPost("Ein Rundgang", media=(moving,)), shorten)
    moving.path.unlink()
    with pytest.raises(Rejected):
        publisher.prepare(OutgoingPost("Ein Rundgang", media=(moving,)))
    assert sandbox.posts(key) == []


@pytest.fixture
def cutting() -> Iterator[str]:
    """A server that takes a little of a request and cuts the connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(2000)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize("key", FILM_NETWORKS)
def test_an_upload_that_is_cut_off_midway_is_safe_to_try_again(key: str, cutting: str, tmp_path: Path) -> None:
    publisher = connect(key, cutting)
    with pytest.raises(Refused):
        publisher.prepare(OutgoingPost("Ein Bild", media=(picture(tmp_path, width=400, height=400),)))
    publisher.close()


# --- any file at all -----------------------------------------------------------------------------------------


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, str]:
    """Bytes, and what they are said to be; sometimes that is true."""
    content = draw(
        st.one_of(
            st.binary(min_size=1, max_size=300),
            st.builds(mp4, st.floats(0, 2000), st.integers(0, 5000), st.integers(0, 5000), st.just(80_000)),
            st.builds(pdf, st.integers(0, 310)),
            st.just(docx()),
        )
    )
    cut = draw(st.integers(0, 40))
    mime = draw(st.sampled_from(("image/png", "image/gif", "video/mp4", "application/pdf", WORD)))
    return content[: len(content) - cut] or b"x", mime


@films
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=files())
def test_whatever_file_is_uploaded_it_is_ready_or_refused_and_never_visible(
    publisher: Publisher, key: str, sandbox: Sandbox, tmp_path: Path, file: tuple[bytes, str]
) -> None:
    content, mime = file
    if key != "linkedin" and mime in ("application/pdf", WORD):
        mime = "video/mp4"
    path = tmp_path / "datei"
    path.write_bytes(content)
    odd = Medium(path, mime, len(content), 8, 8)
    try:
        prepared = publisher.prepare(OutgoingPost("Irgendetwas", media=(odd,)))
    except (Rejected, Refused):
        prepared = None
    assert prepared is None or isinstance(prepared, Prepared)
    assert sandbox.posts(key) == []

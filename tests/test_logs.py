"""Logs say what happened, and no secret."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given, strategies

from planner import logs
from tests.support.factories import make_settings

SECRETS = [
    "sp_0Ix22EW8sLO4Nokor5wAOu3Xw7xieAyZTt5w1Ti5_gg",
    "EAABsandboxBrandtPage0123456789",
    "AQXsandboxBrandtLinkedIn0123456789",
]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged from here on, as JSON; the process's own logging comes back afterwards."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, threading.excepthook
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(make_settings(tmp_path, "sqlite://", log_format="json", log_level="INFO"))
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    threading.excepthook = hook
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_token_is_hidden_wherever_it_stands(written: io.StringIO, secret: str) -> None:
    logger = logging.getLogger("planner.test")
    logger.info("Refused: %s", secret)
    logger.info("GET https://api.example/posts?access_token=%s&limit=5", secret)
    logger.info("as a field", extra={"access_token": secret, "details": {"text": f"Bearer {secret}"}})
    try:
        int(f"token={secret}")
    except ValueError:
        logger.exception("It failed")
    assert len(lines(written)) == 4
    assert secret not in written.getvalue()
    assert "limit=5" in written.getvalue()


@given(value=strategies.text("abcdefghijklmnopqrstuvwxyz0123456789-_.~", min_size=8, max_size=60))
@pytest.mark.parametrize(
    "form",
    [
        "access_token={}",
        '"client_secret": "{}"',
        "password = {}",
        "Authorization: Bearer {}",
        "postgresql://user:{}@host/database",
        "{{'refresh_token': '{}'}}",
    ],
)
def test_whatever_stands_after_the_name_of_a_secret_is_hidden(form: str, value: str) -> None:
    assert value not in logs.hide(form.format(value)) or value in form


def test_plain_words_stay(written: io.StringIO) -> None:
    logging.getLogger("planner.test").info("The channel %s has 3 tokens left and 1 password reset", "LinkedIn")
    (line,) = lines(written)
    assert line["event"] == "The channel LinkedIn has 3 tokens left and 1 password reset"
    assert (line["level"], line["logger"]) == ("info", "planner.test")


def test_every_line_about_a_delivery_names_it(written: io.StringIO) -> None:
    with logs.about_delivery(42):
        logging.getLogger("publishers.twitter").warning("Throttled")
    logging.getLogger("planner").warning("Something else")
    assert [line.get("delivery") for line in lines(written)] == [42, None]


def test_other_packages_speak_only_when_something_is_wrong(written: io.StringIO) -> None:
    logging.getLogger("apscheduler.executors.default").info("Running job")
    logging.getLogger("urllib3.connectionpool").warning("Retrying")
    assert [line["event"] for line in lines(written)] == ["Retrying"]


def test_every_line_is_json_whatever_is_said(written: io.StringIO) -> None:
    strange = {"nan": float("nan"), "pairs": {("a", 1): {2, 3}}, "bytes": b"\xff", "text": "\ud800 \n \x00 \u2028"}
    logging.getLogger("planner.test").info("two\nlines", extra=strange)
    logs.tell_what_nobody_catches()
    with pytest.warns(UserWarning, match="beside the log"):
        warnings.warn("beside the log", UserWarning, stacklevel=1)
    thread = threading.Thread(target=lambda: int("token=abcdefghijklmnop"), name="sender-1")
    thread.start()
    thread.join()
    said, ended = [json.loads(line, parse_constant=_no_constant) for line in written.getvalue().splitlines()]
    assert (said["event"], said["nan"]) == ("two\nlines", "nan")
    assert ended["event"] == "The thread sender-1 ended"
    assert "ValueError" in ended["exception"]
    assert "abcdefghijklmnop" not in ended["exception"]


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@pytest.mark.usefixtures("written")
def test_text_is_one_line_for_each_thing_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(make_settings(tmp_path, "sqlite://", log_format="text", log_level="INFO"))
    with logs.about_delivery(42, channel=3):
        logging.getLogger("publishers.twitter").warning("Refused:\n2027 [info] forged", extra={"said": "a b\nc"})
    (line,) = capsys.readouterr().err.splitlines()
    assert "[warning] Refused: 2027 [info] forged  " in line
    assert {"delivery=42", "channel=3", "logger=publishers.twitter"} <= set(line.split())
    assert 'said="a b\\nc"' in line

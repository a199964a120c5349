"""Logs: lines for people or JSON for machines, and never a token in them."""

from __future__ import annotations

import json
import logging
import math
import re
import sys
import threading
from collections.abc import MutableMapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from planner.config import Settings

HIDDEN = "[hidden]"

_log = logging.getLogger(__name__)

#: What looks like a secret inside a sentence: after the name of one, or by its own shape.
_NAMED = re.compile(
    r"(?i)((?:access_token|refresh_token|client_secret|consumer_secret|token_secret|oauth_token|appsecret_proof|password"
    r"|secret_key|api_key|token)[\"']?\s*[=:]\s*[\"']?)([^\s\"'&,;)}\]]+)"
)
_SHAPED = re.compile(
    r"(?i)\b(?:bearer|oauth|basic)\s+[A-Za-z0-9._~+/=-]{8,}"
    r"|\bsp_[A-Za-z0-9_-]{20,}"
    r"|\bEAA[A-Za-z0-9]{10,}"
    r"|\bAQ[A-Za-z0-9_-]{20,}"
    r"|\bgAAAAA[A-Za-z0-9_=-]{20,}"
    r"|://[^/\s:@]+:[^/\s@]+@"
)
#: What some readers take for the end of a line, and what no encoding can write.
_BREAKS = re.compile("[\x85\u2028\u2029\ud800-\udfff]")
_BREAKS_IN_TEXT = re.compile(r"\s*[\x00-\x1f\x85\u2028\u2029]+\s*")
_WORD = re.compile(r"[\w.:/+-]+")
#: Shorter than any secret, and with nothing in it that could name one.
_SHORT = 12
_SECRET_KEYS = re.compile(r"(?i)token|secret|password|authorization|cookie|credential|encryption_key")


def configure(settings: Settings) -> None:
    """Set up logging for this process: everything through structlog, to stderr."""
    level = logging.getLevelName(settings.log_level.upper())
    level = level if isinstance(level, int) else logging.INFO
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                _renderer(settings.log_format),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # Their lines at INFO are about each of their own steps.
    for noisy in (
        "apscheduler",
        "urllib3",
        "oauthlib",
        "requests_oauthlib",
        "alembic",
        "procrastinate",
        "waitress.queue",
        "tweepy",
        "PIL",
    ):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def redact(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor that hides whatever may be a secret, by the key it stands under or by its look."""
    for key, value in event.items():
        event[key] = HIDDEN if _SECRET_KEYS.search(key) and key != "token_id" else hide(value)
    return event


def hide(value: Any) -> Any:
    """A value with all that looks like a secret taken out of its texts."""
    if isinstance(value, str):
        is_plain = len(value) <= _SHORT and value.isalnum()
        return value if is_plain else _SHAPED.sub(HIDDEN, _NAMED.sub(rf"\1{HIDDEN}", value))
    if isinstance(value, bool | int | None):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)  # JSON has no word for the others
    if isinstance(value, dict):
        return {str(k): HIDDEN if _SECRET_KEYS.search(str(k)) else hide(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [hide(v) for v in value]
    return hide(str(value))


def about_delivery(delivery_id: int | list[int], **ids: int) -> AbstractContextManager[Any]:
    """A context in which every line of this thread names the delivery that it is about (or several, where one call to
    a network is about all of them), and what else ``ids`` says: ``workspace``, ``channel``, ``attempt``."""
    return structlog.contextvars.bound_contextvars(delivery=delivery_id, **ids)


def about_channel(channel_id: int, network: str, workspace_id: int) -> AbstractContextManager[Any]:
    """A context in which every line of this thread names the channel, its network and its workspace."""
    return structlog.contextvars.bound_contextvars(channel=channel_id, network=network, workspace=workspace_id)


def about_request(**ids: Any) -> None:
    """From here on every line of this thread names the request, until :func:`request_is_over`."""
    structlog.contextvars.bind_contextvars(**ids)


def request_is_over() -> None:
    """The thread is free for the next request."""
    structlog.contextvars.clear_contextvars()


def tell_what_nobody_catches() -> None:
    """Warnings, and what ends a thread, go into the log like everything else instead of being printed beside it."""
    logging.captureWarnings(True)
    threading.excepthook = _thread_ended


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_type is not SystemExit and ended.exc_value is not None:
        name = ended.thread.name if ended.thread else "?"
        _log.error("The thread %s ended", name, exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback))


def _json_line(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    line = json.dumps(event, ensure_ascii=False, default=str)
    return _BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _renderer(kind: str) -> structlog.types.Processor:
    if kind == "json":
        return _json_line
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return _text_line


def _text_line(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> str:
    """``TIME [level] what happened  delivery=42 channel=3 logger=…``: one line, but for a traceback after it.

    Of our own because there are three for each delivery, and the one for terminals takes four times as long.
    """
    when, level, said = event.pop("timestamp", ""), event.pop("level", ""), event.pop("event", "")
    trace = event.pop("exception", None)
    fields = " ".join(f"{key}={_field(value)}" for key, value in event.items())
    line = f"{when} [{level}] {_BREAKS_IN_TEXT.sub(' ', str(said))}  {fields}"
    return f"{line}\n{trace}" if trace else line


def _field(value: Any) -> str:
    text = str(value)
    return text if text.isalnum() or _WORD.fullmatch(text) else json.dumps(value, ensure_ascii=False, default=str)

"""Logs: lines for people or JSON for machines, and never a token in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from planner.config import Settings

HIDDEN = "[hidden]"

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
        return _SHAPED.sub(HIDDEN, _NAMED.sub(rf"\1{HIDDEN}", value))
    if isinstance(value, dict):
        return {k: HIDDEN if _SECRET_KEYS.search(str(k)) else hide(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(hide(v) for v in value)
    return hide(str(value)) if isinstance(value, BaseException) else value


def about_delivery(delivery_id: int) -> Any:
    """A context in which every line of this thread names the delivery that it is about."""
    return structlog.contextvars.bound_contextvars(delivery=delivery_id)


def _renderer(kind: str) -> structlog.types.Processor:
    if kind == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)

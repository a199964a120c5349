"""LinkedIn's errors, headers and Rest.li parameters."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from .service import Answer
from .store import Post
from .wire import Request, Response, json_response

OLDEST_VERSION, NEWEST_VERSION = "202512", "202611"
"""LinkedIn ends a version after twelve months (202511 ended on 2026-11-16). The bounds stay where they were when this
was written, or move up with the clock, so that the sandbox takes the version that goes with it at any time it plays."""

ACCESS_LIFE, REFRESH_LIFE = timedelta(days=60), timedelta(days=365)
"""A refresh token's life begins at the sign-in; renewing does not prolong it (Refresh Tokens with OAuth 2.0)."""


def error(status: int, code: str, message: str, service_code: int | None = None, **more: Any) -> Response:
    body: dict[str, Any] = {"status": status, "code": code, "message": message, **more}
    if service_code is not None:
        body["serviceErrorCode"] = service_code
    return json_response(status, body)


def input_error(status: int, code: str, message: str, field: str, description: str = "") -> Answer:
    """LinkedIn's answer to a body it does not take: each wrong field with its path and a code."""
    entry = {"description": description or message, "input": {"inputPath": {"fieldPath": field}}, "code": code}
    body = {
        "errorDetailType": "com.linkedin.common.error.BadRequest", "message": message, "status": status,
        "errorDetails": {"inputErrors": [entry]},
    }  # fmt: skip
    return Answer(json_response(status, body))


def duplicate(urn: str) -> Response:
    """422 with ``DUPLICATE_POST``; the message names the post that has this content."""
    thrown = "com.linkedin.content.common.exception.BadRequestResponseException"
    body = {
        "errorDetailType": "com.linkedin.common.error.BadRequest",
        "message": f"{thrown}: Content is a duplicate of {urn}",
        "errorDetails": {
            "inputErrors": [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
        },
        "status": 422,
    }
    return json_response(422, body)


def denied(what: str) -> Response:
    return error(403, "ACCESS_DENIED", f"Not enough permissions to access: {what}", 100)


def expired() -> Response:
    return error(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)


def not_found(urn: str) -> Answer:
    return Answer(error(404, "RESOURCE_NOT_FOUND", f"Entity {urn} could not be found"))


def require_version(request: Request, newest: str) -> None:
    """Answer 400 without ``LinkedIn-Version``, 426 to one that is not served."""
    version = request.headers.get("linkedin-version", "")
    if not version:
        raise Answer(error(400, "VERSION_MISSING", "A version must be present. Please specify a version by adding the "
                                                   "LinkedIn-Version header."))  # fmt: skip
    if not re.fullmatch(r"\d{6}(\.\d{1,2})?", version):
        raise Answer(error(400, "INVALID_VERSION", "Version header has an invalid format"))
    if not OLDEST_VERSION <= version[:6] <= max(newest, NEWEST_VERSION):
        raise Answer(error(426, "NONEXISTENT_VERSION", f"Requested version {version[:6]}01 is not active"))


def require_restli(request: Request) -> None:
    """Answer 400 to ``List(…)`` and ``(key:value)`` without protocol version 2.0.0, which alone knows them."""
    complex_value = any(value.startswith(("List(", "(")) for value in request.query.values())
    if complex_value and request.headers.get("x-restli-protocol-version") != "2.0.0":
        raise Answer(error(400, "ILLEGAL_ARGUMENT", "Invalid query parameters passed to request", 0))


def listed(value: str) -> list[str]:
    """The members of ``List(a,b)``."""
    inner = value.removeprefix("List(").removesuffix(")")
    return [part for part in inner.split(",") if part] if value.startswith("List(") else []


def paging(request: Request, total: int, default: int = 10) -> tuple[int, int, dict[str, Any]]:
    """Where the page asked for starts, how long it is, and its ``paging``."""
    start, count = request.query.get("start", "0"), request.query.get("count", str(default))
    if not (start.isdigit() and count.isdigit() and int(count) <= 100):
        raise Answer(error(400, "ILLEGAL_ARGUMENT", "start and count must be numbers, count 100 at most", 0))
    first, size = int(start), int(count)
    links = []
    if first + size < total:
        href = f"{request.path}?{_query(request, first + size, size)}"
        links.append({"type": "application/json", "rel": "next", "href": href})
    return first, size, {"start": first, "count": size, "links": links, "total": total}


def milliseconds(post: Post) -> int:
    return int(post.created_at.timestamp() * 1000)


def post_object(post: Post) -> dict[str, Any]:
    """A post as the Posts API gives it; ``commentary`` is little text."""
    shown: dict[str, Any] = {
        "id": post.id, "author": post.account.id, "commentary": post.meta["commentary"], "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED", "isReshareDisabledByAuthor": False, "createdAt": milliseconds(post),
        "publishedAt": milliseconds(post), "lastModifiedAt": post.meta.get("modified") or milliseconds(post),
        "lifecycleStateInfo": {"isEditedByAuthor": bool(post.meta.get("modified"))},
        "distribution": {
            "feedDistribution": "MAIN_FEED", "targetEntities": post.meta.get("targets") or [],
            "thirdPartyDistributionChannels": [],
        },
    }  # fmt: skip
    if post.meta.get("content"):
        shown["content"] = post.meta["content"]
    return shown


def _query(request: Request, start: int, count: int) -> str:
    kept = {name: value for name, value in request.query.items() if name not in ("start", "count")}
    return "&".join(f"{name}={value}" for name, value in {**kept, "start": str(start), "count": str(count)}.items())

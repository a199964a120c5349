"""The control API of the sandbox, ``/_control/…``: what was accepted, what arrived, faults, latency, clock, reset.

Bodies must come as ``application/json``: no page in a browser can send that to another host unasked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .faults import fault_fields
from .limits import Window
from .store import utc
from .wire import Request, Response, json_response

if TYPE_CHECKING:
    from .server import Sandbox

_ACCOUNT_FIELDS = frozenset({
    "network", "id", "name", "token", "handle", "kind", "followers", "scopes", "expires_at", "refresh", "secret",
    "consumer_key", "consumer_secret",
})  # fmt: skip

_MENTION_FIELDS = frozenset({"network", "account", "text", "author", "author_id", "created_at"})
_COMMENT_FIELDS = _MENTION_FIELDS - {"account"} | {"post", "parent"}
_WINDOW_FIELDS = frozenset({"limit", "seconds", "scope", "aligned"})


class Control:
    """Answers the control API for one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("GET", "posts"): self._posts, ("GET", "requests"): self._requests, ("GET", "faults"): self._faults,
            ("POST", "faults"): self._add_faults, ("DELETE", "faults"): self._clear_faults,
            ("PUT", "limits"): self._limits,
            ("DELETE", "state"): self._reset, ("PUT", "latency"): self._latency, ("PUT", "clock"): self._clock,
            ("GET", "accounts"): self._accounts, ("POST", "accounts"): self._add_account,
            ("POST", "backfill"): self._backfill, ("GET", "credentials"): self._credentials,
            ("GET", "comments"): self._comments, ("POST", "comments"): self._add_comment,
            ("DELETE", "comments"): self._remove_comment, ("POST", "mentions"): self._add_mention,
            ("DELETE", "posts"): self._remove_post, ("DELETE", "permissions"): self._withdraw,
        }  # fmt: skip

    def handle(self, request: Request, name: str) -> Response:
        route = self._routes.get((request.method, name))
        if route is None:
            return json_response(404, {"error": f"no {request.method} /_control/{name}"})
        if request.method in ("POST", "PUT") and request.content_type != "application/json":
            return json_response(415, {"error": "send application/json"})
        try:
            return route(request)
        except (ValueError, TypeError, KeyError) as error:
            return json_response(422, {"error": str(error)})

    def _posts(self, request: Request) -> Response:
        posts = self._sandbox.posts(request.query.get("network"), request.query.get("account"))
        return json_response(200, {"posts": posts})

    def _requests(self, request: Request) -> Response:
        entries = self._sandbox.requests(request.query.get("network"), request.query.get("operation"))
        return json_response(200, {"requests": entries[-int(request.query.get("limit", "1000")) :]})

    def _faults(self, request: Request) -> Response:  # noqa: ARG002 - routes are alike
        return json_response(200, {"faults": self._sandbox.faults.active(), "struck": self._sandbox.faults.struck})

    def _add_faults(self, request: Request) -> Response:
        body = request.json()
        wanted = [_known(entry, fault_fields()) for entry in (body if isinstance(body, list) else [body])]
        for entry in wanted:
            self._sandbox.faults.add(**entry)
        return json_response(201, {"faults": self._sandbox.faults.active()})

    def _clear_faults(self, request: Request) -> Response:  # noqa: ARG002 - routes are alike
        self._sandbox.faults.clear()
        return Response(204)

    def _limits(self, request: Request) -> Response:
        """``{"name": "twitter.publish", "windows": [{"limit", "seconds", "scope"?, "aligned"?}]}``"""
        wanted = _known(request.json(), frozenset({"name", "windows"}))
        windows = [Window(**_known(window, _WINDOW_FIELDS)) for window in wanted["windows"]]
        with self._sandbox.world.store.lock:
            self._sandbox.world.limits.set(str(wanted["name"]), *windows)
        return Response(204)

    def _reset(self, request: Request) -> Response:  # noqa: ARG002 - routes are alike
        self._sandbox.reset()
        return Response(204)

    def _latency(self, request: Request) -> Response:
        self._sandbox.latency = float(_known(request.json(), frozenset({"seconds"}))["seconds"])
        return json_response(200, {"seconds": self._sandbox.latency})

    def _clock(self, request: Request) -> Response:
        offset = float(_known(request.json(), frozenset({"offset_seconds"}))["offset_seconds"])
        self._sandbox.offset_seconds = offset
        return json_response(200, {"offset_seconds": offset, "now": self._sandbox.world.now().isoformat()})

    def _accounts(self, request: Request) -> Response:  # noqa: ARG002 - routes are alike
        accounts = self._sandbox.world.directory.accounts.values()
        return json_response(200, {"accounts": [
            {"network": a.network, "id": a.id, "name": a.name, "handle": a.handle, "kind": a.kind} for a in accounts
        ]})  # fmt: skip

    def _add_account(self, request: Request) -> Response:
        wanted = _known(request.json(), _ACCOUNT_FIELDS)
        if wanted.get("expires_at"):
            wanted["expires_at"] = utc(wanted["expires_at"])
        account = self._sandbox.add_account(**wanted)
        return json_response(201, {"network": account.network, "id": account.id, "name": account.name})

    def _backfill(self, request: Request) -> Response:
        wanted = _known(request.json(), frozenset({"network", "account", "text", "created_at", "link"}))
        wanted["created_at"] = utc(wanted["created_at"])
        return json_response(201, {"id": self._sandbox.backfill(**wanted)})

    def _comments(self, request: Request) -> Response:
        """``?network=…&post=…``"""
        found = self._sandbox.comments(request.query["network"], request.query["post"])
        return json_response(200, {"comments": found})

    def _add_comment(self, request: Request) -> Response:
        """``{"network", "post", "text", "author"?, "author_id"?, "parent"?, "created_at"?}``"""
        wanted = _dated(_known(request.json(), _COMMENT_FIELDS))
        return json_response(201, {"id": self._sandbox.comment(post_id=wanted.pop("post"), **wanted)})

    def _remove_comment(self, request: Request) -> Response:
        """``?network=…&post=…&comment=…``: its author deletes it."""
        query = request.query
        self._sandbox.remove_comment(query["network"], query["post"], query["comment"])
        return Response(204)

    def _add_mention(self, request: Request) -> Response:
        """``{"network", "account", "text", "author"?, "author_id"?, "created_at"?}``"""
        wanted = _dated(_known(request.json(), _MENTION_FIELDS))
        return json_response(201, {"id": self._sandbox.mention(**wanted)})

    def _remove_post(self, request: Request) -> Response:
        """``?network=…&post=…``: somebody takes it down at the network itself."""
        self._sandbox.remove(request.query["network"], request.query["post"])
        return Response(204)

    def _withdraw(self, request: Request) -> Response:
        """``?network=…&account=…&scopes=…,…``: a person takes permissions away from the app."""
        query = request.query
        self._sandbox.withdraw(query["network"], query["account"], *query["scopes"].split(","))
        return Response(204)

    def _credentials(self, request: Request) -> Response:  # noqa: ARG002 - routes are alike
        return json_response(200, {"credentials": self._sandbox.credentials()})


def _dated(wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields with ``created_at`` as a moment. Raises ValueError."""
    return {**wanted, "created_at": utc(wanted["created_at"])} if wanted.get("created_at") else wanted


def _known(entry: Any, names: frozenset[str]) -> dict[str, Any]:
    """``entry`` as an object that has no other fields than ``names``. Raises ValueError."""
    if not isinstance(entry, dict):
        raise TypeError("send a JSON object")
    unknown = set(entry) - names
    if unknown:
        raise ValueError(f"unknown field {min(unknown)!r}; known are {', '.join(sorted(names))}")
    return dict(entry)

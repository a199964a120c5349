"""The sandbox's Facebook: Pages by the Graph API. Names after Meta's description of Page, PagePost and Comment."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from .accounts import Account, Token
from .facebook_consent import FacebookConsent
from .facebook_shapes import error, parameter_error, unknown_object
from .facebook_video import LOCALES, FacebookVideo
from .faults import Fault
from .forms import form_values, uploaded_file
from .images import sniff
from .service import Answer, Draft, Outcome, Route
from .store import Medium, Post, text_key
from .wire import Conduct, Request, Response, json_response

VERSION = "v26.0"
MAX_TEXT = 63206
MAX_PHOTO_BYTES = 10 * 1024**2
MAX_PHOTOS = 10
DUPLICATE_WINDOW = timedelta(hours=1)
_VERSION = re.compile(r"/v(\d{1,2})\.\d(?=/|$)")
_PHOTO_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_MENTION = re.compile(r"@\[(\d+)\]")
_ATTACHED = re.compile(r"attached_media\[(\d+)\]\Z")


class Facebook(FacebookConsent, FacebookVideo):
    """Graph under its own paths, with or without a version: ``/v26.0/{page}/feed``."""

    def routes(self) -> list[Route]:
        return [
            *self.consent_routes(),
            Route("POST", "/{}/feed", "publish", self.create),
            Route("POST", "/{}/photos", "publish", self.photo),
            *self.video_routes(),
            *self.dialogue_routes(),
            *self.reading_routes(),
            Route("DELETE", "/{}", "delete", self.delete),
            Route("POST", "/{}", "update", self.update),
            Route("POST", "/", "batch", self.batch),
        ]

    def handle(self, request: Request) -> Outcome:
        match = _VERSION.match(request.path)
        if match:
            request.path = request.path[match.end() :] or "/"
        if match and not 20 <= int(match[1]) <= int(VERSION[1:3]):
            return Outcome(error(2500, f"Unknown path components: {match[0]}{request.path}"))
        outcome = super().handle(request)
        outcome.response.headers["facebook-api-version"] = match[0].lstrip("/") if match else VERSION
        return outcome

    def operation_of(self, route: Route, request: Request) -> str:
        film = self.video_operation(request)
        if film is not None:
            return film
        if route.operation == "publish" and self.parameters(request).get("published") == "false":
            return "upload.finish"
        about_comment = route.operation == "delete" and self.world.store.find(self.key, request.path[1:]) is None
        return "moderate" if about_comment or "is_hidden" in self.parameters(request) else route.operation

    def identify(self, request: Request, arguments: list[str]) -> Account | None:
        token = self.world.directory.token(self.key, self._token_value(request))
        if token is None:
            return None
        if arguments and request.path.endswith(("/feed", "/photos", "/videos", "/published_posts")):
            return self.world.directory.reachable(token, arguments[0]) or token.account
        named = self.world.directory.find(self.key, arguments[0].partition("_")[0]) if arguments else None
        return named or token.account

    def unknown_path(self, request: Request) -> Response:
        return error(2500, f"Unknown path components: {request.path}")

    # --- publishing ----------------------------------------------------------------------------------------

    def create(self, request: Request, page_id: str) -> Response:
        _, page = self.authorize_page(request, page_id)
        form = self.parameters(request)
        message, link = form.get("message", ""), form.get("link") or None
        media = self._attached(page, form)
        if not (message.strip() or link or media):
            raise parameter_error("Missing message or attachment")
        if len(message) > MAX_TEXT:
            raise parameter_error(f"The parameter message is longer than {MAX_TEXT} characters")
        if link and not _is_link(link):
            raise Answer(error(1609005, "(#1609005) The post's links could not be posted", subcode=1609005))
        if form.get("published") == "false":
            raise parameter_error("Unpublished posts are not kept here; upload photos with published=false instead")
        twin = self._twin(page, message, link, media)
        if twin:
            raise Answer(_duplicate())
        post = self._accept(request, page, message, link, media, self.targeting(form))
        return json_response(200, {"id": post.id})

    def photo(self, request: Request, page_id: str) -> Response:
        _, page = self.authorize_page(request, page_id)
        form, file = self.parameters(request), uploaded_file(request)
        if file is None:
            raise Answer(error(324, "(#324) Missing or invalid image file", subcode=2069019))
        medium = self._store_photo(page, file.content, form.get("alt_text_custom", ""))
        if form.get("published") == "false":
            return json_response(200, {"id": medium.id})
        message = form.get("message") or form.get("caption") or ""
        post = self._accept(request, page, message, None, [medium])
        return json_response(200, {"id": medium.id, "post_id": post.id})

    def update(self, request: Request, object_id: str) -> Response:
        """Edit the message of a post or of an own comment, or hide somebody's comment."""
        form = self.parameters(request)
        post = self.world.store.find(self.key, object_id)
        if post is None and self.world.store.find_medium(self.key, object_id):
            return self.show_video(request, object_id)
        if post is None:
            return self.edit_comment(request, object_id) if "message" in form else self.hide(request, object_id)
        token = self.authorize(request, "pages_manage_posts")
        if self.world.directory.reachable(token, post.account.id) is None:
            raise unknown_object(object_id)
        if not (form.get("message", "").strip() or (post.media and "message" in form)):
            raise parameter_error("Missing message or attachment")
        if len(form["message"]) > MAX_TEXT:
            raise parameter_error(f"The parameter message is longer than {MAX_TEXT} characters")
        post.text = form["message"]
        self.world.store.save(post)
        return json_response(200, {"success": True})

    def delete(self, request: Request, object_id: str) -> Response:
        post = self.world.store.find(self.key, object_id)
        if post is None:
            return self.remove_comment(request, object_id)
        token = self.authorize(request, "pages_manage_posts")
        if self.world.directory.reachable(token, post.account.id) is None:
            raise unknown_object(object_id)
        self.world.store.delete(post, self.world.now())
        return json_response(200, {"success": True})

    def batch(self, request: Request) -> Response:
        """Several reads in one request: a list of ``{"code", "headers", "body"}``, its bodies JSON in strings."""
        form = self.parameters(request)
        try:
            parts = json.loads(form.get("batch", ""))
        except ValueError:
            parts = None
        if not isinstance(parts, list) or not 1 <= len(parts) <= 50:
            raise parameter_error("The parameter batch must be a JSON array of 1 to 50 requests")
        return json_response(200, [self._batched(request, part) for part in parts])

    def _batched(self, request: Request, part: Any) -> dict[str, Any]:
        if not isinstance(part, dict) or str(part.get("method", "GET")).upper() != "GET":
            raise parameter_error("Only GET requests can be batched here")
        headers = {"authorization": f"Bearer {self._token_value(request)}", "host": request.headers.get("host", "")}
        target = "/" + str(part.get("relative_url", "")).lstrip("/")
        answer = self.handle(Request("GET", target, headers, b"", request.arrived_at, request.prefix)).response
        if answer.conduct is not Conduct.ANSWER:
            raise Answer(answer)
        return {"code": answer.status, "body": answer.body.decode()}

    # --- checks --------------------------------------------------------------------------------------------

    def parameters(self, request: Request) -> dict[str, str]:
        """Query and body together, the body winning; JSON bodies count as forms."""
        if request.content_type == "application/json":
            body = request.json_object() or {}
            return request.query | {k: v if isinstance(v, str) else json.dumps(v) for k, v in body.items()}
        return request.query | form_values(request)

    def authorize(self, request: Request, permission: str | None = None) -> Token:
        """The caller's token. Answers 400 with code 104, 190 or 200 where it is missing, void or may not do this."""
        value = self._token_value(request)
        if not value:
            raise Answer(error(104, "An access token is required to request this resource."))
        token = self.app_token_of(value) or self.world.directory.token(self.key, value)
        if token is None:
            raise Answer(error(190, "Invalid OAuth access token - Cannot parse access token"))
        if token.expired(self.world.now()):
            raise Answer(_expired())
        if permission and permission not in token.scopes:
            raise Answer(_no_permission())
        self._check_proof(request, value)
        usage = self.world.limits.spend(self.key, "call", token.account.id)
        for name, scope in (("page", "account"), ("app", "app")):
            mine = [u for u in usage if u.window.scope == scope]
            request.notes[name] = max((round(100 * u.used / u.window.limit) for u in mine), default=0)
            if scope == "account" and any(u.remaining == 0 for u in mine):
                wait = max(u.reset for u in mine if u.remaining == 0) - self.world.now().timestamp()
                request.notes["minutes"] = max(1, math.ceil(wait / 60))
        exceeded = [u.window.scope for u in usage if u.exceeded]
        if exceeded:
            raise Answer(error(4, "(#4) Application request limit reached") if "app" in exceeded else _page_limit())
        return token

    def authorize_page(self, request: Request, page_id: str) -> tuple[Token, Account]:
        """The Page that is to publish."""
        token = self.authorize(request, "pages_manage_posts")
        page = self.world.directory.reachable(token, page_id)
        if page is None:
            raise unknown_object(page_id)
        if page.kind != "page":
            raise Answer(_no_permission())
        return token, page

    def _token_value(self, request: Request) -> str:
        return request.bearer or self.parameters(request).get("access_token", "")

    def _check_proof(self, request: Request, token: str) -> None:
        proof = self.parameters(request).get("appsecret_proof")
        expected = hmac.new(self.world.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if proof and proof != expected and not self.world.directory.open_accounts:
            message = "Invalid appsecret_proof provided in the API argument"
            raise Answer(error(100, message, kind="GraphMethodException"))

    def _attached(self, page: Account, form: dict[str, str]) -> list[Medium]:
        ids = _attached_ids(form)
        if len(ids) > MAX_PHOTOS:
            raise parameter_error(f"The parameter attached_media takes {MAX_PHOTOS} photos at most")
        found = [self.world.store.find_medium(self.key, medium_id) for medium_id in ids]
        media = [medium for medium in found if medium and medium.owner == page.id]
        if len(media) < len(ids):
            raise parameter_error("Invalid parameter: attached_media names a photo that is not this Page's")
        return media

    def _store_photo(self, page: Account, content: bytes, alt: str) -> Medium:
        kind = sniff(content)
        if kind is None or kind.mime not in _PHOTO_TYPES:
            raise Answer(error(324, "(#324) Missing or invalid image file", subcode=2069019))
        if len(content) > MAX_PHOTO_BYTES:
            raise Answer(error(100, "(#100) Your photos couldn't be uploaded: they are too large.", subcode=1366046))
        now = self.world.now()
        return self.world.store.add_medium(Medium(self._new_id(now), self.key, page.id, now, content, kind, alt, now))

    def _accept(
        self,
        request: Request,
        page: Account,
        message: str,
        link: str | None,
        media: list[Medium],
        targeting: Any = None,
    ) -> Post:
        draft = self.draft(page, message, link, media, self.world.now())
        draft.text, draft.meta["tags"] = self._with_names(message)
        if targeting:
            draft.meta |= {"targeting": targeting, "languages": [LOCALES[key] for key in targeting["locales"]]}
        return self.accept(request, page, draft)

    def _with_names(self, message: str) -> tuple[str, list[dict[str, Any]]]:
        """A message with the names of the Pages that it mentions by ``@[id]``, and where they stand."""
        text, tags = "", []
        at = 0
        for match in _MENTION.finditer(message):
            named = self.world.directory.find(self.key, match[1])
            if named is None or named.kind != "page":
                continue
            text += message[at : match.start()]
            place = {"offset": len(text), "length": len(named.name)}
            tags.append({"id": named.id, "name": named.name, "type": "page", **place})
            text, at = text + named.name, match.end()
        return text + message[at:], tags

    def draft(self, account: Account, text: str, link: str | None, media: list[Medium], moment: datetime) -> Draft:
        return Draft(f"{account.id}_{self._new_id(moment)}", text, link, media)

    def _new_id(self, moment: datetime) -> str:
        return f"{int(moment.timestamp() * 1000)}{self.world.store.next_number() % 10000:04d}"

    def _twin(self, page: Account, message: str, link: str | None, media: list[Medium]) -> Post | None:
        since = self.world.now() - DUPLICATE_WINDOW
        twin = self.world.store.twin(page, text_key(message, link), since, deleted_too=False)
        return twin if twin and bool(twin.media) == bool(media) else None

    # --- faults --------------------------------------------------------------------------------------------

    def refusal(self, fault: Fault, post: Post | None) -> Response:  # noqa: ARG002 - Graph names no post
        simple: dict[str, Callable[[], Response]] = {
            "expired_token": _expired,
            "missing_permission": _no_permission,
            "account_gone": lambda: unknown_object(fault.account or "0").response,
            "duplicate": _duplicate,
            "version_retired": lambda: error(2635, "(#2635) You are calling a deprecated version of the API"),
            "rejected": lambda: error(368, "(#368) The action attempted has been deemed abusive or is disallowed"),
            "payment_required": lambda: error(1, "Payment required", status=402),
            "usage_capped": lambda: _throttled(fault.account or "0", None),
        }  # fmt: skip
        if fault.kind in simple:
            return simple[fault.kind]()
        if fault.kind == "throttled":
            return fault.asking_to_wait(_throttled(fault.account or "0", fault.reset_in))
        return error(2, "An unexpected error has occurred. Please retry your request later.", status=fault.status,
                     is_transient=True)  # fmt: skip

    def decorate(self, request: Request, outcome: Outcome) -> None:
        headers = outcome.response.headers
        notes = request.notes
        headers.setdefault("X-App-Usage", json.dumps(_usage(notes.get("app", 0))))
        if outcome.account:
            wait = {"estimated_time_to_regain_access": notes.get("minutes", 0)}
            business = {outcome.account: [{"type": "pages", **_usage(notes.get("page", 0)), **wait}]}
            headers.setdefault("X-Business-Use-Case-Usage", json.dumps(business))


def _attached_ids(form: dict[str, str]) -> list[str]:
    """The photo ids of ``attached_media``, as a JSON list or as one field each."""
    texts = [form["attached_media"]] if "attached_media" in form else []
    numbered = sorted((int(match[1]), name) for name in form if (match := _ATTACHED.match(name)))
    texts += [form[name] for _, name in numbered]
    ids: list[str] = []
    for text in texts:
        try:
            value = json.loads(text)
            ids += [str(entry["media_fbid"]) for entry in (value if isinstance(value, list) else [value])]
        except (ValueError, TypeError, KeyError):
            raise parameter_error("The parameter attached_media must hold objects with media_fbid") from None
    return ids


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "")


def _usage(percent: int) -> dict[str, int]:
    return {"call_count": percent, "total_cputime": percent // 4, "total_time": percent // 4}


def _page_limit() -> Response:
    return error(32, "(#32) Page request limit reached", status=400)


def _throttled(account: str, seconds: float | None) -> Response:
    response = _page_limit()
    minutes = 0 if seconds is None else max(1, round(seconds / 60))
    business = {account: [{"type": "pages", **_usage(100), "estimated_time_to_regain_access": minutes}]}
    response.headers["X-Business-Use-Case-Usage"] = json.dumps(business)
    return response


def _expired() -> Response:
    return error(190, "Error validating access token: Session has expired on Tuesday, 24-Nov-26.", subcode=463)


def _no_permission() -> Response:
    return error(200, "(#200) If posting to a page, requires both pages_read_engagement and pages_manage_posts as an "
                      "admin with sufficient administrative permission", status=403)  # fmt: skip


def _duplicate() -> Response:
    return error(506, "(#506) Duplicate status message", error_user_title="Duplicate Status Update")

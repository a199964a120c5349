"""The sandbox's OAuth 2 of X: the consent page, and codes for tokens with PKCE."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from datetime import timedelta
from urllib.parse import unquote_plus

from .accounts import ALL_SCOPES, Token
from .apps import APPS, may_return_to
from .codes import Code, new_code
from .consent import Asked, asking_page, decision_of, error_page, sent_back
from .forms import form_values
from .service import Answer, Route, Service
from .wire import Request, Response, json_response

CODE_LIFE = timedelta(seconds=30)
ACCESS_SECONDS = 7200


class TwitterConsent(Service):
    """``/i/oauth2/authorize`` of the website, and the grant ``authorization_code`` of ``/2/oauth2/token``."""

    key = "twitter"

    def consent_routes(self) -> list[Route]:
        return [
            Route("GET", "/i/oauth2/authorize", "consent", self.ask),
            Route("POST", "/i/oauth2/authorize", "consent", self.decide),
            Route("POST", "/2/oauth2/revoke", "refresh", self.revoke),
        ]

    def ask(self, request: Request) -> Response:
        asked = self._asked(request)
        return asking_page(self.world, request, asked, request.query["redirect_uri"])

    def decide(self, request: Request) -> Response:
        asked, query = self._asked(request), request.query
        decision = decision_of(self.world, request, asked)
        if decision.account is None:
            return sent_back(query["redirect_uri"], error="access_denied", state=query["state"])
        code = Code(
            new_code(), self.key, query["redirect_uri"], decision, self.world.now() + CODE_LIFE,
            query["code_challenge"],
        )  # fmt: skip
        return sent_back(query["redirect_uri"], state=query["state"], code=self.world.codes.give(code))

    def give_token(self, request: Request, form: dict[str, str]) -> Response:
        """The grant ``authorization_code``: once, within 30 seconds, with the verifier and the very same address."""
        if not self.knows_app(request):
            raise Answer(unknown_app())
        code = self.world.codes.find(self.key, form.get("code", ""))
        if code is None or code.used or self.world.now() >= code.expires_at or code.decision.account is None:
            return oauth_error("invalid_request", "Value passed for the authorization code was invalid.")
        if code.redirect_uri != form.get("redirect_uri"):
            message = "Value passed for the redirect uri did not match the uri of the authorization code."
            return oauth_error("invalid_request", message)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            return oauth_error(
                "invalid_request", "Value passed for the code verifier did not match the code challenge."
            )
        code.used = True
        return self._pair(code)

    def revoke(self, request: Request) -> Response:
        """Void one token: an access token, or a refresh token. What nobody knows is void already (RFC 7009, 2.2)."""
        if not self.knows_app(request):
            raise Answer(unknown_app())
        self.world.directory.void(self.key, form_values(request).get("token", ""))
        return json_response(200, {"revoked": True})

    def knows_app(self, request: Request) -> bool:
        """A confidential app names itself by Basic, with its id and secret."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        try:
            user, _, secret = (
                base64.b64decode(value).decode().partition(":") if scheme.lower() == "basic" else ("", "", "")
            )
        except (binascii.Error, UnicodeDecodeError):
            return False
        return (unquote_plus(user), unquote_plus(secret)) == (APPS[self.key].id, APPS[self.key].secret)

    def _asked(self, request: Request) -> Asked:
        query = request.query
        trouble = (
            query.get("client_id") != APPS[self.key].id
            or not may_return_to(query.get("redirect_uri", ""))
            or query.get("response_type") != "code"
            or not query.get("state")
            or query.get("code_challenge_method") != "S256"
            or not query.get("code_challenge")
        )
        scopes = tuple(query.get("scope", "").split())
        if trouble or not scopes or not ALL_SCOPES[self.key].issuperset(scopes):
            message = (
                "Something went wrong. You weren’t able to give access to the App. Go back and try logging in again."
            )
            raise Answer(error_page(request, self.key, message))
        return Asked(self.key, scopes)

    def _pair(self, code: Code) -> Response:
        decision = code.decision
        assert decision.account is not None  # noqa: S101 - asked by the caller
        expires = self.world.now() + timedelta(seconds=ACCESS_SECONDS)
        refresh = secrets.token_urlsafe(48) if "offline.access" in decision.scopes else None
        token = Token(
            secrets.token_urlsafe(48), decision.account, decision.scopes, "user", expires, refresh=refresh,
            client=APPS[self.key].id,
        )  # fmt: skip
        self.world.directory.issue(token)
        answer = {
            "token_type": "bearer", "expires_in": ACCESS_SECONDS, "access_token": token.value,
            "scope": " ".join(sorted(decision.scopes)),
        }  # fmt: skip
        return json_response(200, answer | ({"refresh_token": refresh} if refresh else {}))


def oauth_error(error: str, description: str, status: int = 400) -> Response:
    return json_response(status, {"error": error, "error_description": description})


def unknown_app() -> Response:
    return oauth_error("unauthorized_client", "Missing valid authorization header", 401)

"""The sandbox's Facebook Login: its dialog, and the tokens that come of it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from .accounts import ALL_SCOPES, Account, Token
from .apps import APPS, may_return_to
from .codes import Code, new_code
from .consent import Asked, asking_page, decision_of, error_page, sent_back
from .facebook_shapes import error
from .forms import form_values
from .service import Answer, Route, Service
from .wire import Request, Response, json_response

CODE_LIFE = timedelta(minutes=10)
SHORT_LIFE = timedelta(hours=2)
LONG_LIFE = timedelta(days=60)
_OTHER_ADDRESS = (
    "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the "
    "OAuth dialog request"
)


class FacebookConsent(Service):
    """``/dialog/oauth`` (its version has been taken off the path), ``/oauth/access_token``."""

    key = "facebook"

    def consent_routes(self) -> list[Route]:
        return [
            Route("GET", "/dialog/oauth", "consent", self.ask),
            Route("POST", "/dialog/oauth", "consent", self.decide),
            Route("POST", "/oauth/access_token", "refresh", self.give_token),
        ]

    def ask(self, request: Request) -> Response:
        asked = self._asked(request)
        return asking_page(self.world, request, asked, request.query["redirect_uri"])

    def decide(self, request: Request) -> Response:
        asked, query = self._asked(request), request.query
        state = {"state": query["state"]} if query.get("state") else {}
        decision = decision_of(self.world, request, asked)
        if decision.account is None:
            return sent_back(
                query["redirect_uri"], error="access_denied", error_code="200",
                error_description="Permissions error", error_reason="user_denied", **state,
            )  # fmt: skip
        expires = self.world.now() + CODE_LIFE
        code = self.world.codes.give(Code(new_code("AQ"), self.key, query["redirect_uri"], decision, expires))
        return sent_back(query["redirect_uri"], code=code, **state)

    def give_token(self, request: Request) -> Response:
        """A user token for a code, a long-lived one for a short one, or the app's own."""
        form = form_values(request)
        if form.get("client_id") != APPS[self.key].id:
            message = "Error validating application. Cannot get application info due to a system error."
            raise Answer(error(101, message))
        if form.get("client_secret") != APPS[self.key].secret:
            raise Answer(error(1, "Error validating client secret."))
        if form.get("grant_type") == "client_credentials":
            return json_response(200, {"access_token": self._app_token().value, "token_type": "bearer"})
        if form.get("grant_type") == "fb_exchange_token":
            return self._long_lived(form.get("fb_exchange_token", ""))
        return self._for_code(form)

    def page_token(self, page: Account, asking: Token) -> Token:
        """The Page's token that a consent opens: it may do what was allowed, and does not expire."""
        value = "EAAB" + hashlib.sha256(f"{asking.value}/{page.id}".encode()).hexdigest()
        return self.world.directory.issue(Token(value, page, asking.scopes, "page", client=asking.client))

    def _asked(self, request: Request) -> Asked:
        query = request.query
        if query.get("client_id") != APPS[self.key].id:
            raise Answer(error_page(request, self.key, "Invalid App ID: The provided app ID does not look valid."))
        if not may_return_to(query.get("redirect_uri", "")):
            message = "URL Blocked: This redirect failed because the redirect URI is not whitelisted."
            raise Answer(error_page(request, self.key, message))
        scopes = tuple(s for s in query.get("scope", "").replace(",", " ").split() if s)
        unknown = [s for s in scopes if s not in ALL_SCOPES[self.key]]
        if unknown:
            raise Answer(error_page(request, self.key, f"Invalid Scopes: {', '.join(unknown)}."))
        return Asked(self.key, scopes, shares=True)

    def _for_code(self, form: dict[str, str]) -> Response:
        code = self.world.codes.find(self.key, form.get("code", ""))
        if code is None or code.decision.account is None:
            raise Answer(error(100, "Invalid verification code format."))
        if code.redirect_uri != form.get("redirect_uri"):
            raise Answer(error(100, _OTHER_ADDRESS, subcode=36008))
        if code.used:
            raise Answer(error(100, "This authorization code has been used.", subcode=36009))
        if self.world.now() >= code.expires_at:
            raise Answer(error(100, "This authorization code has expired.", subcode=36007))
        code.used = True
        decision = code.decision
        assert decision.account is not None  # noqa: S101 - asked above
        token = Token(
            "EAAB" + secrets.token_hex(32), decision.account, decision.scopes, "user", self.world.now() + SHORT_LIFE,
            client=APPS[self.key].id, shares=decision.shares,
        )  # fmt: skip
        self.world.directory.issue(token)
        seconds = int(SHORT_LIFE.total_seconds())
        return json_response(200, {"access_token": token.value, "token_type": "bearer", "expires_in": seconds})

    def _long_lived(self, value: str) -> Response:
        short = self.world.directory.token(self.key, value)
        if short is None or short.expired(self.world.now()):
            raise Answer(error(190, "Invalid OAuth access token."))
        expires = self.world.now() + LONG_LIFE
        token = Token(
            "EAAB" + secrets.token_hex(40), short.account, short.scopes, "user", expires, client=short.client,
            shares=short.shares,
        )  # fmt: skip
        self.world.directory.issue(token)
        seconds = int(LONG_LIFE.total_seconds())
        return json_response(200, {"access_token": token.value, "token_type": "bearer", "expires_in": seconds})

    def app_token_of(self, value: str) -> Token | None:
        """The app's own token, where ``value`` is its id and secret (App Access Tokens: it needs no call)."""
        app = APPS[self.key]
        return self._app_token() if value == f"{app.id}|{app.secret}" else None

    def _app_token(self) -> Token:
        app = APPS[self.key]
        account = Account(self.key, app.id, "Sendeplan (Sandbox)", "", "app")
        self.world.directory.add(account)
        return self.world.directory.grant(Token(f"{app.id}|sandbox", account, frozenset(), "app"))

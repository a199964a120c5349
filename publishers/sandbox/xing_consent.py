"""The sandbox's OAuth 1.0a of XING, PLAINTEXT: request token, the page where it is approved, access token."""

from __future__ import annotations

import secrets
from abc import abstractmethod
from datetime import timedelta
from urllib.parse import unquote, urlencode

from .accounts import Token
from .apps import APPS, may_return_to
from .codes import Code, Decision, new_code
from .consent import Asked, asking_page, decision_of, error_page, sent_back
from .service import Answer, Route, Service
from .wire import Request, Response

REQUEST_LIFE = timedelta(minutes=10)


class XingConsent(Service):
    """``/v1/request_token``, ``/v1/authorize``, ``/v1/access_token``."""

    key = "xing"

    def consent_routes(self) -> list[Route]:
        return [
            Route("POST", "/v1/request_token", "refresh", self.request_token),
            Route("GET", "/v1/authorize", "consent", self.ask),
            Route("POST", "/v1/authorize", "consent", self.decide),
            Route("POST", "/v1/access_token", "refresh", self.access_token),
        ]

    @abstractmethod
    def signed(self, request: Request) -> dict[str, str]:
        """The OAuth parameters, if they are signed PLAINTEXT. Answers 401 by name where they are not."""

    @abstractmethod
    def refused(self, name: str, message: str) -> Answer:
        """XING's 401, by name."""

    def request_token(self, request: Request) -> Response:
        given = self.signed(request)
        self._check_app(given, "")
        back = given.get("oauth_callback", "")
        if not may_return_to(back):
            raise self.refused("INVALID_CALLBACK", "The callback is not allowed")
        value, secret = new_code(), secrets.token_hex(16)
        # The secret takes the place of a challenge: whoever exchanges the token has to know it.
        expires = self.world.now() + REQUEST_LIFE
        self.world.codes.give(Code(value, self.key, back, Decision(None), expires, secret))
        return _form({"oauth_token": value, "oauth_token_secret": secret, "oauth_callback_confirmed": "true"})

    def ask(self, request: Request) -> Response:
        return asking_page(self.world, request, Asked(self.key), self._asked(request).redirect_uri)

    def decide(self, request: Request) -> Response:
        code = self._asked(request)
        decision = decision_of(self.world, request, Asked(self.key))
        if decision.account is None:
            code.used = True
            return sent_back(code.redirect_uri, oauth_token=code.value, oauth_problem="permission_denied")
        code.decision = decision
        return sent_back(code.redirect_uri, oauth_token=code.value, oauth_verifier=_verifier(code))

    def access_token(self, request: Request) -> Response:
        given = self.signed(request)
        code = self.world.codes.find(self.key, given.get("oauth_token", ""))
        account = code.decision.account if code else None
        if code is None or code.used or account is None or self.world.now() >= code.expires_at:
            raise self.refused("INVALID_OAUTH_TOKEN", "Invalid OAuth token")
        self._check_app(given, code.challenge)
        if given.get("oauth_verifier") != _verifier(code):
            raise self.refused("INVALID_OAUTH_VERIFIER", "Invalid OAuth verifier")
        code.used = True
        app = APPS[self.key]
        token = Token(
            secrets.token_hex(10), account, frozenset(), secret=secrets.token_hex(10), consumer_key=app.id,
            consumer_secret=app.secret, client=app.id,
        )  # fmt: skip
        self.world.directory.issue(token)
        return _form({"oauth_token": token.value, "oauth_token_secret": token.secret, "user_id": account.id})

    def _asked(self, request: Request) -> Code:
        code = self.world.codes.find(self.key, request.query.get("oauth_token", ""))
        if code is None or code.used or self.world.now() >= code.expires_at:
            raise Answer(error_page(request, self.key, "Invalid OAuth token"))
        return code

    def _check_app(self, given: dict[str, str], token_secret: str) -> None:
        app = APPS[self.key]
        if given["oauth_consumer_key"] != app.id:
            raise self.refused("INVALID_OAUTH_CONSUMER", "Invalid consumer key")
        consumer, _, secret = given["oauth_signature"].partition("&")
        if (unquote(consumer), unquote(secret)) != (app.secret, token_secret):
            raise self.refused("INVALID_OAUTH_SIGNATURE", "Invalid OAuth signature")


def _verifier(code: Code) -> str:
    return code.challenge[:8]


def _form(values: dict[str, str]) -> Response:
    return Response(201, urlencode(values).encode(), {"Content-Type": "application/x-www-form-urlencoded"})

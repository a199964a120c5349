"""What connecting by consent asks for besides: the pages for the browser, tokens, and whose accounts they open."""

from __future__ import annotations

from collections.abc import Sequence

from tests.publishers.contracts import facebook, linkedin, twitter, xing
from tests.publishers.contracts.expectation import Expectation

_RETURN = r"http://127\.0\.0\.1:8000/channels/connect/\w+/back"
_STATE = r"[\w-]{16,}"
_BEARER = {"Authorization": r"Bearer \S+"}
_APP = {"client_id": r"\S+", "client_secret": r"\S+"}
_FACEBOOK = "Meta, Manually Build a Login Flow"

#: Where a person decides: what their browser sends there is the network's own business.
PAGES = frozenset({"/v26.0/dialog/oauth", "/i/oauth2/authorize", "/oauth/v2/authorization", "/v1/authorize"})

#: Other ways to set an app up, each with calls of its own.
OTHERWISE = {"facebook": {"config_id": "77"}, "linkedin": {"scopes": "openid profile w_member_social"}}

EXPECTED: dict[str, Sequence[Expectation]] = {
    "facebook": (
        *facebook.EXPECTED,
        Expectation(
            "GET",
            f"{facebook.V}/dialog/oauth",
            _FACEBOOK,
            {
                "client_id": r"\S+",
                "redirect_uri": _RETURN,
                "state": _STATE,
                "response_type": "code",
                "auth_type": "rerequest",
                "scope": r"\w+(,\w+)*",
                "config_id": r"\d+",
                "override_default_response_type": "true",
            },
            required=["client_id", "redirect_uri", "state", "response_type"],
            one_of=(("scope",), ("config_id", "override_default_response_type")),
        ),
        Expectation(
            "POST",
            f"{facebook.V}/oauth/access_token",
            f"{_FACEBOOK}; Get Long-Lived Tokens; App Access Tokens",
            fields={
                **_APP,
                "grant_type": "fb_exchange_token|client_credentials",
                "redirect_uri": _RETURN,
                "code": r"\S+",
                "fb_exchange_token": r"\S+",
            },
            required=["client_id", "client_secret"],
            one_of=(("redirect_uri", "code"), ("grant_type", "fb_exchange_token"), ("grant_type",)),
        ),
        Expectation("GET", f"{facebook.V}/me", "Graph API, User", facebook.one("Profile"), headers=_BEARER),
        Expectation(
            "GET", f"{facebook.V}/me/accounts", "Graph API, User: accounts", facebook.several("Page"), headers=_BEARER
        ),
        Expectation(
            "GET",
            f"{facebook.V}/me/businesses",
            "Graph API, User: businesses",
            facebook.several("Business"),
            headers=_BEARER,
        ),
        Expectation(
            "GET",
            f"{facebook.V}/\\d+/(owned|client)_pages",
            "Marketing API, Business: owned_pages, client_pages",
            facebook.several("PageOfBusiness"),
            headers=_BEARER,
        ),
    ),
    "twitter": (
        *twitter.EXPECTED,
        Expectation(
            "GET",
            "/i/oauth2/authorize",
            "docs.x.com, OAuth 2.0 Authorization Code Flow with PKCE",
            {
                "response_type": "code",
                "client_id": r"\S+",
                "redirect_uri": _RETURN,
                "scope": r"[a-z.]+( [a-z.]+)*",
                "state": _STATE,
                "code_challenge": r"[\w-]{43}",
                "code_challenge_method": "S256",
            },
            required=["response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge"],
        ),
        Expectation(
            "POST",
            "/2/oauth2/revoke",
            "docs.x.com, OAuth 2.0: revoke; RFC 7009, 2.1",
            headers={"Authorization": r"Basic \S+"},
            fields={"token": r"\S+", "token_type_hint": "access_token|refresh_token", "client_id": r"\S+"},
            required=["token"],
        ),
    ),
    "linkedin": (
        *linkedin.EXPECTED,
        Expectation(
            "GET",
            "/oauth/v2/authorization",
            "Authorization Code Flow",
            {
                "response_type": "code",
                "client_id": r"\S+",
                "redirect_uri": _RETURN,
                "state": _STATE,
                "scope": r"\w+([ ,]\w+)*",
            },
            required=["response_type", "client_id", "redirect_uri", "scope", "state"],
        ),
        Expectation("GET", "/v2/userinfo", "Sign In with LinkedIn using OpenID Connect", headers=_BEARER),
        Expectation(
            "GET",
            "/rest/organizationAcls",
            "Organization Access Control by Role",
            {"q": "roleAssignee", "state": "APPROVED", "role": "[A-Z_]+", "start": r"\d+", "count": r"\d{1,3}"},
            headers=linkedin.versioned(),
            required=["q"],
        ),
    ),
    "xing": (
        *xing.EXPECTED,
        Expectation("POST", "/v1/request_token", "RFC 5849, 2.1", headers=xing.signed("callback")),
        Expectation("GET", "/v1/authorize", "RFC 5849, 2.2", {"oauth_token": r"\S+"}, required=["oauth_token"]),
        Expectation("POST", "/v1/access_token", "RFC 5849, 2.3", headers=xing.signed("token", "verifier")),
    ),
}

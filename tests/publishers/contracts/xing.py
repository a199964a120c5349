"""XING: by its former documentation of the API, as XING's own client library (xing_api) and others name its calls."""

from __future__ import annotations

from tests.publishers.contracts.expectation import Expectation, one_of

_ID = r"[\w-]+"
_CLIENT = "XING's own client library"


def signed(*more: str) -> dict[str, str]:
    """OAuth 1.0a in the header (RFC 5849, 3.5.1) by PLAINTEXT, with these parameters besides."""
    names = ("consumer_key", "signature", "nonce", "timestamp", *more)
    wanted = "".join(rf'(?=.*\boauth_{name}="[^"]+")' for name in names)
    known = "|".join((*names, "signature_method", "version"))
    return {
        "Authorization": rf'OAuth {wanted}(?=.*\boauth_signature_method="PLAINTEXT")(oauth_({known})="[^"]*"(, )?)+'
    }


_USER = one_of("active_email", "display_name", "first_name", "id", "last_name", "page_name", "permalink")
_AS_THE_ACCOUNT = signed("token")

EXPECTED = (
    Expectation("GET", "/v1/users/me", f"{_CLIENT}: User.me", {"fields": _USER}, headers=_AS_THE_ACCOUNT),
    Expectation(
        "POST",
        "/v1/users/me/status_message",
        f"{_CLIENT}: StatusMessage.create",
        headers=_AS_THE_ACCOUNT,
        fields={"message": ".{1,420}"},
        required=["message"],
    ),
    Expectation(
        "POST",
        "/v1/users/me/share/link",
        f"{_CLIENT}: Activity.share_link",
        headers=_AS_THE_ACCOUNT,
        fields={"uri": "https?://.+", "text": ".{1,420}"},
        required=["uri"],
    ),
    Expectation(
        "GET",
        f"/v1/users/{_ID}/feed",
        f"{_CLIENT}: Activity, a user's feed",
        {"aggregate": "true|false", "until": r"\d{4}-\d\d-\d\dT[\d:.]+Z"},
        headers=_AS_THE_ACCOUNT,
    ),
    Expectation("GET", f"/v1/activities/{_ID}", f"{_CLIENT}: Activity.find", headers=_AS_THE_ACCOUNT),
    Expectation("DELETE", f"/v1/activities/{_ID}", f"{_CLIENT}: Activity.delete", headers=_AS_THE_ACCOUNT),
    Expectation(
        "GET",
        f"/v1/activities/{_ID}/comments",
        f"{_CLIENT}: Activity::Comment.list",
        {"limit": r"\d{1,3}", "offset": r"\d+"},
        headers=_AS_THE_ACCOUNT,
    ),
    Expectation(
        "POST",
        f"/v1/activities/{_ID}/comments",
        f"{_CLIENT}: Activity::Comment.create",
        headers=_AS_THE_ACCOUNT,
        fields={"text": ".{1,600}"},
        required=["text"],
    ),
    Expectation(
        "DELETE",
        f"/v1/activities/{_ID}/comments/{_ID}",
        f"{_CLIENT}: Activity::Comment.delete",
        headers=_AS_THE_ACCOUNT,
    ),
)

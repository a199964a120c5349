"""X (Twitter), through tweepy and API v2.

Posts cost money (since February 2026): USD 0.015 each, 0.20 with a link; a read 0.005, of one's own posts 0.001.
"""

from __future__ import annotations

from collections.abc import Mapping

from publishers.base import (
    Capabilities,
    Connection,
    CredentialField,
    Credentials,
    DialogueRules,
    Network,
    Publisher,
)
from publishers.twitter.consent import CONSENT
from publishers.twitter.costs import cost
from publishers.twitter.text import CONTENT_RULES, MEDIA_RULES, TEXT_RULES, check, expected_text, length


def _connect(credentials: Credentials, connection: Connection) -> Publisher:
    from publishers.twitter.publisher import TwitterPublisher

    return TwitterPublisher(credentials, connection)


def _profile_url(credentials: Credentials) -> str | None:
    user = credentials.get("user_id")
    return f"https://x.com/i/user/{user}" if user else None


def _renews(credentials: Credentials, app: Mapping[str, str]) -> bool:
    return bool(credentials.get("refresh_token") and app.get("client_id"))


NETWORK = Network(
    key="twitter",
    title="X",
    default_api_url="https://api.twitter.com",
    capabilities=Capabilities(
        rejects_duplicates=True,
        has_followers=True,
        reading_costs=True,
        can_look=True,
        figures_at_once=100,  # OpenAPI, GET /2/tweets: ids
        leaves_under=True,  # help.x.com, Deleting a post: replies to it are posts of their own
        # docs.x.com, pay per use: replies only where the author mentioned or quoted the account
        dialogue=DialogueRules(
            comments=True,
            mentions=True,
            answer=True,
            hide=True,
            like=True,
            remove=True,
            answer_limit=280,
            only_to_us=True,
            mentions_hold_comments=True,
        ),
    ),
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    content_rules=CONTENT_RULES,
    credential_fields=(
        CredentialField("access_token", secret=True),
        CredentialField("refresh_token", required=False, secret=True),
        CredentialField("expires_at", required=False, kind="datetime"),
        CredentialField("user_id"),
        CredentialField("scopes", required=False, typed=False),  # by commas, as the token's answer granted them
    ),
    connect=_connect,
    check=check,
    expected_text=expected_text,
    length=length,
    account_id=lambda credentials: credentials.get("user_id") or None,
    profile_url=_profile_url,
    renews=_renews,
    cost=cost,
    share_url="https://x.com/intent/post?url=",
    home_url="https://x.com/",
    hosts=("x.com", "twitter.com"),
    consent=CONSENT,
)

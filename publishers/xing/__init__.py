"""XING: by a person (the default), or by the partner API where keys for it exist.

XING's public API is closed to new users, so most channels have no credentials and are assisted. Images: the partner
API takes none, a person can attach one; so :func:`check` allows them and :func:`check_connection` objects where the
credentials are a partner's.
"""

from __future__ import annotations

from publishers.base import Capabilities, Connection, CredentialField, Credentials, DialogueRules, Network, Publisher
from publishers.xing.consent import CONSENT
from publishers.xing.text import CONTENT_RULES, MEDIA_RULES, TEXT_RULES, check, check_connection, expected_text, length


def _connect(credentials: Credentials, connection: Connection) -> Publisher:
    if not credentials:
        from publishers.assisted import AssistedPublisher

        return AssistedPublisher("XING")
    from publishers.xing.publisher import XingPublisher

    return XingPublisher(credentials, connection)


def _profile_url(credentials: Credentials) -> str | None:
    user = credentials.get("user_id")
    return f"https://www.xing.com/profile/{user}" if user else None


NETWORK = Network(
    key="xing",
    title="XING",
    default_api_url="https://api.xing.com",
    capabilities=Capabilities(
        can_look=True,
        dialogue=DialogueRules(comments=True, answer=True, remove=True, answer_limit=600),
    ),
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    content_rules=CONTENT_RULES,
    credential_fields=(
        CredentialField("consumer_key"),
        CredentialField("consumer_secret", secret=True),
        CredentialField("token", secret=True),
        CredentialField("token_secret", secret=True),
        CredentialField("user_id", required=False),
    ),
    assisted_without_credentials=True,
    connect=_connect,
    check=check,
    check_connection=check_connection,
    expected_text=expected_text,
    length=length,
    account_id=lambda credentials: credentials.get("user_id") or None,
    profile_url=_profile_url,
    share_url="https://www.xing.com/spi/shares/new?url=",
    home_url="https://www.xing.com/",
    hosts=("xing.com",),
    consent=CONSENT,
)

"""LinkedIn organisations and members, through python-linkedin-v2 and the versioned REST API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from publishers.base import (
    Capabilities,
    Connection,
    ContentRules,
    CredentialField,
    Credentials,
    DialogueRules,
    Network,
    Publisher,
)
from publishers.linkedin import versions
from publishers.linkedin.consent import CONSENT
from publishers.linkedin.text import CONTENT_RULES, MEDIA_RULES, TEXT_RULES, check, expected_text, length
from publishers.whole import DAILY

ORGANISATION = "urn:li:organization:"
#: Who can be the author of a post: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
AUTHOR = r"urn:li:(organization|person):[A-Za-z0-9_-]+"


def _connect(credentials: Credentials, connection: Connection) -> Publisher:
    from publishers.linkedin.publisher import LinkedInPublisher

    return LinkedInPublisher(credentials, connection)


def _profile_url(credentials: Credentials) -> str | None:
    author = credentials.get("author", "")
    if author.startswith(ORGANISATION):
        return f"https://www.linkedin.com/company/{author.removeprefix(ORGANISATION)}"
    return None


def _narrowed_rules(author: str) -> ContentRules:
    """Only an organisation may narrow who sees its posts (Posts API, ``targetEntities``)."""
    return CONTENT_RULES if author.startswith(ORGANISATION) else replace(CONTENT_RULES, languages=False)


def _capabilities(credentials: Credentials) -> Capabilities:
    """Who names a member is told to no app, nor are a profile's days, and each post of one takes five calls."""
    if credentials.get("author", "").startswith(ORGANISATION):
        return CAPABILITIES
    dialogue = replace(CAPABILITIES.dialogue, mentions=False)
    return replace(CAPABILITIES, figures_at_once=20, daily_figures=(), dialogue=dialogue)


def _renews(credentials: Credentials, app: Mapping[str, str]) -> bool:
    return bool(credentials.get("refresh_token") and app.get("client_secret"))


CAPABILITIES = Capabilities(
    rejects_duplicates=True,
    has_followers=True,
    daily_figures=DAILY,
    can_edit=True,
    can_look=True,
    figures_at_once=40,  # twice as many as one call takes; each with a video takes three calls more
    # Comments API: up to 1,250 characters; hiding is not offered
    dialogue=DialogueRules(comments=True, mentions=True, answer=True, like=True, remove=True, answer_limit=1250),
)

NETWORK = Network(
    key="linkedin",
    title="LinkedIn",
    default_api_url="https://api.linkedin.com",
    capabilities=CAPABILITIES,
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    content_rules=CONTENT_RULES,
    narrowed_rules=_narrowed_rules,
    narrowed_capabilities=_capabilities,
    credential_fields=(
        CredentialField("author", pattern=AUTHOR, example=ORGANISATION + "2414183"),
        CredentialField("access_token", secret=True),
        CredentialField("refresh_token", required=False, secret=True),
        CredentialField("expires_at", required=False, kind="datetime"),
        CredentialField("scopes", required=False, typed=False),  # by commas, as the token's answer granted them
    ),
    connect=_connect,
    check=check,
    expected_text=expected_text,
    length=length,
    account_id=lambda credentials: credentials.get("author") or None,
    profile_url=_profile_url,
    renews=_renews,
    share_url="https://www.linkedin.com/sharing/share-offsite/?url=",
    home_url="https://www.linkedin.com/",
    hosts=("linkedin.com", "lnkd.in"),
    version=versions.version,
    consent=CONSENT,
)

"""Facebook Pages, through facebook-sdk and the Graph API."""

from __future__ import annotations

from publishers.base import Capabilities, Connection, CredentialField, Credentials, DialogueRules, Network, Publisher
from publishers.facebook import versions
from publishers.facebook.consent import CONSENT
from publishers.facebook.page_metrics import GIVEN
from publishers.facebook.text import CONTENT_RULES, MEDIA_RULES, TEXT_RULES, check, expected_text, length


def _connect(credentials: Credentials, connection: Connection) -> Publisher:
    from publishers.facebook.publisher import FacebookPublisher

    return FacebookPublisher(credentials, connection)


def _profile_url(credentials: Credentials) -> str | None:
    page = credentials.get("page_id")
    return f"https://www.facebook.com/{page}" if page else None


NETWORK = Network(
    key="facebook",
    title="Facebook",
    default_api_url="https://graph.facebook.com",
    capabilities=Capabilities(
        rejects_duplicates=True,
        has_followers=True,
        daily_figures=GIVEN,
        can_edit=True,
        can_look=True,
        figures_at_once=50,  # Graph API, Batch requests: parts of one request
        # Graph API, Object Comments: up to 8,000 characters
        dialogue=DialogueRules(
            comments=True, mentions=True, answer=True, hide=True, like=True, remove=True, answer_limit=8000
        ),
    ),
    text_rules=TEXT_RULES,
    media_rules=MEDIA_RULES,
    content_rules=CONTENT_RULES,
    credential_fields=(CredentialField("page_id"), CredentialField("access_token", secret=True)),
    connect=_connect,
    check=check,
    expected_text=expected_text,
    length=length,
    account_id=lambda credentials: credentials.get("page_id") or None,
    profile_url=_profile_url,
    share_url="https://www.facebook.com/sharer/sharer.php?u=",
    home_url="https://www.facebook.com/",
    hosts=("facebook.com", "fb.com", "fb.watch"),
    version=versions.version,
    consent=CONSENT,
)

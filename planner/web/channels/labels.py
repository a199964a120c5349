"""Words about connections: what each field is called, where a person finds it, and what a network needs."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString, lazy_gettext as _l, ngettext

HOUR = 3600
MISSED_AFTER = (15 * 60, 30 * 60, HOUR, 2 * HOUR, 4 * HOUR, 12 * HOUR, 24 * HOUR, 72 * HOUR)


@dataclass(frozen=True, slots=True)
class Guide:
    """What a person must have ready before connecting a network."""

    summary: LazyString
    steps: tuple[LazyString, ...]


GUIDES: dict[str, Guide] = {
    "linkedin": Guide(
        _l("Posts on a company page or a personal profile, by LinkedIn's API."),
        (
            _l("You need an app in LinkedIn's developer portal that is linked to your company page."),
            _l("Create an access token for it with the permissions named below; it lasts 60 days."),
            _l("The number in the address of the page's admin view is the organisation's id."),
        ),
    ),
    "facebook": Guide(
        _l("Posts on a Facebook Page, by the Graph API."),
        (
            _l("You need an app in Meta's developer portal and a role on the Page that may publish."),
            _l("Create a Page access token from a long-lived user token: it does not expire by itself."),
            _l("The Page's id stands on the Page under About, Page transparency."),
        ),
    ),
    "twitter": Guide(
        _l("Posts on X. X charges for each post sent by its API: 0.015 dollars, with a link 0.20 dollars."),
        (
            _l("You need an app in X's developer portal with OAuth 2.0 switched on."),
            _l("Sign in to it once with the account that is to post, and copy both tokens."),
            _l("With a refresh token the connection renews itself; without one it ends after two hours."),
        ),
    ),
    "xing": Guide(
        _l("XING has no open API: at the time, Sendeplan hands a person text and pictures, and one click notes it."),
        (
            _l("Leave all fields empty to publish by hand. Nothing more is needed."),
            _l("Only partners with keys of the former API fill the fields in."),
        ),
    ),
}
_BY_HAND = (
    _l("Nothing has to be connected: give the channel a name and the address of the profile."),
    _l("At the time of a post its owner is told, and finds text and files on a page made for the phone."),
)
GUIDES |= {
    "instagram": Guide(
        _l("By hand: pictures or videos with a text of up to 2,200 characters. A link in it cannot be followed."),
        _BY_HAND,
    ),
    "youtube": Guide(_l("By hand: one video with a title and a description."), _BY_HAND),
    "pinterest": Guide(_l("By hand: one picture or video with a title, a description and a link."), _BY_HAND),
    "snapchat": Guide(_l("By hand: one picture or video with a text of up to 160 characters."), _BY_HAND),
    "threads": Guide(_l("By hand: a text of up to 500 characters, with pictures or videos if wanted."), _BY_HAND),
}

#: (network, field) first, then the field alone.
FIELDS: dict[tuple[str, str] | str, tuple[LazyString, LazyString | str]] = {
    ("linkedin", "author"): (
        _l("Organisation or person (URN)"),
        _l("Such as urn:li:organization:2414183, or urn:li:person:… for a profile."),
    ),
    ("facebook", "page_id"): (_l("Page ID"), _l("A long number, such as 104812345678901.")),
    ("facebook", "access_token"): (_l("Page access token"), _l("Of the Page, not of your own account.")),
    ("twitter", "user_id"): (_l("User ID"), _l("The account's number, not its name with @.")),
    ("xing", "user_id"): (_l("User ID"), _l("Such as 12345_abcdef.")),
    "access_token": (_l("Access token"), ""),
    "refresh_token": (_l("Refresh token"), _l("Renews the connection before it ends.")),
    "expires_at": (_l("Expires at"), _l("You are told a week before. Leave it empty where the token does not expire.")),
    "consumer_key": (_l("Consumer key"), ""),
    "consumer_secret": (_l("Consumer secret"), ""),
    "token": (_l("Token"), ""),
    "token_secret": (_l("Token secret"), ""),
}


KINDS: dict[str, LazyString] = {
    "page": _l("Page"),
    "organization": _l("company page"),
    "person": _l("personal profile"),
    "user": _l("account"),
}


def kind_label(kind: str) -> str:
    """What kind of account it is; one that is not known says nothing."""
    return str(KINDS.get(kind, ""))


def guide(network: str) -> Guide | None:
    """What to say about connecting a network; None for one added by a third party."""
    return GUIDES.get(network)


def field_label(network: str, name: str) -> tuple[str, str]:
    """Label and help of a credential field; an unknown one shows its own name."""
    label, help_text = FIELDS.get((network, name)) or FIELDS.get(name) or (name.replace("_", " ").capitalize(), "")
    return str(label), str(help_text)


def missed_choices(current: int) -> list[tuple[int, str]]:
    """How late a post may still go out by itself; the present setting is among them, whatever it is."""
    return [(seconds, duration(seconds)) for seconds in sorted({*MISSED_AFTER, current})]


def duration(seconds: int) -> str:
    """``30 minutes``, ``2 hours``, ``3 days``."""
    if seconds % (24 * HOUR) == 0 and seconds > 24 * HOUR:
        return str(ngettext("%(num)s day", "%(num)s days", seconds // (24 * HOUR)))
    if seconds % HOUR == 0:
        return str(ngettext("%(num)s hour", "%(num)s hours", seconds // HOUR))
    return str(ngettext("%(num)s minute", "%(num)s minutes", -(-seconds // 60)))

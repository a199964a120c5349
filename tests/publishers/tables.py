"""What the networks' answers mean, as docs/dev/errors.md shows it, and the permissions in docs/user/networks.md: both
made from the adapters' own tables.

``python -m tests.publishers.tables`` (or ``make tables``) writes both, and docs/dev/features.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from planner.domain.states import DeliveryState
from planner.services.publishing.classify import ChannelEffect, Verdict, classify
from planner.web.messages.advice import advised
from planner.web.messages.connecting import PURPOSES
from planner.web.posts.trouble import WHY
from publishers.errors import BEFORE_TABLES, BY_STATUS, Rule
from publishers.facebook import errors as facebook
from publishers.failures import Refused
from publishers.linkedin import errors as linkedin
from publishers.registry import network
from publishers.twitter import errors as twitter
from publishers.xing import errors as xing
from tests.publishers import features

DOCS = Path(__file__).parents[2] / "docs"
FILE = DOCS / "dev" / "errors.md"
NETWORKS = DOCS / "user" / "networks.md"
_BEGIN, _END = "<!-- permissions: made by `make tables` -->\n", "<!-- end of permissions -->\n"

TABLES: dict[str, tuple[str, Sequence[Rule]]] = {
    "facebook": ("Facebook", facebook.TABLE),
    "twitter": ("X", twitter.TABLE),
    "linkedin": ("LinkedIn", linkedin.TABLE),
    "xing": ("XING (partner API)", xing.TABLE),
}

_HEAD = """# What the networks' answers mean

Each answer of a network to the call that makes a post visible has one meaning, and each meaning one consequence. This
page is made from the tables in `publishers/<network>/errors.py` by `make tables`; a test compares it with them.

Each row has an advice (`Rule.advice`), in German and English: it is what "It says" shows, and decides nothing else.

The first row that fits counts, from top to bottom. What may have been accepted is never sent again before a look
(*unconfirmed*), and nothing that passes by itself asks a person to reconnect. Before the visible call nothing can have
been accepted: there, what is unconfirmed here is tried again.

Nothing here was tried at the live networks. Each row names its source: official documentation and specifications, or,
where those are silent, what client libraries and apps report.
"""
_COLUMNS = (
    "| Status | Code, words | The network … | What becomes of the post | It says | Source |\n"
    "|---|---|---|---|---|---|\n"
)

_STATES = {
    DeliveryState.SCHEDULED: "waits, and is tried again",
    DeliveryState.FAILED: "fails; a person decides",
    DeliveryState.UNKNOWN: "unconfirmed: is looked for, never sent again before that",
    DeliveryState.NEEDS_PERSON: "waits for a person",
}
_EFFECTS = {
    ChannelEffect.NONE: "",
    ChannelEffect.THROTTLE: "; the channel waits too",
    ChannelEffect.PAUSE: "; the channel is paused until a person resumes it",
    ChannelEffect.RECONNECT: "; so does the channel, for its reconnection",
}


def verdict_of(rule: Rule) -> Verdict:
    """What becomes of a post whose answer this row fits, at its first try."""
    error = rule.kind(rule.message)
    error.advice = rule.advice
    if isinstance(error, Refused):
        error.pause_channel = rule.pause_channel
    return classify(error, 1, datetime(2026, 3, 16, 9, tzinfo=UTC))


def page() -> str:
    parts = [_HEAD, "\n## Before every table\n\n", _table(BEFORE_TABLES)]
    for title, rules in TABLES.values():
        parts += [f"\n## {title}\n\n", _table(rules)]
    return "".join([*parts, "\n## What no table names\n\n", _table(BY_STATUS)])


def _table(rules: Sequence[Rule]) -> str:
    return _COLUMNS + "".join(f"| {' | '.join(_cells(rule))} |\n" for rule in rules)


def _cells(rule: Rule) -> list[str]:
    verdict = verdict_of(rule)
    said = [f"`{rule.code}`"] if rule.code else []
    said += [f"“{rule.says}”"] if rule.says else []
    wait = f" ({rule.wait / 60:g} minutes where it names no time)" if rule.wait else ""
    becomes = "as throttled: waits for the limit's end, which counts as no try" if verdict.throttled else ""
    becomes = becomes or _STATES[verdict.state] + _EFFECTS[verdict.channel]
    sentence = advised(verdict.code, verdict.advice, "facebook") or str(WHY[verdict.code])
    return [_status(rule), ", ".join(said), rule.message, becomes + wait, sentence, rule.source]


def _status(rule: Rule) -> str:
    if isinstance(rule.status, range):
        return f"{rule.status.start} to {rule.status.stop - 1}"
    return "" if rule.status is None else str(rule.status)


def networks_page(text: str) -> str:
    """The page about networks with the permissions as the adapters name them."""
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    return f"{before}{_BEGIN}\n{_permissions()}\n{_END}{after}"


def _permissions() -> str:
    table = "| Network | Permission | For | Kind | Needed | Asked for |\n|---|---|---|---|---|---|\n"
    for key, (title, _rules) in TABLES.items():
        consent = network(key).consent
        for one in consent.permissions if consent else ():
            names = " or ".join(f"`{name}`" for name in (one.name, *one.instead))
            asked = not {one.name, *one.instead}.isdisjoint(consent.scopes if consent else ())
            what = ", ".join(str(PURPOSES[purpose]) for purpose in one.purposes)
            needed, wanted = ("yes" if one.vital else "", "yes" if asked else "no")
            table += f"| {title} | {names} | {what} | {', '.join(one.kinds)} | {needed} | {wanted} |\n"
    return table


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
    features.FILE.write_text(features.page(), encoding="utf-8")
    NETWORKS.write_text(networks_page(NETWORKS.read_text(encoding="utf-8")), encoding="utf-8")

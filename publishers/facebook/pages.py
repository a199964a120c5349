"""Which Pages a person may act for: those they have a task on, and those of their business portfolios.

Sources: Graph API, User: accounts, businesses; Marketing API, Business: owned_pages, client_pages. Apps report that
``/me/accounts`` leaves out Pages that a person reaches through a portfolio alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from publishers import reading
from publishers.base import Account, NetworkError, ReconnectNeeded, Rejected
from publishers.connecting import Offer
from publishers.facebook.client import GraphClient
from publishers.facebook.consent import CONSENT, PAGE, TASK, TOKEN
from publishers.facebook.errors import TITLE

AT_ONCE = 100
MOST_CALLS = 10
PORTFOLIOS = "Meta Business"
"""What could not be looked into where not even the portfolios were listed."""

MAY_PUBLISH = frozenset({"MANAGE", "CREATE_CONTENT", "PROFILE_PLUS_FULL_CONTROL", "PROFILE_PLUS_CREATE_CONTENT"})
"""Tasks on a Page that let a person publish (Pages API, Page roles and tasks)."""

#: Tasks are told at `/me/accounts` alone.
_FIELDS = "id,name,link,access_token"

Node = dict[str, Any]


@dataclass(slots=True)
class Found:
    """Pages as Graph lists them, and the names of portfolios that it did not let us look into."""

    pages: list[Node]
    unlisted: tuple[str, ...] = ()


def pages(client: GraphClient, granted: frozenset[str]) -> Found:
    """Every Page once; where it is listed twice, as the one with a token. No Page where we may not list them."""
    if "pages_show_list" not in granted:
        return Found([])
    found = Found(_listed(client, "me/accounts", f"{_FIELDS},tasks"))
    if "business_management" in granted:
        further = _of_portfolios(client)
        found = Found([*found.pages, *further.pages], further.unlisted)
    return Found(_once(found.pages), found.unlisted)


def offer(page: Node, granted: frozenset[str]) -> Offer:
    """A Page with its token, and what it lacks; one without a token cannot be connected."""
    page_id, token = reading.accepted_id(page.get("id"), TITLE), reading.text(page.get("access_token"))
    tasks = page.get("tasks")
    idle = isinstance(tasks, list) and not MAY_PUBLISH.intersection(t for t in tasks if isinstance(t, str))
    roles = (TOKEN.name,) if not token else (TASK.name,) if idle else ()
    url = reading.text(page.get("link")) or f"https://www.facebook.com/{page_id}"
    missing = (*CONSENT.missing(granted, PAGE), *roles)
    account = Account(page_id, reading.text(page.get("name")) or page_id, url, missing)
    return Offer(account, {"page_id": page_id, "access_token": token}, PAGE)


def _listed(client: GraphClient, path: str, fields: str) -> list[Node]:
    query = {"fields": fields, "limit": str(AT_ONCE)}
    found: list[Node] = []
    for _ in range(MOST_CALLS):
        answer = reading.as_object(client.ask(path, **query), TITLE)
        found += reading.items(reading.as_list(answer.get("data"), TITLE))
        after = _after(answer)
        if after is None:
            break
        query["after"] = after
    return [node for node in found if reading.identifier(node.get("id"))]


def _of_portfolios(client: GraphClient) -> Found:
    """The Pages that portfolios own, and those that others gave them to look after. All are asked together; what one of
    them refuses hides none of the others."""
    try:
        portfolios = _listed(client, "me/businesses", "id,name")
    except (ReconnectNeeded, Rejected):
        return Found([], (PORTFOLIOS,))
    found = Found([])
    asked = [
        (
            reading.text(one.get("name")) or str(one["id"]),
            f"{one['id']}/{edge}",
            {"fields": _FIELDS, "limit": str(AT_ONCE)},
        )
        for one in portfolios
        for edge in ("owned_pages", "client_pages")
    ]
    refused: list[str] = []
    for _ in range(MOST_CALLS):
        answers = client.ask_many([(path, query) for _, path, query in asked])
        further = []
        for (name, path, query), answer in zip(asked, answers, strict=True):
            if isinstance(answer, NetworkError) or not isinstance(reading.child(answer, "data"), list):
                refused.append(name)
                continue
            found.pages += [node for node in reading.items(answer["data"]) if reading.identifier(node.get("id"))]
            after = _after(answer)
            if after is not None:
                further.append((name, path, {**query, "after": after}))
        asked = further
        if not asked:
            break
    refused += [name for name, _, _ in asked]
    found.unlisted = tuple(dict.fromkeys(refused))
    return found


def _after(answer: Node) -> str | None:
    """The cursor of the next page. ``paging.next`` says that there is one; its address is not followed, for it holds
    the token."""
    after = reading.text(reading.child(answer, "paging", "cursors", "after"))
    return after if after and reading.child(answer, "paging", "next") else None


def _once(found: list[Node]) -> list[Node]:
    """In the order in which they came; what comes first has the tasks, what comes later may have a token alone."""
    by_id: dict[str, Node] = {}
    for page in found:
        page_id = str(reading.identifier(page.get("id")))
        known = by_id.get(page_id)
        if known is None or (not reading.text(known.get("access_token")) and reading.text(page.get("access_token"))):
            by_id[page_id] = {**(known or {}), **page}
    return list(by_id.values())

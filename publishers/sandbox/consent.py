"""The page on which a person lets an app act for them.

Each network's own rules (what it asks, which answers it gives to a wrong request) stand in its ``…_consent`` module.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader

from .accounts import Account
from .codes import Decision
from .consent_text import TEXTS
from .feeds import NETWORKS, PAGES, language_of
from .service import World
from .wire import Request, Response

TITLES = dict(NETWORKS)
#: Which kinds of account can sign in.
PEOPLE = ("user", "person")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a network asks a person: ``scopes`` with a box each (none: it names no permissions), ``shares``: whether the
    person also chooses which Pages."""

    network: str
    scopes: tuple[str, ...] = ()
    shares: bool = False


def asking_page(world: World, request: Request, asked: Asked, back: str) -> Response:
    """The page itself. ``back`` is where the browser will go: its form may lead there and nowhere else."""
    language = language_of(request.headers.get("accept-language", ""))
    people = [a for (network, _), a in world.directory.accounts.items() if network == asked.network and _signs_in(a)]
    accounts = [{"id": a.id, "name": a.name, "handle": a.handle, "pages": _pages(world, a, asked)} for a in people]
    return _page(
        "ask", 200, back, language, network=asked.network, title=TITLES[asked.network], t=TEXTS[language],
        accounts=accounts, scopes=asked.scopes, action=request.target,
    )  # fmt: skip


def error_page(request: Request, network: str, message: str) -> Response:
    """What a network shows where it does not know the app or the address: it sends nobody back there."""
    language = language_of(request.headers.get("accept-language", ""))
    return _page("error", 400, "", language, network=network, title=TITLES[network], t=TEXTS[language],
                 message=message)  # fmt: skip


def decision_of(world: World, request: Request, asked: Asked) -> Decision:
    """What the form says."""
    fields = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    chosen = dict(fields)
    account = world.directory.find(asked.network, chosen.get("account", ""))
    if chosen.get("decision") != "allow" or account is None or not _signs_in(account):
        return Decision(None)
    scopes = frozenset(value for name, value in fields if name == "scope" and value in asked.scopes)
    shares = frozenset(value for name, value in fields if name == "share") if asked.shares else None
    return Decision(account, scopes, shares)


def sent_back(redirect_uri: str, **parameters: str) -> Response:
    """The browser goes back to the app."""
    parts = urlsplit(redirect_uri)
    query = urlencode([*parse_qsl(parts.query), *parameters.items()])
    location = parts._replace(query=query).geturl()
    return Response(303, b"", {"Location": location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


def _signs_in(account: Account) -> bool:
    return account.kind in PEOPLE and not (account.open or account.stranger) and bool(account.handle)


def _pages(world: World, account: Account, asked: Asked) -> list[Account]:
    own = [*account.administers, *account.analyses]
    shown = [page_id for portfolio in account.portfolios for page_id in (*portfolio.owned, *portfolio.client)]
    ids = [*own, *(page_id for page_id in shown if page_id not in own)] if asked.shares else []
    return [page for page_id in ids if (page := world.directory.find(asked.network, page_id))]


def _page(name: str, status: int, back: str, language: str, **values: Any) -> Response:
    html = _templates().get_template(f"consent_{name}.html").render(language=language, **values)
    parts = urlsplit(back)
    target = f" {parts.scheme}://{parts.netloc}" if back else ""
    policy = (
        f"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'{target}; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8", "Content-Language": language, "Vary": "Accept-Language",
        "Cache-Control": "no-store", "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }  # fmt: skip
    return Response(status, html.encode(), headers)


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True)

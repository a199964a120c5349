"""Who has an account at the sandbox networks, and which tokens open it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .journal import Journal

_WELL_FORMED = re.compile(r"[A-Za-z0-9._~+/=|:\-]{6,4096}\Z")
_TRAILING_NUMBER = re.compile(r"(\d{3,19})\Z")

ALL_SCOPES: dict[str, frozenset[str]] = {
    "facebook": frozenset({
        "pages_show_list", "pages_manage_posts", "pages_manage_engagement", "pages_read_engagement",
        "pages_read_user_content", "read_insights", "business_management",
    }),
    "twitter": frozenset({
        "tweet.read", "tweet.write", "users.read", "media.write", "offline.access", "tweet.moderate.write",
        "like.write",
    }),
    "linkedin": frozenset({
        "openid", "profile", "email", "r_basicprofile", "w_member_social", "r_member_social", "r_member_postAnalytics",
        "r_member_profileAnalytics", "w_organization_social", "r_organization_social", "rw_organization_admin",
    }),
    "xing": frozenset(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A business portfolio at Meta, with the ids of the Pages that it owns and of those that others gave to it."""

    id: str
    name: str
    owned: tuple[str, ...] = ()
    client: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Account:
    """One profile. ``id`` is the network's own (a page id, a user id, a URN), ``kind`` one of page, user,
    organization, person. ``administers`` holds the ids of pages or organisations that a user may act for, ``analyses``
    those whose figures alone they may see. ``assigned`` are the Pages among those of their ``portfolios`` that they may
    act for as well.
    An ``open`` account came into being with its token; it is ``named`` once a caller has said what its id is. A
    ``stranger`` only wrote something somewhere, and signs in nowhere."""

    network: str
    id: str
    name: str
    handle: str
    kind: str
    followers: int = 1500
    administers: list[str] = field(default_factory=list)
    analyses: list[str] = field(default_factory=list)
    portfolios: tuple[Portfolio, ...] = ()
    assigned: tuple[str, ...] = ()
    open: bool = False
    named: bool = False
    stranger: bool = False


@dataclass(slots=True, eq=False)
class Token:
    """What opens an account. ``secret``, ``consumer_key`` and ``consumer_secret`` are XING's; ``refresh`` is the
    refresh token that goes with it, ``refresh_ends`` its own end, which no renewal moves (None: none). ``kind`` is
    user, page or app. ``client`` is the app that a person consented to; ``shares`` are the pages that they let it see
    (None: all of theirs)."""

    value: str
    account: Account
    scopes: frozenset[str]
    kind: str = "user"
    expires_at: datetime | None = None
    secret: str = ""
    consumer_key: str = ""
    consumer_secret: str = ""
    refresh: str | None = None
    client: str = ""
    shares: frozenset[str] | None = None
    refresh_ends: datetime | None = None

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and now >= self.expires_at

    def renewable(self, now: datetime) -> bool:
        """Whether its refresh token has not come to its end."""
        return self.refresh_ends is None or now < self.refresh_ends


class Directory:
    """All accounts and tokens. With ``open_accounts`` a well-formed token that nobody knows opens a new account."""

    def __init__(self, journal: Journal, *, open_accounts: bool = False) -> None:
        self.open_accounts = open_accounts
        self.moved: Callable[[Account, Account], None] = _nothing_to_move
        self._journal = journal
        self.accounts: dict[tuple[str, str], Account] = {}
        self.tokens: dict[tuple[str, str], Token] = {}
        self.spent: set[str] = set()
        self._refresh: dict[tuple[str, str], Token] = {}

    def add(self, account: Account) -> Account:
        """Register ``account``; an account of that network and id which exists already is replaced."""
        self.accounts[account.network, account.id] = account
        return account

    def grant(self, token: Token) -> Token:
        """Make ``token`` valid, with its refresh token where it has one."""
        if token.value in self.spent:
            return token
        self.tokens[token.account.network, token.value] = token
        if token.refresh:
            self._refresh[token.account.network, token.refresh] = token
        return token

    def issue(self, token: Token) -> Token:
        """Make ``token`` valid for good: it is there again after a restart."""
        self._journal.put("token", f"{token.account.network}/{token.value}", _token_document(token))
        return self.grant(token)

    def find(self, network: str, account_id: str) -> Account | None:
        return self.accounts.get((network, account_id))

    def named(self, network: str, handle: str, kind: str) -> Account | None:
        """The account of a kind whose address has this short name, however its letters are written."""
        wanted = handle.casefold()
        mine = (account for (key, _), account in self.accounts.items() if key == network)
        return next((a for a in mine if a.kind == kind and a.handle.casefold() == wanted), None)

    def token(self, network: str, value: str) -> Token | None:
        """The token, expired or not; None where the network does not know it."""
        known = self.tokens.get((network, value))
        if known is None and self.open_accounts and _WELL_FORMED.match(value):
            return self.grant(Token(value, self._open(network, value), ALL_SCOPES[network]))
        return known

    def by_refresh(self, network: str, refresh: str) -> Token | None:
        """The token that ``refresh`` renews; None where it is unknown or spent."""
        if refresh in self.spent:
            return None
        known = self._refresh.get((network, refresh))
        if known is None and self.open_accounts and _WELL_FORMED.match(refresh):
            return Token("", self._open(network, refresh), ALL_SCOPES[network], refresh=refresh)
        return known

    def rotate(
        self, old: Token, value: str, refresh: str, expires_at: datetime, refresh_ends: datetime | None = None
    ) -> Token:
        """Replace ``old`` by a new pair; the old refresh token is spent and the old access token is void."""
        network = old.account.network
        for gone in filter(None, (old.refresh, old.value)):
            self.spent.add(gone)
            self._journal.put("spent", gone, {"value": gone})
        self._refresh.pop((network, old.refresh or ""), None)
        self.tokens.pop((network, old.value), None)
        new = Token(value, old.account, old.scopes, old.kind, expires_at, refresh=refresh, client=old.client)
        new.refresh_ends = refresh_ends
        return self.issue(new)

    def void(self, network: str, value: str) -> None:
        """Make an access token or a refresh token worthless for good; one that nobody knows is that already."""
        known = self.tokens.pop((network, value), None) or self._refresh.pop((network, value), None)
        if known is not None:
            self.spent.add(value)
            self._journal.put("spent", value, {"value": value})

    def withdraw(self, network: str, account_id: str, *scopes: str) -> None:
        """Take permissions off every token that opens an account."""
        for token in self.tokens.values():
            if token.account.network == network and account_id in (token.account.id, *token.account.administers):
                token.scopes -= frozenset(scopes)

    def restore(self) -> None:
        """Bring back what was rotated before a restart. Spent tokens come first, so that none is granted again."""
        self.spent = {document["value"] for document, _ in self._journal.load("spent")}
        self.tokens = {key: token for key, token in self.tokens.items() if token.value not in self.spent}
        for document, _ in self._journal.load("token"):
            account = self.find(document["network"], document["account"]) or self._returning(document)
            self.grant(_token_of(document, account))

    def reachable(self, token: Token, account_id: str) -> Account | None:
        """The account ``account_id`` if ``token`` may act for it. An open account takes on an id that is new."""
        if account_id in ("me", token.account.id):
            return token.account
        known = self.find(token.account.network, account_id)
        shared = token.shares is None or account_id in token.shares
        if known is not None and account_id in (*token.account.administers, *token.account.assigned) and shared:
            return known
        if not token.account.open or (known is not None and not known.open):
            return None
        single = token.account.network in ("twitter", "xing")
        return self._own(token, account_id) if single else self._also(token, account_id)

    def _open(self, network: str, value: str) -> Account:
        """The account of a token that nobody knew: the digits the token ends with name it, where they are free."""
        match = _TRAILING_NUMBER.search(value)
        for number in filter(None, (match and match[1], _made_number(value))):
            account_id = f"urn:li:person:{number}" if network == "linkedin" else number
            known = self.find(network, account_id)
            if known is None:
                kind = {"facebook": "page", "linkedin": "person"}.get(network, "user")
                named = match is not None and number == match[1]
                return self.add(_stranger(network, account_id, number, kind, named=named))
            if known.open:
                return known
        raise ValueError("a number made from a token names an account that has a token of its own")

    def _own(self, token: Token, account_id: str) -> Account | None:
        """Where a token is one account: the id the caller gives is that account's, and the first one names it."""
        account, known = token.account, self.find(token.account.network, account_id)
        if known is not None:
            if account.named:
                return None
            token.account = known
            self.moved(account, known)
        elif not account.named:
            self.accounts.pop((account.network, account.id), None)
            account.id, account.named = account_id, True
            self.add(account)
        return token.account

    def _also(self, token: Token, account_id: str) -> Account:
        """Where a token acts for pages or organisations: a new id is one more of them."""
        network, number = token.account.network, account_id.rpartition(":")[2]
        kind = "organization" if "organization" in account_id else token.account.kind
        token.account.administers.append(account_id)
        return self.find(network, account_id) or self.add(_stranger(network, account_id, number, kind))

    def _returning(self, document: dict[str, Any]) -> Account:
        account_id = document["account"]
        return self.add(_stranger(document["network"], account_id, account_id, "user", named=True))


def _stranger(network: str, account_id: str, number: str, kind: str, *, named: bool = False) -> Account:
    return Account(network, account_id, f"Konto {number}", f"konto{number}"[:15], kind, open=True, named=named)


def _token_document(token: Token) -> dict[str, Any]:
    return {
        "network": token.account.network, "account": token.account.id, "value": token.value, "kind": token.kind,
        "scopes": sorted(token.scopes), "refresh": token.refresh,
        "expires_at": token.expires_at.isoformat() if token.expires_at else None, "client": token.client,
        "shares": None if token.shares is None else sorted(token.shares), "secret": token.secret,
        "refresh_ends": token.refresh_ends.isoformat() if token.refresh_ends else None,
        "consumer_key": token.consumer_key, "consumer_secret": token.consumer_secret,
    }  # fmt: skip


def _token_of(document: dict[str, Any], account: Account) -> Token:
    shares, expires_at, refresh_ends = document.get("shares"), document["expires_at"], document.get("refresh_ends")
    return Token(
        document["value"], account, frozenset(document["scopes"]), document["kind"],
        datetime.fromisoformat(expires_at) if expires_at else None, document.get("secret", ""),
        document.get("consumer_key", ""), document.get("consumer_secret", ""), document["refresh"],
        document.get("client", ""), None if shares is None else frozenset(shares),
        datetime.fromisoformat(refresh_ends) if refresh_ends else None,
    )  # fmt: skip


def _nothing_to_move(old: Account, new: Account) -> None:
    """Before a store is there, no account has posts."""


def _made_number(value: str) -> str:
    return str(int(hashlib.sha256(value.encode()).hexdigest()[:13], 16))


def seed_accounts(directory: Directory, now: datetime) -> None:
    """The accounts of Brandt Maschinenbau, whose tokens are known by name."""
    _seed_facebook(directory, now)
    _seed_twitter(directory, now)
    _seed_linkedin(directory, now)
    _seed_xing(directory)


def _seed_facebook(directory: Directory, now: datetime) -> None:
    page = Account("facebook", "104872951638204", "Brandt Maschinenbau", "brandt.maschinenbau", "page", 3120)
    user = Account("facebook", "10229384756102938", "Katrin Vogel", "katrin.vogel", "user", administers=[page.id])
    scopes = ALL_SCOPES["facebook"]
    directory.add(page)
    directory.add(user)
    directory.grant(Token("EAABsandboxBrandtPage", page, scopes, "page"))
    directory.grant(Token("EAABsandboxBrandtUser", user, scopes, "user", now + timedelta(days=60)))


def _seed_twitter(directory: Directory, now: datetime) -> None:
    user = Account("twitter", "1502893746120984576", "Brandt Maschinenbau", "BrandtMaschinen", "user", 860)
    directory.add(user)
    scopes = ALL_SCOPES["twitter"]
    directory.grant(Token("sandbox-x-brandt-access", user, scopes, "user", None, refresh="sandbox-x-brandt-refresh"))
    directory.grant(Token("sandbox-x-app-only", user, scopes, "app"))
    directory.grant(Token("sandbox-x-brandt-expired", user, scopes, "user", now - timedelta(hours=1)))


def _seed_linkedin(directory: Directory, now: datetime) -> None:
    organization = Account(
        "linkedin", "urn:li:organization:78214563", "Brandt Maschinenbau GmbH", "brandt-maschinenbau", "organization",
        5400,
    )  # fmt: skip
    person = Account(
        "linkedin", "urn:li:person:Kv7QmZ2xTa", "Katrin Vogel", "katrin-vogel", "person", 780, [organization.id]
    )
    directory.add(organization)
    directory.add(person)
    later = now + timedelta(days=60)
    directory.grant(Token("AQXsandboxBrandtLinkedIn", person, ALL_SCOPES["linkedin"], "user", later))
    selfserve = frozenset({"openid", "profile", "email", "w_member_social"})
    directory.grant(Token("AQXsandboxMemberOnly", person, selfserve, "user", later))


def _seed_xing(directory: Directory) -> None:
    user = directory.add(Account("xing", "28471936_5f3c9a", "Katrin Vogel", "Katrin_Vogel", "user", 1180))
    directory.grant(
        Token(
            "xing-brandt-token", user, frozenset(), secret="xing-brandt-token-secret",  # noqa: S106 - opens nothing real
            consumer_key="xing-brandt-consumer", consumer_secret="xing-brandt-consumer-secret",  # noqa: S106 - the same
        )
    )  # fmt: skip


def credentials(directory: Directory, tokens: Iterable[str]) -> list[dict[str, str]]:
    """What to connect a channel with, for each of ``tokens``, in the words of the planner's interface."""
    return [_credential(token) for (_, value), token in directory.tokens.items() if value in set(tokens)]


def _credential(token: Token) -> dict[str, str]:
    account = token.account
    shared = {"network": account.network, "name": account.name}
    if account.network == "facebook":
        return {**shared, "page_id": account.id, "access_token": token.value}
    if account.network == "twitter":
        return {**shared, "user_id": account.id, "access_token": token.value, "refresh_token": token.refresh or ""}
    if account.network == "linkedin":
        author = account.administers[0] if account.administers else account.id
        return {**shared, "author": author, "access_token": token.value}
    return {
        **shared, "user_id": account.id, "consumer_key": token.consumer_key, "consumer_secret": token.consumer_secret,
        "token": token.value, "token_secret": token.secret,
    }  # fmt: skip

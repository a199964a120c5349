"""The sandbox: one port on which four networks answer, each under its own prefix."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from . import apps, talk
from .accounts import ALL_SCOPES, Account, Directory, Token, credentials, seed_accounts
from .control import Control
from .facebook import Facebook
from .faults import Faults
from .feeds import Feeds
from .images import sniff
from .journal import Journal
from .limits import DEFAULTS, Limits, Window
from .linkedin import LinkedIn
from .people import seed_people
from .record import RequestLog, arrival
from .service import Service, World
from .store import Comment, Medium, Post, Store, lagged, rfc3339
from .twitter import Twitter
from .wire import Clock, HttpServer, Request, Response
from .xing import Xing

NETWORKS = ("facebook", "twitter", "linkedin", "xing")
SEEDED_TOKENS = (
    "EAABsandboxBrandtPage", "sandbox-x-brandt-access", "AQXsandboxBrandtLinkedIn", "xing-brandt-token",
)  # fmt: skip


class Sandbox:
    """Real HTTP servers for Facebook, X, LinkedIn and XING on loopback.

    ``clock`` gives the networks' time (aware, UTC); ``latency`` in seconds is added to every answer of a network and
    passes in real time; ``state_file`` keeps posts over a restart; ``open_accounts`` lets any well-formed token in;
    without ``seeded`` nobody has an account yet;
    ``processing_seconds`` is how long the networks work on each upload, by their own clock (None: some seconds on films
    and documents); with ``talkative``, strangers mention the accounts by themselves, as time goes by;
    ``limits`` replaces the rate limits (see :mod:`publishers.sandbox.limits`), an empty mapping lifts them.

    >>> with Sandbox() as sandbox:
    ...     sandbox.api_url("twitter")  # doctest: +ELLIPSIS
    'http://127.0.0.1:.../twitter'
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        clock: Clock | None = None,
        seed: int = 1,
        latency: float = 0.0,
        state_file: str | Path | None = None,
        open_accounts: bool = False,
        seeded: bool = True,
        limits: Mapping[str, tuple[Window, ...]] = DEFAULTS,
        processing_seconds: float | None = None,
        talkative: bool = False,
    ) -> None:
        self.latency = latency
        self.offset_seconds = 0.0
        self._source = clock or _wall_clock
        self._journal = Journal(state_file)
        directory = Directory(self._journal, open_accounts=open_accounts)
        if seeded:
            seed_accounts(directory, self.now())
            seed_people(directory)
        directory.restore()
        self.faults = Faults()
        self.log = RequestLog()
        self.world = World(
            directory, Store(directory, self._journal), Limits(limits, self.now), self.faults, self.now, seed,
            processing_seconds, talkative, began=_began(self._journal, self.now()),
        )  # fmt: skip
        self.services: dict[str, Service] = {
            service.key: service(self.world) for service in (Facebook, Twitter, LinkedIn, Xing)
        }
        self._control = Control(self)
        self._feeds = Feeds(self.world)
        self._server = HttpServer(host, port, self.respond, self.now)

    # --- life ----------------------------------------------------------------------------------------------

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        """Close the port and the state file. May be called twice."""
        self._server.stop()
        with self.world.store.lock:
            self._journal.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where a person sees the networks' feeds."""
        return f"http://{self._server.host}:{self._server.port}"

    def api_url(self, network: str) -> str:
        """What takes the place of the network's hosts; raises KeyError for a network that is not here."""
        return f"{self.url}/{self.services[network].key}"

    def environment(self) -> dict[str, str]:
        """The settings that send a planner here."""
        return {f"SENDEPLAN_{network.upper()}_API_URL": self.api_url(network) for network in NETWORKS}

    def apps(self) -> dict[str, str]:
        """The settings that make a planner the developer app that the networks know, for connecting by consent."""
        return {
            f"SENDEPLAN_{network.upper()}_{option.upper()}": value
            for network in NETWORKS for option, value in apps.settings(network).items()
        }  # fmt: skip

    def now(self) -> datetime:
        """The networks' time."""
        return self._source() + timedelta(seconds=self.offset_seconds)

    # --- accounts and posts --------------------------------------------------------------------------------

    def credentials(self) -> list[dict[str, str]]:
        """What to connect channels of the seeded accounts with: ``network``, ``name`` and the credential fields."""
        return credentials(self.world.directory, SEEDED_TOKENS)

    def add_account(
        self,
        network: str,
        id: str,  # noqa: A002 - the network's own word
        name: str,
        token: str,
        *,
        handle: str = "",
        kind: str | None = None,
        followers: int = 1500,
        scopes: Sequence[str] | None = None,
        expires_at: datetime | None = None,
        refresh: str | None = None,
        secret: str = "",
        consumer_key: str = "",
        consumer_secret: str = "",
    ) -> Account:
        """An account and a token that opens it. A LinkedIn organisation gets a member who administers it.

        An account with this id that is there already stays, with its posts, and gets a further token.
        """
        kind = kind or _kind(network, id)
        with self.world.store.lock:
            directory = self.world.directory
            made = Account(network, id, name, handle or name.replace(" ", "")[:15], kind, followers)
            holder = account = directory.find(network, id) or directory.add(made)
            if kind == "organization":
                member = f"urn:li:person:of-{id.rpartition(':')[2]}"
                person = Account(network, member, name, "", "person", administers=[id])
                holder = directory.find(network, member) or directory.add(person)
            granted = ALL_SCOPES[network] if scopes is None else frozenset(scopes)
            token_kind = "page" if kind == "page" else "user"
            directory.grant(
                Token(token, holder, granted, token_kind, expires_at, secret, consumer_key, consumer_secret, refresh)
            )
        return account

    def backfill(
        self,
        network: str,
        account: str,
        text: str,
        created_at: datetime,
        *,
        link: str | None = None,
        images: Sequence[tuple[bytes, str]] = (),
    ) -> str:
        """Put in a post of the past and return its id. ``images`` are bytes with their alt text.

        Raises KeyError for an unknown network or account, ValueError for bytes that are no image.
        """
        service, store = self.services[network], self.world.store
        with store.lock:
            owner = self.world.directory.accounts[network, account]
            media = [self._medium(service, owner, created_at, *image) for image in images]
            draft = service.draft(owner, text, link, media, created_at)
            return service.keep(owner, draft, created_at, created_at.timestamp(), lagged(created_at, 0)).id

    def comment(
        self,
        network: str,
        post_id: str,
        text: str,
        *,
        author: str = "Jens Hartwig",
        author_id: str = "1847362",
        parent: str | None = None,
        created_at: datetime | None = None,
    ) -> str:
        """Let somebody comment on a post, or (``parent``) on a comment of it; returns the comment's id.

        Raises KeyError where there is no such post.
        """
        with self.world.store.lock:
            post = self._post(network, post_id)
            said = talk.say(self.world, post, text, author=author, author_id=author_id, parent_id=parent, at=created_at)
            return said.id

    def comments(self, network: str, post_id: str) -> list[dict[str, Any]]:
        """All comments of a post by now, earliest first, as JSON objects; of our own, too."""
        with self.world.store.lock:
            self.world.catch_up()
            post = self._post(network, post_id)
            return [_comment_entry(post, comment) for comment in self.world.comments(post)]

    def remove_comment(self, network: str, post_id: str, comment_id: str) -> None:
        """Let a comment's author delete it. Raises KeyError where there is no such post."""
        with self.world.store.lock:
            post = self._post(network, post_id)
            talk.set_flag(self.world, post.gone, post, comment_id, on=True)

    def mention(
        self,
        network: str,
        account: str,
        text: str,
        *,
        author: str = "Sabine Rother",
        author_id: str = "2093847",
        created_at: datetime | None = None,
    ) -> str:
        """Let somebody post something that names an account; returns the post's id. Raises KeyError."""
        with self.world.store.lock:
            named = self.world.directory.accounts[network, account]
            at = created_at or self.now()
            service = self.services[network]
            return talk.mention(service, named, text, author=author, author_id=author_id, at=at).id

    def remove(self, network: str, post_id: str) -> None:
        """Take a post down as somebody does at the network itself. Raises KeyError where there is no such post."""
        with self.world.store.lock:
            self.world.store.delete(self._post(network, post_id), self.now())

    def withdraw(self, network: str, account: str, *scopes: str) -> None:
        """Take permissions away from whatever opens an account, as a person does in their settings at the network."""
        with self.world.store.lock:
            self.world.directory.withdraw(network, account, *scopes)

    def _post(self, network: str, post_id: str) -> Post:
        post = self.world.store.find(network, post_id)
        if post is None:
            raise KeyError(f"no post {post_id!r} at {network}")
        return post

    def posts(self, network: str | None = None, account: str | None = None) -> list[dict[str, Any]]:
        """Everything accepted, deleted or not, in the order of acceptance, as JSON objects."""
        with self.world.store.lock:
            self.world.catch_up()
            posts = self.world.store.accepted(network)
            return [_post_entry(post) for post in posts if account in (None, post.account.id)]

    def requests(self, network: str | None = None, operation: str | None = None) -> list[dict[str, Any]]:
        """What arrived, as JSON objects without tokens."""
        return self.log.entries(network, operation)

    def reset(self) -> None:
        """Forget posts, media, faults, used-up limits and the request log; accounts and tokens stay."""
        with self.world.store.lock:
            self.world.forget_postponed()
            self.world.store.clear()
            self.world.codes.clear()
        self.faults.clear()
        self.world.limits.clear()
        self.log.clear()

    # --- answering -----------------------------------------------------------------------------------------

    def respond(self, request: Request) -> Response:
        """Answer one request, whoever it is for."""
        name, _, rest = request.path.lstrip("/").partition("/")
        service = self.services.get(name)
        if service is not None:
            return self._network(service, request, rest)
        if name == "_control":
            return self._control.handle(request, rest)
        return self._feeds.handle(request)

    def _network(self, service: Service, request: Request, rest: str) -> Response:
        begun = time.monotonic()
        request.prefix = f"/{service.key}"
        # Whoever moves every address of a network below its prefix also moves those that are there already.
        request.path = "/" + rest.removeprefix(f"{service.key}/")
        outcome = service.handle(request)
        self.log.add(request, service.key, outcome)
        wait = self.latency - (time.monotonic() - begun)
        if wait > 0:
            time.sleep(wait)
        return outcome.response

    def _medium(self, service: Service, owner: Account, moment: datetime, content: bytes, alt: str) -> Medium:
        kind = sniff(content)
        if kind is None:
            raise ValueError("the bytes are no image")
        number = self.world.store.snowflake(service.key, moment)
        medium_id = f"urn:li:image:D4E{number}" if service.key == "linkedin" else str(number)
        return self.world.store.add_medium(Medium(medium_id, service.key, owner.id, moment, content, kind, alt, moment))


def _began(journal: Journal, now: datetime) -> datetime:
    """When this world began: now, or at its first start where a state file keeps it."""
    kept = next((datetime.fromisoformat(document["at"]) for document, _ in journal.load("began")), None)
    if kept is None:
        journal.put("began", "world", {"at": now.isoformat()})
    return kept or now


def _wall_clock() -> datetime:
    return datetime.now(UTC)


def _kind(network: str, account_id: str) -> str:
    if network == "linkedin":
        return "organization" if ":organization:" in account_id else "person"
    return "page" if network == "facebook" else "user"


def _post_entry(post: Post) -> dict[str, Any]:
    return {
        "id": post.id, "network": post.network, "account": post.account.id, "text": post.text, "link": post.link,
        "media": [_medium_entry(medium) for medium in post.media], "created_at": rfc3339(post.created_at),
        "sequence": post.sequence, "arrived_at": post.arrived_at, "at": arrival(post.arrived_at),
        "deleted": post.deleted_at is not None, "poll": post.meta.get("poll"), "reply_to": post.meta.get("reply_to"),
        "languages": post.meta.get("languages", []),
        "card": (post.meta.get("content") or {}).get("article", {}).get("thumbnail"),
    }  # fmt: skip


def _comment_entry(post: Post, comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id, "author": comment.author, "author_id": comment.author_id, "text": comment.text,
        "created_at": rfc3339(comment.created_at), "parent": comment.parent_id, "own": comment.own,
        "hidden": comment.id in post.hidden, "liked": comment.id in post.liked,
    }  # fmt: skip


def _medium_entry(medium: Medium) -> dict[str, Any]:
    kind = medium.kind
    return {
        "id": medium.id, "mime": kind.mime if kind else "", "width": kind.width if kind else 0,
        "height": kind.height if kind else 0, "alt": medium.alt, "size": len(medium.content),
        "seconds": kind.seconds if kind else 0, "pages": kind.pages if kind else 0,
        "title": medium.meta.get("title", ""),
    }  # fmt: skip

"""What the four networks have in common: routes, faults, and the answers that each gives in its own shape."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import unquote

from .accounts import Account, Directory
from .apps import APPS
from .audience import Day, day_of, grown
from .codes import Codes
from .comments import comments_on
from .engagement import Engagement, Watched, engagement, watched
from .faults import PROCESSING, Fault, Faults
from .limits import Limits
from .store import Comment, Medium, Post, Store, lagged
from .wire import Clock, Conduct, Request, Response

Handler = Callable[..., Response]


@dataclass(slots=True)
class World:
    """What all networks of one sandbox share. ``public_pages``: Facebook reviewed the app for Page Public Metadata
    Access. ``began`` is since when followers come and go."""

    directory: Directory
    store: Store
    limits: Limits
    faults: Faults
    clock: Clock
    seed: int = 1
    processing_seconds: float | None = None
    talkative: bool = False
    public_pages: bool = True
    began: datetime | None = None
    app_secret: str = APPS["facebook"].secret
    codes: Codes = field(default_factory=Codes)
    _late: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)
    _moment: datetime | None = None

    def now(self) -> datetime:
        return self._moment or self.clock()

    def postpone(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something only ``seconds`` from now. Callers hold the store's lock, as for :meth:`catch_up`."""
        self._late.append((self.now() + timedelta(seconds=seconds), act))
        self._late.sort(key=lambda entry: entry[0])

    def catch_up(self) -> None:
        """Do what was postponed to a moment that has come, as if at that moment."""
        while self._late and self._late[0][0] <= self.clock():
            self._moment, act = self._late.pop(0)
            try:
                act()
            finally:
                self._moment = None

    def forget_postponed(self) -> None:
        self._late.clear()

    def age(self, post: Post) -> timedelta:
        return self.now() - post.created_at

    def day(self, account: Account, day: date, today: date) -> Day:
        """What is told on ``today`` of an account's day."""
        return day_of(self.seed, account.network, account.id, account.followers, day, today)

    def followers(self, account: Account) -> int:
        """How many follow an account now: as many as were given, and who came and left since the world began."""
        began = self.began or self.now()
        return grown(self.seed, account.network, account.id, account.followers, began, self.now())

    def engagement(self, post: Post) -> Engagement:
        """A post's figures now."""
        images, link = len(post.media), bool(post.link)
        return engagement(
            self.seed, post.network, post.id, post.account.followers, self.age(post), images=images, link=link
        )

    def watched(self, post: Post, film: Medium) -> Watched:
        """How a post's video was watched until now."""
        return watched(self.engagement(post), film.kind.seconds if film.kind else 0.0)

    def comments(self, post: Post) -> list[Comment]:
        """A post's comments now, earliest first."""
        now = self.now()
        said = comments_on(post, self.seed, self.age(post))
        return [comment for comment in said if comment.listed_from is None or comment.listed_from <= now]


class Answer(Exception):
    """Raised by a handler to answer at once."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True)
class Route:
    """``pattern`` has ``{}`` for a path segment; ``operation`` is what faults are chosen by."""

    method: str
    pattern: str
    operation: str
    handler: Handler

    def regex(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.pattern).replace(r"\{\}", "([^/]+)") + r"/?\Z")


@dataclass(slots=True)
class Outcome:
    """An answer, what was asked and for whom."""

    response: Response
    operation: str = "unknown"
    account: str | None = None


@dataclass(slots=True)
class Draft:
    """What a post will be: its id, its plain text, its link and media, and what its network keeps besides."""

    id: str
    text: str
    link: str | None = None
    media: list[Medium] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)


class Service(ABC):
    """One network. Subclasses give ``key``, ``routes`` and the answers that a fault can ask for."""

    key: ClassVar[str]

    def __init__(self, world: World) -> None:
        self.world = world
        self._routes = [(route, route.regex()) for route in self.routes()]

    # --- what a network says -------------------------------------------------------------------------------

    @abstractmethod
    def routes(self) -> list[Route]:
        """What the network answers, the first that fits wins."""

    @abstractmethod
    def identify(self, request: Request, arguments: list[str]) -> Account | None:
        """Whose request it is, as far as that can be told without answering it."""

    @abstractmethod
    def refusal(self, fault: Fault, post: Post | None) -> Response:
        """The network's own answer for ``fault.kind``; ``post`` is the one it concerns, where there is one."""

    @abstractmethod
    def unknown_path(self, request: Request) -> Response:
        """The network's answer to a path that it does not have."""

    def decorate(self, request: Request, outcome: Outcome) -> None:  # noqa: B027 - a network may add nothing
        """Add the headers that the network puts on every answer."""

    # --- handling ------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Outcome:
        """Answer ``request``, whose path has no prefix any more."""
        for route, regex in self._routes:
            match = regex.match(request.path) if route.method == request.method else None
            if match:
                return self._handle(route, request, [unquote(group) for group in match.groups()])
        return Outcome(self.unknown_path(request))

    def _handle(self, route: Route, request: Request, arguments: list[str]) -> Outcome:
        with self.world.store.lock:
            self.world.catch_up()
            account = self.identify(request, arguments)
            outcome = Outcome(Response(), self.operation_of(route, request), account.id if account else None)
            fault = self.world.faults.take(self.key, outcome.operation, outcome.account)
            outcome.response = self._with_fault(route, request, arguments, fault)
            self.decorate(request, outcome)
        return outcome

    def operation_of(self, route: Route, request: Request) -> str:  # noqa: ARG002 - some networks look into the request
        """What a request asks for; networks with one path for several things override this."""
        return route.operation

    def _with_fault(self, route: Route, request: Request, arguments: list[str], fault: Fault | None) -> Response:
        if fault is None:
            return self._run(route, request, arguments)
        request.lag = fault.lag
        if fault.kind == "listing_lag":
            request.lag = fault.seconds or 0.0
            return self._run(route, request, arguments)
        if fault.kind in PROCESSING:
            request.notes[PROCESSING[fault.kind]] = int(fault.seconds or 1)
            return self._run(route, request, arguments)
        if fault.accepted and fault.delay:
            kept = copy(request)  # the log drops the body of the other
            self.world.postpone(fault.delay, lambda: self._run(route, kept, arguments))
            return self._spoilt(fault, None, None)
        before = self.world.store.last_accepted
        answer = self._run(route, request, arguments) if fault.accepted else None
        after = self.world.store.last_accepted
        return self._spoilt(fault, answer, after if after is not before else None)

    def _run(self, route: Route, request: Request, arguments: list[str]) -> Response:
        try:
            return route.handler(request, *arguments)
        except Answer as answer:
            return answer.response

    def _spoilt(self, fault: Fault, answer: Response | None, post: Post | None) -> Response:
        if fault.kind == "timeout":
            return Response(conduct=Conduct.HANG, seconds=fault.seconds or 0.0)
        if fault.kind == "reset":
            return Response(conduct=Conduct.RESET)
        if fault.kind == "html":
            return Response(fault.status, _HTML, {"Content-Type": "text/html; charset=utf-8"})
        if fault.kind in ("malformed", "truncated", "empty", "drip"):
            return _damaged(fault, answer or Response(fault.status, b"{}", {"Content-Type": "application/json"}))
        return self.refusal(fault, post)

    # --- shared steps --------------------------------------------------------------------------------------

    @abstractmethod
    def draft(self, account: Account, text: str, link: str | None, media: list[Medium], moment: datetime) -> Draft:
        """The post that this content becomes at ``moment``, with its id. Nothing is checked."""

    def accept(self, request: Request, account: Account, draft: Draft) -> Post:
        """Take a post: from here on it is visible, whatever the caller gets to see."""
        now = self.world.now()
        return self.keep(account, draft, now, request.arrived_at, lagged(now, request.lag))

    def keep(self, account: Account, draft: Draft, moment: datetime, arrived_at: float, listed_from: datetime) -> Post:
        """Put a post, with its files, into the store."""
        store = self.world.store
        post = Post(
            draft.id, self.key, account, draft.text, moment, store.next_sequence(), arrived_at, listed_from, draft.link,
            draft.media, draft.meta,
        )  # fmt: skip
        store.keep_media(post)
        return store.accept(post)


_HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>"


def _damaged(fault: Fault, answer: Response) -> Response:
    if fault.kind == "empty":
        return Response(answer.status)
    if fault.kind == "malformed":
        headers = {name: value for name, value in answer.headers.items() if not name.lower().endswith("-id")}
        return Response(answer.status, answer.body[:-1] + b',,"', headers)
    if fault.kind == "truncated":
        return Response(answer.status, answer.body or b"{}", answer.headers, Conduct.TRUNCATE)
    return Response(answer.status, answer.body, answer.headers, Conduct.DRIP, fault.seconds or 0.0)

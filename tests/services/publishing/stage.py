"""A company whose channels are connected to the sandbox networks, and what a test does with its deliveries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select, update

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.models import Attempt, Channel, Delivery, Event, Notice, Post, Workspace
from planner.services.posts import When
from planner.services.publishing import pool
from planner.services.publishing.claim import Claimed, claim
from planner.services.publishing.reconcile import reconcile
from planner.services.publishing.recover import recover
from planner.services.publishing.send import Observer, Step, nobody
from publishers.sandbox import Sandbox
from tests.publishers.accounts import CREDENTIALS, register
from tests.support.clock import FakeClock
from tests.support.factories import Company, make_channel, make_post

OWNER = "this-process"
SETTLE = 900.0
SEND_TIMEOUT = 5.0

#: An account of its own for each further channel, so that channels do not share what the network knows.
_NUMBERS = count(1)
_NAMES = {
    "facebook": ("page_id", "2048729516{:05d}", "access_token"),
    "twitter": ("user_id", "15028937461209{:05d}", "access_token"),
    "linkedin": ("author", "urn:li:organization:55{:05d}", "access_token"),
    "xing": ("user_id", "{:05d}_cafe99", "token"),
}


@dataclass
class Stage:
    """Everything real but the time, which is the same here and at the networks until the test moves it."""

    platform: Platform
    company: Company
    sandbox: Sandbox
    clock: FakeClock

    # --- setting up ----------------------------------------------------------------------------------------

    def channel(self, network: str = "linkedin", **attributes: Any) -> Channel:
        """A connected channel with an account of its own; ``more`` adds to its credentials."""
        number = next(_NUMBERS)
        id_field, pattern, token_field = _NAMES[network]
        given = {
            **CREDENTIALS[network],
            id_field: pattern.format(number),
            token_field: f"{CREDENTIALS[network][token_field]}-{number}",
            **attributes.pop("more", {}),
        }
        if given.get("refresh_token") == CREDENTIALS["twitter"]["refresh_token"]:
            given["refresh_token"] = f"refresh-{number}"
        register(self.sandbox, network, given)
        return make_channel(
            self.platform.database,
            self.company,
            self.clock.now(),
            network,
            credentials=self.platform.vault.seal(given),
            remote_account_id=given[id_field],
            **attributes,
        )

    def by_hand(self) -> Channel:
        """A channel without an API."""
        return make_channel(self.platform.database, self.company, self.clock.now(), "xing", credentials=None)

    def due(self, *channels: Channel, text: str = "Neue Fräse im Werk Süd.", **content: Any) -> Delivery:
        """An approved post that has just become due on the channels; its first delivery."""
        delivery = self.planned(*channels, text=text, after=timedelta(minutes=1), **content)
        self.clock.advance(minutes=1)
        return delivery

    def planned(self, *channels: Channel, text: str, after: timedelta, **content: Any) -> Delivery:
        """An approved post that is due later; its first delivery."""
        when = When(at=self.clock.now() + after)
        post = make_post(self.platform, self.company.alice, channels, when, text=text, approve=True, **content)
        return self.deliveries(post.id)[0]

    # --- acting --------------------------------------------------------------------------------------------

    def run(self, observe: Observer = nobody, owner: str = OWNER) -> int:
        """Deliver everything that is due."""
        return pool.run_due(self.platform, owner, observe=observe)

    def claim(self, owner: str = OWNER, room: int = 100) -> tuple[Claimed, ...]:
        """Claim what is due, and leave it at that."""
        return claim(self.platform, owner, room).claimed

    def reconcile(self) -> int:
        return reconcile(self.platform)

    def recover(self) -> int:
        return recover(self.platform)

    def settle(self) -> None:
        """Let the settle time pass, with a look whenever one is due."""
        end = self.clock.now() + timedelta(seconds=1.5 * SEND_TIMEOUT + 1.5 * SETTLE)
        while self.clock.now() < end:
            self.reconcile()
            self.clock.advance(seconds=SETTLE / 10)

    def change(self, what: Any, **values: Any) -> None:
        """Change a row, past every rule."""
        with self.platform.database.write() as session:
            session.execute(update(type(what)).where(type(what).id == what.id).values(values))

    # --- looking -------------------------------------------------------------------------------------------

    def read(self, delivery: Delivery) -> Delivery:
        """The delivery as it stands, with post and channel."""
        with self.platform.database.read() as session:
            found = session.get_one(Delivery, delivery.id)
            _ = found.post, found.channel
            return found

    def deliveries(self, post_id: int) -> Sequence[Delivery]:
        with self.platform.database.read() as session:
            return session.scalars(select(Delivery).where(Delivery.post_id == post_id).order_by(Delivery.id)).all()

    def state(self, delivery: Delivery) -> DeliveryState:
        return self.read(delivery).state

    def post(self, delivery: Delivery) -> Post:
        return self.read(delivery).post

    def channel_now(self, channel: Channel) -> Channel:
        with self.platform.database.read() as session:
            return session.get_one(Channel, channel.id)

    def workspace(self) -> Workspace:
        with self.platform.database.read() as session:
            return session.get_one(Workspace, self.company.workspace.id)

    def attempts(self, delivery: Delivery) -> Sequence[Attempt]:
        with self.platform.database.read() as session:
            query = select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(Attempt.number)
            return session.scalars(query).all()

    def events(self, delivery: Delivery) -> list[str]:
        """What the history says of the delivery, in order."""
        query = select(Event.kind).where(Event.subject == "delivery", Event.subject_id == delivery.id)
        with self.platform.database.read() as session:
            return list(session.scalars(query.order_by(Event.id)))

    def told(self, kind: str) -> list[int]:
        """Who got a notice of this kind."""
        with self.platform.database.read() as session:
            return list(session.scalars(select(Notice.user_id).where(Notice.kind == kind).order_by(Notice.user_id)))

    def owners(self) -> list[int]:
        """Who made the posts, and whose the channels are."""
        people = self.company.alice.user_id, self.company.charlie.user_id
        return sorted(person for person in people if person is not None)

    def live(self, channel: Channel | None = None) -> list[dict[str, Any]]:
        """What the networks have accepted."""
        return self.sandbox.posts(account=channel.remote_account_id if channel else None)

    def sent(self) -> int:
        """How many requests to publish arrived anywhere."""
        return len(self.sandbox.requests(operation="publish"))

    def moment(self, **ahead: float) -> datetime:
        return self.clock.now() + timedelta(**ahead)


def at_step(step: Step, act: Callable[[], object]) -> Observer:
    """An observer that does something when a delivery first comes to ``step``."""
    done: list[bool] = []

    def observe(reached: Step, _delivery_id: int) -> None:
        if reached is step and not done:
            done.append(True)
            act()

    return observe


def lost(stage: Stage, network: str, *, accepted: bool, count: int | None = 1, **options: Any) -> None:
    """The network's next answers get lost, after or before it took the post."""
    stage.sandbox.faults.add("error", network, status=503, accepted=accepted, count=count, **options)

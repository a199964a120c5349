"""People talking under posts of ours, and us answering."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from planner.bootstrap import Platform
from planner.models import Answer, Channel, Conversation, Delivery, Message, Notice
from planner.services import dialogue
from planner.services.actor import Actor
from publishers.sandbox import Sandbox
from tests.services.metrics.published import connected, published
from tests.support.clock import FakeClock
from tests.support.factories import Company

ASKED = "Gibt es ein Datenblatt?"
ANSWERED = "Ja, gern: siehe brandt.example"


@dataclass
class Talk:
    platform: Platform
    company: Company
    sandbox: Sandbox
    clock: FakeClock
    channels: dict[str, Channel] = field(default_factory=dict)

    def post(self, key: str = "facebook", age: timedelta = timedelta(0)) -> tuple[int, str]:
        """A delivery that went out ``age`` ago, about which it is due to be asked, and its remote id."""
        if key not in self.channels:
            self.channels[key] = connected(self.platform, self.company, key)
        delivery = published(self.platform, self.company, self.channels[key], self.sandbox, age=age)
        with self.platform.database.write() as session:
            found = session.get_one(Delivery, delivery)
            found.remarks_due_at = self.clock.now()
            return delivery, str(found.remote_id)

    def said(self, key: str, post: str, text: str = ASKED, **who: Any) -> str:
        return self.sandbox.comment(key, post, text, **who)

    def hear(self, minutes: float = 20) -> dialogue.Heard:
        """Some time passes, then what is due is asked for."""
        self.clock.advance(minutes=minutes)
        return dialogue.hear_due(self.platform)

    def conversations(self) -> list[Conversation]:
        with self.platform.database.read() as session:
            return list(session.scalars(select(Conversation).order_by(Conversation.id)))

    def messages(self, conversation_id: int) -> list[Message]:
        with self.platform.database.read() as session:
            query = select(Message).where(Message.conversation_id == conversation_id)
            return list(session.scalars(query.order_by(Message.said_at, Message.id)))

    def notices(self, kind: str = "remarks") -> list[Notice]:
        with self.platform.database.read() as session:
            return list(session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))

    def write(
        self, conversation_id: int, text: str = ANSWERED, actor: Actor | None = None, to: int | None = None
    ) -> int:
        with self.platform.database.write() as session:
            who = actor or self.company.charlie
            now = self.clock.now()
            return dialogue.write(session, self.platform, who, conversation_id, text, to=to, now=now).id

    def answer(self, answer_id: int) -> Answer:
        with self.platform.database.read() as session:
            return session.get_one(Answer, answer_id)

    def ours(self, key: str, post: str) -> list[str]:
        """What stands at the network of us in answer, as its people see it."""
        if key == "twitter":
            replies = [p for p in self.sandbox.world.store.accepted(key) if p.meta.get("reply_to")]
            return [p.text for p in replies if p.deleted_at is None]
        return [c["text"] for c in self.sandbox.comments(key, post) if c["own"]]

    def settle(self) -> None:
        """The clock goes on until nothing is on its way any more."""
        for _ in range(60):
            dialogue.send_due(self.platform)
            dialogue.check_due(self.platform)
            with self.platform.database.read() as session:
                open_ones = select(Answer.id).where(Answer.state.in_(("waiting", "sending", "unknown")))
                if session.scalar(open_ones.limit(1)) is None:
                    return
            self.clock.advance(minutes=4)
        raise AssertionError("an answer is stuck")

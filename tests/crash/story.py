"""What happened while processes were killed and frozen, told line by line: printed by the test (``pytest -s``, and
whenever it is red)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select

from planner.models import Attempt, Event
from tests.crash.scene import Scene

Line = tuple[datetime, str]


class Story:
    """``people`` are the names of processes by their ids."""

    def __init__(self) -> None:
        self.people: dict[int, str] = {}
        self._lines: list[Line] = []

    def say(self, words: str) -> None:
        """Something that the test does, or sees."""
        self._lines.append((datetime.now(UTC), words))

    def tell(self, here: Scene) -> str:
        """All of it by time, with all that became of those deliveries which needed more than one attempt or whose
        attempt was never answered."""
        with here.platform.database.read() as session:
            attempts = session.scalars(select(Attempt).order_by(Attempt.id)).all()
            special = {a.delivery_id for a in attempts if a.number > 1 or a.outcome != "published"}
            events = session.scalars(select(Event).where(Event.subject == "delivery", Event.subject_id.in_(special)))
            lines = [*self._lines, *(line for a in attempts if a.delivery_id in special for line in self._of(a))]
            lines += [(event.at, _moved(event)) for event in events]
        sent = Counter(self._who(a.owner) for a in attempts if a.outcome == "published")
        lines.sort(key=lambda line: line[0])
        told = [f"{(at - lines[0][0]).total_seconds():7.2f} s  {words}" for at, words in lines]
        return "\n".join(
            [*told, "Answers noted: " + ", ".join(f"{count} by {who}" for who, count in sent.most_common())]
        )

    def _of(self, attempt: Attempt) -> list[Line]:
        what = f"delivery {attempt.delivery_id}, attempt {attempt.number}"
        begun = (attempt.started_at, f"{self._who(attempt.owner)} begins the sending of {what}")
        if attempt.finished_at is None:
            return [begun]
        return [begun, (attempt.finished_at, f"noted of {what}: {attempt.outcome or 'nothing'}")]

    def _who(self, owner: str) -> str:
        return _named(owner, self.people)


def _named(owner: str, people: Mapping[int, str]) -> str:
    number = owner.split("-")[-2]
    return people.get(int(number), f"process {number}")


def _moved(event: Event) -> str:
    found = " (the network has it: adopted)" if event.data.get("found") else ""
    code = f" ({event.data['code']})" if event.data.get("code") else ""
    return f"delivery {event.subject_id} is {event.kind}{found}{code}"

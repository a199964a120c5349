"""What is to happen once a transaction is committed, and not at all where it is rolled back: a line in the log must
not tell of something that never was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

from sqlalchemy.orm import Session

_KEY = "afterwards"


def afterwards(session: Session, act: Callable[[], object]) -> None:
    """Run ``act`` after the commit, in the context variables of this moment."""
    _waiting(session).append((copy_context(), act))


def run(session: Session) -> None:
    """The transaction is committed: do what waits."""
    waiting, session.info[_KEY] = _waiting(session), []
    for context, act in waiting:
        context.run(act)


@contextmanager
def forgotten_on_failure(session: Session) -> Iterator[None]:
    """Where the block fails, what it wanted to do afterwards is forgotten with it."""
    before = len(_waiting(session))
    try:
        yield
    except BaseException:
        del _waiting(session)[before:]
        raise


def _waiting(session: Session) -> list[Any]:
    waiting: list[Any] = session.info.setdefault(_KEY, [])
    return waiting

"""Several things at once, none of which stands in another's way: asking networks is waiting, mostly."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(act: Callable[[Item], Result], items: Collection[Item], *, at_once: int, name: str) -> list[Result]:
    """Act on each item in a thread, on ``at_once`` of them at a time; ``name`` is what the threads are called.

    Every item has its turn, whatever became of another. Raises what the first one raised that failed, once all are
    done.
    """
    if not items:
        return []
    with ThreadPoolExecutor(min(len(items), at_once), name) as threads:
        begun = [threads.submit(act, item) for item in items]
    return [one.result() for one in begun]

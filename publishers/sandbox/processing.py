"""What networks do with a file once its bytes are all there: some take a while over it, and may find it wanting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .images import Sniffed
from .store import Medium

if TYPE_CHECKING:
    from .service import World
    from .wire import Request

FILM_SECONDS = 8.0
"""By the networks' clock, where the sandbox was told nothing else."""


def process(
    world: World,
    request: Request,
    medium: Medium,
    content: bytes,
    kind: Sniffed,
    *,
    wrong: str = "",
    seconds: float = 0.0,
) -> None:
    """Begin to process a file that is complete. ``wrong``: what the network will find fault with, once it is done.

    It takes ``seconds``, or what the sandbox was told, or a fault asks for; a fault may also make it fail.
    """
    now = world.now()
    told = world.processing_seconds
    taken = request.notes.get("slow") or (seconds if told is None else told)
    medium.content, medium.kind = content, kind
    medium.meta["begun"] = now
    medium.ready_at = now + timedelta(seconds=taken)
    medium.meta["processed"] = bool(taken)
    medium.meta["failed"] = wrong or ("The file could not be processed." if request.notes.get("fails") else "")


def failure(world: World, medium: Medium) -> str:
    """Why a file failed, once its processing is over; empty while it lasts or where all is well."""
    over = medium.ready_at is not None and medium.ready_at <= world.now()
    return str(medium.meta.get("failed") or "") if over else ""

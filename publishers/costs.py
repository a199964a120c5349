"""What a network asks for its API, where it asks anything: by its price list, before and after a call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What one post costs, in millionths of a US dollar. ``with_link`` says that its link makes the price."""

    micros: int
    with_link: bool = False


@dataclass(frozen=True, slots=True)
class Charge:
    """What was read and is paid for: how many things (posts, accounts), for how many millionths of a US dollar."""

    reads: int
    micros: int

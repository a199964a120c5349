"""One choice for each delivery of a screen, as its form gives them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from flask import request

from planner.models import Delivery


def chosen(waiting: Sequence[Delivery], known: Collection[str], proposed: Mapping[int, str]) -> dict[int, str]:
    """What the form says, and the proposal for what it does not know or what came in the meantime."""
    given = {d.id: request.form.get(f"choice-{d.id}", "") for d in waiting}
    return {i: value if value in known else proposed[i] for i, value in given.items()}


def preset(
    waiting: Sequence[Delivery], now: Mapping[int, str], known: Collection[str], otherwise: Mapping[int, str]
) -> dict[int, str]:
    """What stands ``now``, with one choice for all or for all of a channel, where a button was pressed for that:
    ``all:slot``, ``12:drop``. What is no known choice stands for ``otherwise``."""
    scope, _sign, choice = request.form.get("preset", "").partition(":")
    meant = {d.id: choice if choice in known else otherwise[d.id] for d in waiting}
    return {d.id: meant[d.id] if scope in ("all", str(d.channel_id)) else now[d.id] for d in waiting}

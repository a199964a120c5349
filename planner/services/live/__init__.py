"""A post that is out, or what stands under one: looked at as the network shows it, given another text, taken down, or
found to be gone."""

from planner.services.live.changing import edit, take_over
from planner.services.live.gone import mark_gone, missing
from planner.services.live.looking import Standing, look, standing
from planner.services.live.removing import TakenDown, take_down, take_down_all

__all__ = [
    "Standing",
    "TakenDown",
    "edit",
    "look",
    "mark_gone",
    "missing",
    "standing",
    "take_down",
    "take_down_all",
    "take_over",
]

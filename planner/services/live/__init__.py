"""A post that is out: looked at as the network shows it, given another text, taken down, or found to be gone."""

from planner.services.live.changing import edit, take_over
from planner.services.live.gone import mark_gone, missing
from planner.services.live.looking import Standing, look, standing
from planner.services.live.removing import take_down

__all__ = ["Standing", "edit", "look", "mark_gone", "missing", "standing", "take_down", "take_over"]

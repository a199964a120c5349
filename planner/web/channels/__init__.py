"""The screens about channels: the list, a page per channel, its slots, and its connection."""

from planner.web.channels import by_hand, connecting, consenting, pages, slots, trials
from planner.web.channels.base import blueprint

__all__ = ["blueprint", "by_hand", "connecting", "consenting", "pages", "slots", "trials"]

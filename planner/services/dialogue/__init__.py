"""What people say about our posts and about us: heard, kept, answered exactly once, hidden, liked, forgotten."""

from planner.services.dialogue.acting import hide, like, remove
from planner.services.dialogue.answering import send_due
from planner.services.dialogue.answers import approve, get_answer, resolve, retry, withdraw, write
from planner.services.dialogue.checking import check_due
from planner.services.dialogue.forgetting import forget_old
from planner.services.dialogue.hearing import Heard, hear_due
from planner.services.dialogue.reading import Filter, Thread, get, page, thread, update

__all__ = [
    "Filter",
    "Heard",
    "Thread",
    "approve",
    "check_due",
    "forget_old",
    "get",
    "get_answer",
    "hear_due",
    "hide",
    "like",
    "page",
    "remove",
    "resolve",
    "retry",
    "send_due",
    "thread",
    "update",
    "withdraw",
    "write",
]

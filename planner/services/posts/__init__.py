"""Posts: creating, editing, placing, moving, deleting, reading."""

from planner.services.posts.changing import cancel, delete, move, restore
from planner.services.posts.checks import shows_own_card
from planner.services.posts.content import outgoing
from planner.services.posts.inputs import (
    NOT_YET,
    Content,
    MentionInput,
    PartInput,
    PollInput,
    VariantInput,
    When,
    content_of,
)
from planner.services.posts.looking import Findings, look_over
from planner.services.posts.queries import (
    CalendarDelivery,
    Entry,
    Filter,
    Page,
    PostView,
    calendar,
    delivery,
    page,
    view,
    views,
)
from planner.services.posts.warnings import about_wall_time, warnings_for
from planner.services.posts.writing import create, edit, live_channels

__all__ = [
    "NOT_YET",
    "CalendarDelivery",
    "Content",
    "Entry",
    "Filter",
    "Findings",
    "MentionInput",
    "Page",
    "PartInput",
    "PollInput",
    "PostView",
    "VariantInput",
    "When",
    "about_wall_time",
    "calendar",
    "cancel",
    "content_of",
    "create",
    "delete",
    "delivery",
    "edit",
    "live_channels",
    "look_over",
    "move",
    "outgoing",
    "page",
    "restore",
    "shows_own_card",
    "view",
    "views",
    "warnings_for",
]

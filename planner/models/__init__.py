"""All tables, a file per area."""

from planner.models.base import Base
from planner.models.channels import Channel, Slot
from planner.models.connecting import BegunConnection
from planner.models.dialogue import Answer, Conversation, Listening, Message
from planner.models.limits import RateLimit, ReadCost
from planner.models.outgoing import (
    Alert,
    Mail,
    PushIdentity,
    PushMessage,
    PushSubscription,
    Webhook,
    WebhookCall,
)
from planner.models.plan import Audience, Campaign, Category, Format, Goal, Topic
from planner.models.posts import Approval, Media, Post, PostMedia, Variant
from planner.models.publishing import Attempt, Delivery
from planner.models.success import ChannelDay, ChannelSnapshot, Snapshot
from planner.models.system import Heartbeat, IdempotencyKey
from planner.models.workspace import ApiToken, Event, Member, Notice, User, Workspace

__all__ = [
    "Alert",
    "Answer",
    "ApiToken",
    "Approval",
    "Attempt",
    "Audience",
    "Base",
    "BegunConnection",
    "Campaign",
    "Category",
    "Channel",
    "ChannelDay",
    "ChannelSnapshot",
    "Conversation",
    "Delivery",
    "Event",
    "Format",
    "Goal",
    "Heartbeat",
    "IdempotencyKey",
    "Listening",
    "Mail",
    "Media",
    "Member",
    "Message",
    "Notice",
    "Post",
    "PostMedia",
    "PushIdentity",
    "PushMessage",
    "PushSubscription",
    "RateLimit",
    "ReadCost",
    "Slot",
    "Snapshot",
    "Topic",
    "User",
    "Variant",
    "Webhook",
    "WebhookCall",
    "Workspace",
]

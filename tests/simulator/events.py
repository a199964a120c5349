"""What may happen in a world, by name: each is counted where it happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Group(StrEnum):
    """What a named incident is one of."""

    DIED = "died at"
    STOOD_STILL = "stood still at"
    STILL_FOR = "stood still for"
    LOST = "lost the database at"
    MISHAP = "mishaps"
    REQUEST = "failed requests"
    SENDING = "when something was sent"
    RENEWING = "when a token was renewed"
    READING = "with any other request"


class Stillness(StrEnum):
    """For how long a process stands still."""

    #: Between its last look at the clock and the answer, for less than the settle time.
    IN_CALL = "some of a call's time"
    SECONDS = "seconds"
    PAST_LEASE = "longer than the lease"
    HALF_AN_HOUR = "half an hour"


class Mishap(StrEnum):
    """What befalls the world as a whole, its access or its networks."""

    STARTED_AGAIN = "process started again"
    RESTART = "database restarts"
    RESTORE = "restore of a backup"
    FORWARD_ALONE = "our clock put forward"
    FORWARD_EVERYWHERE = "every clock put forward"
    PUT_BACK = "our clock put back"
    CHANGE_IN_EUROPE = "clock change in Europe/Berlin"
    CHANGE_IN_AMERICA = "clock change in America/New_York"
    OWN_CLOCK = "networks with a clock of their own"
    TAKES_TWINS = "networks that take a text twice"
    OUT_OF_REACH = "no network to be reached"
    THROWN_OUT = "access ended: revoke"
    PERMISSIONS_TAKEN = "access ended: take_permissions"
    TOKEN_ENDED = "token ended for good"
    TOKEN_TO_RENEW = "token ended that can be renewed"
    TOKEN_LOST = "renewed token lost with the answer"


class Deed(StrEnum):
    """What people do, as the history tells it."""

    MAKES = "makes a post"
    EDITS = "edits"
    APPROVES = "approves"
    TAKES_YES_BACK = "takes the yes back"
    MOVES = "moves"
    CANCELS = "cancels"
    DELETES = "deletes"
    BRINGS_BACK = "brings back"
    PAUSES_WORKSPACE = "pauses the workspace"
    PAUSES_CAMPAIGN = "pauses the campaign"
    PAUSES_CHANNEL = "pauses the channel"
    RELEASES_WORKSPACE = "releases the workspace"
    RELEASES_CAMPAIGN = "releases the campaign"
    RELEASES_CHANNEL = "releases the channel"
    SETS_SLOTS = "sets slots"
    REORDERS = "reorders the queue"
    CHANGES_ZONE = "changes the zone"
    POSTS_BY_HAND = "posts by hand"
    SAYS_LIVE = "says it is live"
    SAYS_NOT_LIVE = "says it is not"
    SENDS_NOW = "send now after all"
    SENDS_IN_SLOT = "send in next slot after all"
    DROPS = "drop after all"
    RESOLVES = "decides about what was missed"
    TAKES_THAT_BACK = "takes that back"
    RECONNECTS = "reconnects"
    PLANS_AT_A_TIME = "plans at a time"
    PLANS_INTO_QUEUE = "plans into the queue"
    PLANS_NOTHING = "plans no time"
    LETS_FOLLOW = "lets a thread and a comment follow"


#: A group, and what of it.
Incident = tuple[Group, str]
Incidents = Counter[Incident]


def fault_name(group: Group, kind: str, options: Mapping[str, Any]) -> str:
    """A network's fault in words: its kind, and which of its options make it another one for the caller."""
    words = [name for name in ("delay", "lag", "retry_after", "reset_in") if name in options]
    if "accepted" in options and group is not Group.READING:
        words.insert(0, "accepted" if options["accepted"] else "not accepted")
    return f"{kind} ({', '.join(words)})" if words else kind

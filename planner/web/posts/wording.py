"""Sentences about a post that depend on more than one code: what was saved, where something moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import LazyString, gettext as _, lazy_gettext as _l, ngettext

from planner.domain.states import DeliveryState, PostStatus
from planner.models import Delivery
from planner.services.posts import PostView
from planner.web.formats import moment, zone_name
from publishers.outgoing import MediaKind, Stage, kind_of


def saved(shown: PostView) -> str:
    """What became of a post that was just saved."""
    first = first_time(shown.deliveries)
    time = with_zone(first) if first else ""
    if shown.post.status is PostStatus.IN_APPROVAL:
        return _("Saved and handed in for approval: %(time)s.", time=time) if time else _("Submitted for approval.")
    if shown.post.status is PostStatus.SCHEDULED:
        return _("Scheduled: %(time)s.", time=time)
    if shown.post.status is PostStatus.DRAFT:
        return _("Saved as a draft.")
    return _("Saved.")


def moved(deliveries: Sequence[Delivery]) -> str:
    """Where deliveries of one post went."""
    times = {d.publish_at for d in deliveries}
    first = first_time(deliveries)
    if first is None:
        return _("Taken out of the plan.")
    if len(times) == 1:
        return _("Moved to %(time)s.", time=with_zone(first))
    return _("Moved: the first goes out %(time)s.", time=with_zone(first))


def preparation(delivery: Delivery) -> str:
    """How far the media of a delivery that is being prepared are."""
    progress = delivery.progress or {}
    payload = delivery.payload or {}
    media = [*payload.get("media", []), *payload.get("card", [])]
    number = int(progress.get("medium", 0))
    kind = kind_of(media[number]["mime"]) if number < len(media) else MediaKind.DOCUMENT
    percent, texts = progress.get("percent"), PREPARING[progress.get("stage") == Stage.PROCESSING.value]
    return str(texts[kind]) + ("" if percent is None else _(": %(percent)s%%", percent=percent))


#: What happens to a medium while it is uploaded, and while the network processes it.
PREPARING: tuple[Mapping[MediaKind, LazyString], Mapping[MediaKind, LazyString]] = (
    {
        MediaKind.IMAGE: _l("The image is being uploaded"),
        MediaKind.GIF: _l("The GIF is being uploaded"),
        MediaKind.VIDEO: _l("The video is being uploaded"),
        MediaKind.DOCUMENT: _l("The document is being uploaded"),
    },
    {
        MediaKind.IMAGE: _l("The network processes the image"),
        MediaKind.GIF: _l("The network processes the GIF"),
        MediaKind.VIDEO: _l("The network processes the video"),
        MediaKind.DOCUMENT: _l("The network processes the document"),
    },
)


def first_time(deliveries: Sequence[Delivery]) -> datetime | None:
    """The earliest time of what still goes out."""
    gone = (DeliveryState.CANCELLED, DeliveryState.PUBLISHED)
    return min((d.publish_at for d in deliveries if d.publish_at is not None and d.state not in gone), default=None)


def with_zone(when: datetime) -> str:
    """A time with its zone beside it."""
    return f"{moment(when)} ({zone_name()})"


def part(step: int) -> str:
    """What a person calls the post itself (``step`` 0) and what follows it in its thread, as the composer counts."""
    return _("Follow-up part %(number)s", number=step) if step else _("Post")


def posts_count(count: int) -> str:
    """``1 post``, ``3 posts``."""
    return ngettext("%(num)d post", "%(num)d posts", count)


def first_words(text: str, limit: int = 80) -> str:
    """The beginning of a text on one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[:limit].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"

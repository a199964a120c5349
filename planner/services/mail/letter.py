"""What a mail is made of before it has words: the words are written by whoever knows the languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any, TypeAlias

from planner.models import Mail


@dataclass(frozen=True, slots=True)
class Letter:
    """What is told to whom. ``zone`` is the workspace's; ``data`` depends on the ``kind``:

    ``notices`` and ``summary``: ``told``, a list of Told; ``week``: ``week``, a WeekLetter; ``alert``: ``alert`` and
    whether it is ``cleared``; ``test``: nothing.
    """

    kind: str
    language: str
    zone: str
    workspace: str
    name: str = ""
    personal: bool = True
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """A letter in words. ``settings_url`` is where its reader chooses what is mailed, if that is known."""

    subject: str
    text: str
    html: str
    settings_url: str | None = None


Writer: TypeAlias = Callable[[Letter], Content]


def message(content: Content, sender: str, name: str, recipient: str, key: str, at: datetime) -> EmailMessage:
    """The mail as it goes over the wire. Raises ValueError for an address that no mail can carry."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = formataddr((_one_line(name), recipient))
    mail["Subject"] = _one_line(content.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<sendeplan-{key}@{parseaddr(sender)[1].partition('@')[2]}>"
    # RFC 3834: no automatic answer is wanted.
    mail["Auto-Submitted"] = "auto-generated"
    if content.settings_url:
        mail["List-Unsubscribe"] = f"<{content.settings_url}>"
    mail.set_content(content.text)
    mail.add_alternative(content.html, subtype="html")
    return mail


def message_key(mail: Mail) -> str:
    """What makes the Message-ID, the same at each attempt."""
    return f"{mail.id}-{mail.key}"


def _one_line(text: str) -> str:
    """Names and posts come from people: a line break would begin another header."""
    return re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", text).strip()

"""What a person's yes is exchanged with: codes, and XING's request tokens."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from .accounts import Account


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person did. Without an ``account`` they said no."""

    account: Account | None
    scopes: frozenset[str] = frozenset()
    shares: frozenset[str] | None = None


@dataclass(slots=True)
class Code:
    """What a person's yes is exchanged with: once, soon, and only by who asked."""

    value: str
    network: str
    redirect_uri: str
    decision: Decision
    expires_at: datetime
    challenge: str = ""
    used: bool = False


@dataclass(slots=True)
class Codes:
    """The codes given out. They do not outlive the process: they are short-lived anyway."""

    _codes: dict[str, Code] = field(default_factory=dict)

    def give(self, code: Code) -> str:
        self._codes[code.value] = code
        return code.value

    def find(self, network: str, value: str) -> Code | None:
        code = self._codes.get(value)
        return code if code and code.network == network else None

    def clear(self) -> None:
        self._codes.clear()


def new_code(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(48)

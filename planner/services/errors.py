"""What a service answers when it cannot do what was asked. Codes are translated by the web layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field as attribute

Params = Mapping[str, str | int]


class ServiceError(Exception):
    """The base: a ``code`` that names the sentence, and what is to be put into it."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Params = params


class NotFound(ServiceError):
    """There is no such thing in this workspace."""


class Forbidden(ServiceError):
    """The member's role does not allow it."""


class Conflict(ServiceError):
    """It cannot be done as things stand: a stale edit, a frozen payload, a second time."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. ``field`` is the API's name, with dots and indexes for nested ones
    (``variants.12.text``); ``code`` names the sentence."""

    field: str
    code: str
    params: Params = attribute(default_factory=dict)


class Invalid(ServiceError):
    """Some fields cannot be taken; nothing was written."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("invalid")
        self.errors = list(errors)


class Problems:
    """Collects field errors, so that a person hears of all of them at once."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def add(self, field: str, code: str, **params: str | int) -> None:
        """Note one."""
        self.errors.append(FieldError(field, code, params))

    def raise_any(self) -> None:
        """Raises Invalid if any was noted."""
        if self.errors:
            raise Invalid(*self.errors)

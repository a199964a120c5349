"""What a check-up finds, in codes: the sentences stand in ``planner/web/messages/checkup.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute, Session

if TYPE_CHECKING:
    from planner.bootstrap import Platform

Param = str | int | float | datetime | timedelta


class Level(StrEnum):
    """How much a finding matters: all is well, worth knowing, or somebody has to do something."""

    OK = "ok"
    NOTICE = "notice"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``area`` is what it is part of, ``code`` names its two sentences (what is, and what
    to do), ``params`` is what is put into them."""

    area: str
    code: str
    level: Level
    params: Mapping[str, Param] = field(default_factory=dict)

    @property
    def problem(self) -> bool:
        """Whether somebody has to do something."""
        return self.level is Level.PROBLEM


def ok(area: str, code: str, **params: Param) -> Finding:
    """All is well."""
    return Finding(area, code, Level.OK, params)


def notice(area: str, code: str, **params: Param) -> Finding:
    """Worth knowing."""
    return Finding(area, code, Level.NOTICE, params)


def problem(area: str, code: str, **params: Param) -> Finding:
    """Somebody has to do something."""
    return Finding(area, code, Level.PROBLEM, params)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at. ``environ`` holds the settings that were given, ``online`` allows to ask the networks,
    ``patient`` to wait for a mail server; ``workspace_id`` is whose things may be named (None: those of all)."""

    platform: Platform
    now: datetime
    environ: Mapping[str, str]
    online: bool = False
    patient: bool = True
    workspace_id: int | None = None

    def within(self, workspace_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """SQL: what belongs to the workspace that is looked at."""
        return true() if self.workspace_id is None else workspace_id == self.workspace_id


Look = Callable[[Scene], Iterator[Finding]]
StoredLook = Callable[[Scene, Session], Iterator[Finding]]

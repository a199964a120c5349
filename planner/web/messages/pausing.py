"""Why everything is paused, in words: a person's own, or what a restore stands for."""

from __future__ import annotations

from flask_babel import gettext as _

from planner.models import Workspace
from planner.services.publishing.marks import RESTORED


def pause_reason(workspace: Workspace) -> str:
    """What whoever paused it said; of a restore, what it is waited for. "" where nobody said anything."""
    if is_of_restore(workspace):
        return _("Restored from a backup: what went out since is looked up first")
    return workspace.pause_reason or ""


def is_of_restore(workspace: Workspace) -> bool:
    """Whether a restore paused it, and nobody has since for a reason of their own."""
    return workspace.restored_at is not None and workspace.pause_reason == RESTORED

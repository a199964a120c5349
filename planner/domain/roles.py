"""Who may do what: four roles, each holding all that the one below holds."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A member's role in a workspace, from least to most."""

    READER = "reader"
    EDITOR = "editor"
    APPROVER = "approver"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that ``other`` may."""
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}


class Permission(StrEnum):
    """What a role allows."""

    READ = "read"
    EDIT = "edit"  # posts, topics, campaigns, media; deciding what happens to a stuck delivery
    APPROVE = "approve"
    PAUSE = "pause"  # the crisis switch: anyone who writes may pull it, a lead releases it
    RELEASE = "release"
    ARRANGE = "arrange"  # when a channel publishes each week: a matter of the plan, which the lead answers for
    MANAGE = "manage"  # channels, members, tokens, settings


_NEEDS = {
    Permission.READ: Role.READER,
    Permission.EDIT: Role.EDITOR,
    Permission.PAUSE: Role.EDITOR,
    Permission.APPROVE: Role.APPROVER,
    Permission.RELEASE: Role.APPROVER,
    Permission.ARRANGE: Role.APPROVER,
    Permission.MANAGE: Role.ADMIN,
}


def allows(role: Role, permission: Permission) -> bool:
    """Whether ``role`` holds ``permission``."""
    return role.includes(_NEEDS[permission])

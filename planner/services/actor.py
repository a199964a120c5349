"""Who acts: a member or a token, in one workspace. Every service that reads or changes something takes one."""

from __future__ import annotations

from dataclasses import dataclass

from planner.domain.roles import Permission, Role, allows
from planner.services.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """``label`` is the name that events show; ``user_id`` is None for tokens and for the machine itself."""

    workspace_id: int
    role: Role
    label: str
    user_id: int | None = None
    token_id: int | None = None

    def require(self, permission: Permission) -> None:
        """Raises Forbidden unless the role holds ``permission``."""
        if not allows(self.role, permission):
            raise Forbidden("forbidden_" + permission.value)

    def may(self, permission: Permission) -> bool:
        """Whether the role holds ``permission``."""
        return allows(self.role, permission)


def machine(workspace_id: int) -> Actor:
    """The scheduler acting by itself."""
    return Actor(workspace_id, Role.ADMIN, "Sendeplan")

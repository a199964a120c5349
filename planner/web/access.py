"""Who may open a screen or press its button."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask_login import login_required

from planner.domain.roles import Permission
from planner.web import context

View = TypeVar("View", bound=Callable[..., Any])


def requires(permission: Permission) -> Callable[[View], View]:
    """A decorator for routes: sends a stranger to sign in, answers 403 to a member whose role does not allow it."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            context.actor().require(permission)
            return view(*args, **kwargs)

        return login_required(checked)

    return decorate

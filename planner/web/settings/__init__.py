"""What an admin sets: the workspace, keys for scripts, mail, webhooks."""

from planner.web.settings import mail, pages, webhooks  # their routes
from planner.web.settings.base import blueprint

__all__ = ["blueprint", "mail", "pages", "webhooks"]

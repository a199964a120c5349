"""What an admin sets: the workspace, keys for scripts, mail, webhooks; and how the installation is doing."""

from planner.web.settings import mail, pages, system, webhooks  # their routes
from planner.web.settings.base import blueprint

__all__ = ["blueprint", "mail", "pages", "system", "webhooks"]

"""What is seen from outside: is it alive, is it ready, and how is it doing."""

from planner.services.watching.access import Access, access
from planner.services.watching.watch import Watch

__all__ = ["Access", "Watch", "access"]

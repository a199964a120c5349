"""The plan of a workspace as JSON, to carry it elsewhere: topics, campaigns, posts, channels without credentials.

Entries are recognised by their names (posts by a mark of their own), so that the same file may be taken in twice.
Images do not travel this way: a backup carries them.
"""

from planner.services.transfer.exporting import export
from planner.services.transfer.importing import NotAPlan, Taken, import_plan

__all__ = ["NotAPlan", "Taken", "export", "import_plan"]

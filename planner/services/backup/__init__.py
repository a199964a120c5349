"""Saving an instance into one file, and bringing it back. The file holds no keys.

It is a zip of tables as lines of JSON and of the media folder, so that it does not depend on the kind of database:
what was saved from SQLite may be restored into PostgreSQL.
"""

from planner.services.backup.archive import BackupError, Manifest, read_manifest
from planner.services.backup.declaring import declare
from planner.services.backup.restoring import Restored, restore
from planner.services.backup.saving import save

__all__ = ["BackupError", "Manifest", "Restored", "declare", "read_manifest", "restore", "save"]

"""The state file: documents and their bytes in one SQLite file, written as they come."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """Keeps documents by kind and key. Without a file it keeps nothing; callers hold the store's lock."""

    def __init__(self, file: str | Path | None) -> None:
        self._db: sqlite3.Connection | None = None
        if file is None:
            return
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS documents (kind TEXT, key TEXT, document TEXT, content BLOB,"
            " PRIMARY KEY (kind, key))"
        )

    def put(self, kind: str, key: str, document: dict[str, Any], content: bytes = b"") -> None:
        if self._db is not None:
            row = (kind, key, json.dumps(document, ensure_ascii=False), content)
            self._db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", row)

    def load(self, kind: str) -> Iterator[tuple[dict[str, Any], bytes]]:
        """Documents of one kind with their bytes, in the order of their keys."""
        if self._db is None:
            return
        rows = self._db.execute("SELECT document, content FROM documents WHERE kind = ? ORDER BY key", (kind,))
        for document, content in rows.fetchall():
            yield json.loads(document), bytes(content)

    def keep_number(self, number: int) -> None:
        """Remember the last number given, so that no id is given twice over a restart."""
        self.put("number", "last", {"number": number})

    def number(self) -> int:
        return next((document["number"] for document, _ in self.load("number")), 0)

    def clear(self) -> None:
        if self._db is not None:
            self._db.execute("DELETE FROM documents WHERE kind != 'number'")

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

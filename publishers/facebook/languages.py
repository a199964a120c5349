"""The keys under which Graph knows languages: asked for by name (Marketing API, Targeting search, ``adlocale``)."""

from __future__ import annotations

from publishers import reading
from publishers.base import Rejected
from publishers.facebook.client import GraphClient
from publishers.facebook.errors import TITLE
from publishers.facebook.text import LANGUAGES


class Languages:
    """The keys that one account has asked for."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client
        self._known: dict[str, tuple[int, ...]] = {}

    def keys_of(self, language: str) -> tuple[int, ...]:
        """All forms of a language (ISO 639-1). Raises Rejected where Graph has none of it."""
        if language not in self._known:
            self._known[language] = self._asked(language)
        return self._known[language]

    def _asked(self, language: str) -> tuple[int, ...]:
        name = LANGUAGES.get(language, "")
        answer = self._client.ask("search", type="adlocale", q=name) if name else {}
        found = {
            reading.text(entry.get("name")): key
            for entry in reading.items(reading.child(answer, "data"))
            if (key := reading.count(entry, "key")) is not None
        }
        whole = [found[one] for one in (f"{name} (All)", name) if one in found][:1]
        keys = whole or [key for one, key in found.items() if one.startswith(f"{name} (")]
        if not keys:
            raise Rejected(f"{TITLE} cannot narrow posts to the language {language}.")
        return tuple(keys)

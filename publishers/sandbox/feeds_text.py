"""The words of the feeds page, in German and English."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "de": {
        "title": "Die Feeds der Netzwerke",
        "intro": "Was die Sandbox-Netzwerke angenommen haben. Nichts davon verlässt diesen Rechner.",
        "networks": "Netzwerke",
        "skip": "Zum Inhalt springen",
        "posts": "Beiträge",
        "post": "Beitrag",
        "none": "Noch kein Beitrag. Was hier veröffentlicht wird, erscheint von selbst.",
        "picture": "Bild ohne Beschreibung",
        "comments_open": "Kommentare lesen",
        "impressions": "Impressionen",
        "reach": "Reichweite",
        "reactions": "Reaktionen",
        "comments": "Kommentare",
        "shares": "Geteilt",
        "clicks": "Klicks",
    },
    "en": {
        "title": "The networks' feeds",
        "intro": "What the sandbox networks have accepted. None of it leaves this computer.",
        "networks": "Networks",
        "skip": "Skip to content",
        "posts": "posts",
        "post": "post",
        "none": "No post yet. What is published here appears by itself.",
        "picture": "Picture without a description",
        "comments_open": "Read the comments",
        "impressions": "Impressions",
        "reach": "Reach",
        "reactions": "Reactions",
        "comments": "Comments",
        "shares": "Shares",
        "clicks": "Clicks",
    },
}

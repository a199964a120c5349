"""Sentences about deliveries: what happened, whether the post is live, and what to do."""

from __future__ import annotations

from flask_babel import LazyString

SENTENCES: dict[str, LazyString] = {}

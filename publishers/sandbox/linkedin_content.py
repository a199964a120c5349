"""What a LinkedIn post may hold besides its text: polls, and who is to see it (Posts API, Polls API)."""

from __future__ import annotations

import re
from typing import Any

from .accounts import Account
from .linkedin_shapes import input_error
from .wire import as_object

MAX_QUESTION, MAX_OPTION = 140, 30
HOURS = {"ONE_DAY": 24, "THREE_DAYS": 72, "SEVEN_DAYS": 168, "FOURTEEN_DAYS": 336}
SMALLEST_AUDIENCE = 300
"""Followers that a narrowed post must reach at least."""

_FACETS = frozenset({
    "degrees", "fieldsOfStudy", "geoLocations", "industries", "interfaceLocales", "jobFunctions", "organizations",
    "seniorities", "staffCountRanges",
})  # fmt: skip


def read_poll(poll: Any) -> dict[str, Any]:
    """A poll as it is kept and given back. Answers 400 to one that LinkedIn does not take."""
    poll = as_object(poll)
    question, options = poll.get("question"), poll.get("options")
    duration = as_object(poll.get("settings")).get("duration")
    if not isinstance(question, str) or not 1 <= len(question.strip()) <= MAX_QUESTION or len(question) > MAX_QUESTION:
        raise _wrong(f"question must have 1 to {MAX_QUESTION} characters", "question")
    texts = [as_object(option).get("text") for option in options] if isinstance(options, list) else []
    if not 2 <= len(texts) <= 4:
        raise _wrong("options must have 2 to 4 entries", "options")
    for text in texts:
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_OPTION:
            raise _wrong(f"each option must have 1 to {MAX_OPTION} characters", "options")
    if len(set(texts)) < len(texts):
        raise _wrong("options must be different", "options")
    if duration not in HOURS:
        raise _wrong(f"settings.duration must be one of {', '.join(HOURS)}", "settings/duration")
    settings = {"duration": duration, "voteSelectionType": "SINGLE_VOTE", "isVoterVisibleToAuthor": True}
    shown = [{"text": text, "voteCount": 0, "isVotedByViewer": False} for text in texts]
    return {"question": question, "options": shown, "settings": settings, "uniqueVotersCount": 0}


def poll_facts(poll: dict[str, Any]) -> dict[str, Any]:
    """A poll as the sandbox tells of it: ``question``, ``options``, ``minutes``."""
    options = [option["text"] for option in poll["options"]]
    return {"question": poll["question"], "options": options, "minutes": HOURS[poll["settings"]["duration"]] * 60}


def read_targets(account: Account, distribution: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """Who is to see a post, as it was given, and the languages among that. Answers 400."""
    if distribution.get("feedDistribution") not in ("MAIN_FEED", "NONE"):
        raise _field("feedDistribution must be MAIN_FEED or NONE", "/distribution/feedDistribution")
    targets = distribution.get("targetEntities") or []
    if not isinstance(targets, list) or not all(isinstance(one, dict) and set(one) <= _FACETS for one in targets):
        raise _field("targetEntities holds a facet that does not exist", "/distribution/targetEntities")
    if targets and account.kind != "organization":
        raise _field("Only organizations may target their posts", "/distribution/targetEntities")
    locales = [locale for one in targets for locale in one.get("interfaceLocales", [])]
    for locale in locales:
        language, country = as_object(locale).get("language"), as_object(locale).get("country")
        if not re.fullmatch("[a-z]{2}", str(language)) or not re.fullmatch("[A-Z]{2}", str(country)):
            raise _field("A locale has a language and a country", "/distribution/targetEntities/interfaceLocales")
    if targets and account.followers < SMALLEST_AUDIENCE:
        message = f"The target audience must have at least {SMALLEST_AUDIENCE} followers"
        raise _field(message, "/distribution/targetEntities")
    return targets, [str(locale["language"]) for locale in locales]


def _wrong(message: str, field: str) -> Exception:
    return _field(message, f"/content/poll/{field}")


def _field(message: str, path: str) -> Exception:
    return input_error(400, "INVALID_FIELD", message, path)

"""Pushes in words: what happened, what to do, and the page to do it on."""

from __future__ import annotations

from flask import Flask, g, url_for
from flask_babel import gettext as _, ngettext

from planner.services.push import Notification, Telling
from planner.web.messages import notices as sentences
from planner.web.places import place_of

#: A lock screen shows less.
LONGEST = 300


class Pushes:
    """Writes pushes with the application's own languages and paths."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, telling: Telling) -> Notification:
        """The push in words."""
        with self._app.test_request_context():
            g.language, g.zone = telling.language, telling.zone
            title, body, url = _words(telling)
            return Notification(title[:LONGEST], body[:LONGEST], url)


def _words(telling: Telling) -> tuple[str, str, str]:
    told = telling.told
    if not told:
        return _("Notifications work"), _("This device hears of what needs you."), url_for("account.index")
    if len(told) == 1:
        said = (_("“%(excerpt)s”", excerpt=told[0].excerpt) if told[0].excerpt else "", sentences.advice(told[0]))
        return sentences.title(told[0]), "\n".join(filter(None, said)), place_of(told[0]) or url_for("notices.index")
    title = ngettext("%(num)s notice for you", "%(num)s notices for you", len(told))
    titles = dict.fromkeys(map(sentences.title, told))  # a network's outage says the same many times
    return title, "\n".join(titles), url_for("notices.index")

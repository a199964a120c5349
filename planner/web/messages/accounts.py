"""Sentences about signing in, passwords and what a person prefers."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "password_wrong": _l("This is not your present password."),
    "password_short": _l("Take at least %(minimum)s characters. A short sentence is easy to remember."),
    "password_long": _l("Take at most %(maximum)s characters."),
    "password_is_email": _l("Your e-mail address is too easy to guess. Take something else."),
    "choice_unknown": _l("Choose one of the given values."),
}

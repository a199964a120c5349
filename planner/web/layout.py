"""What the frame around every page shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

from flask import Flask, g, get_flashed_messages, request
from flask_babel import gettext
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from werkzeug.exceptions import Forbidden

from planner.domain.roles import Permission
from planner.models import Alert
from planner.services import alerts, approvals, notices, push, waiting
from planner.services.waiting import Waiting
from planner.web import context, navigation, notify, this_device
from planner.web.extensions import LANGUAGES, choose_language, login_manager


def init_app(app: Flask) -> None:
    """Offer the frame's values to templates."""
    app.context_processor(values)
    app.jinja_env.globals.update(has_page=navigation.has_page, texts=texts, gettext=translate)


def values() -> dict[str, Any]:
    """What base.html and plain.html draw; a page may use ``me``, ``workspace`` and ``may`` too."""
    if "failing" in g:
        return {"frame": Frame(), "language": g.language, "me": None, "workspace": None, "may": may}
    return {
        "frame": Frame(),
        "language": choose_language(),
        "me": context.user() if current_user.is_authenticated else None,
        "device": this_device.digest(),
        "workspace": context.workspace() if _has_place() else None,
        "may": may,
    }


def expect_nothing() -> None:
    """From here on this request draws its page without asking the database: it may be what failed."""
    g.failing = True
    g._login_user = login_manager.anonymous_user()  # where Flask-Login looks before it asks the database
    g.language = request.accept_languages.best_match(LANGUAGES, "de") or "de"


class Frame:
    """The parts that cost a query, asked only where a template draws them."""

    def groups(self) -> list[tuple[Any, list[navigation.Place]]]:
        """The navigation with what waits."""
        return list(navigation.groups(self._counts))

    def bottom(self) -> list[navigation.Place]:
        """The places in the bar of a phone."""
        return [p for _title, places in self.groups() for p in places if p.endpoint in navigation.BOTTOM]

    def toasts(self) -> list[dict[str, str | None]]:
        """The short messages that wait for this page."""
        return notify.read(cast(list[tuple[str, str]], get_flashed_messages(with_categories=True)))

    def here(self) -> str:
        """The path of this page, to come back to; the first page where it cannot be asked for again."""
        return request.full_path.rstrip("?") if request.method == "GET" else "/"

    @cached_property
    def device_is_known(self) -> bool:
        """Whether this browser is still among the person's devices; asked of one that was turned on."""
        digest = this_device.digest()
        return digest is not None and push.knows(context.reading(), context.user().id, digest)

    @cached_property
    def unread(self) -> int:
        """How many notices the person has not read."""
        if not _has_place():
            return 0
        return notices.count_unread(context.reading(), context.workspace().id, context.user().id)

    @cached_property
    def alerts(self) -> Sequence[Alert]:
        """What is wrong with the machine, for those who can do something about it."""
        return alerts.open_alerts(context.reading(), context.workspace().id) if may(Permission.MANAGE) else ()

    @cached_property
    def missed(self) -> int:
        """How many posts missed their time and wait for a decision."""
        return self._waiting.missed

    @cached_property
    def overdue(self) -> int:
        """How many posts should have been published by hand by now."""
        return self._waiting.overdue

    @cached_property
    def _waiting(self) -> Waiting:
        return (
            waiting.count(context.reading(), context.workspace().id, now=context.now()) if _has_place() else Waiting()
        )

    @cached_property
    def _counts(self) -> dict[str, int]:
        if not _has_place():
            return {}
        session, workspace_id = context.reading(), context.workspace().id
        counts = {"assisted.index": self._waiting.by_hand}
        if may(Permission.APPROVE):
            counts["approvals.index"] = approvals.count_waiting(session, workspace_id)
        return counts


def may(permission: str) -> bool:
    """Whether the signed-in member's role holds the permission."""
    return _has_place() and context.actor().may(Permission(permission))


@pass_context
def translate(template: Context, text: str, **variables: Any) -> str:
    """``_()`` in templates. Unlike Jinja's own it fills in nothing where nothing is given, so that a sentence with
    placeholders can be handed on to JavaScript."""
    said = gettext(text)
    if template.eval_ctx.autoescape:
        said = Markup(said)  # noqa: S704 - from our own catalogue; the variables are escaped
    return said % variables if variables else said


def texts(sentences: dict[str, str]) -> Markup:
    """Sentences for JavaScript, read there by ``t(key)``."""
    return Markup('<script type="application/json" data-texts>{}</script>').format(htmlsafe_json_dumps(sentences))


def _has_place() -> bool:
    if "failing" in g or not current_user.is_authenticated:
        return False
    try:
        context.member()
    except Forbidden:
        return False
    return True

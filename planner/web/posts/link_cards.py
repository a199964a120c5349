"""The card of a post's link, filled by what the page says: asked by the composer's script, by a button of the form
without it, and for the picture once the post is saved."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from flask_login import current_user

from planner.domain.roles import Permission
from planner.services import link_cards, posts
from planner.services.link_cards import LinkCard, Unreadable
from planner.web import context
from planner.web.access import requires
from planner.web.extensions import limiter
from planner.web.messages import sentence
from planner.web.posts import extras, form
from planner.web.posts.blueprint import blueprint
from planner.web.posts.form import Typed

#: The button of the form.
READ = "read:card:"


def by_person() -> str:
    """Whose requests are counted: a company's people often have one address in common."""
    return str(current_user.get_id() or get_remote_address())


@blueprint.post("/posts/link-card")
@requires(Permission.EDIT)
@limiter.limit("60 per 5 minutes", key_func=by_person)
def link_card() -> dict[str, Any]:
    """What the page at ``link`` says. A page that cannot be read is an answer too: ``problem`` says why."""
    try:
        card = _read(request.form.get("link", "").strip())
    except Unreadable as error:
        return {"title": "", "description": "", "picture": None, "problem": sentence(error.code, error.params)}
    picture = card.picture
    return {
        "title": card.title,
        "description": card.description,
        "picture": picture and {"url": picture.url, "thumbnail": picture.data_url},
        "problem": sentence(card.problem) if card.problem else "",
    }


def fill(typed: Typed) -> dict[str, str]:
    """Put what the page says into the form, as the script would; errors by field."""
    try:
        card = _read(typed.link)
    except Unreadable as error:
        return {
            "card_title": _("%(reason)s Fill in title and picture by hand.", reason=sentence(error.code, error.params))
        }
    found = typed.extras
    found.chosen = [kind for kind in extras.KINDS if kind in found.chosen or kind == extras.CARD]
    found.card_title, found.card_description = card.title, card.description
    found.page_picture = card.picture.url if card.picture else ""
    return {"card": sentence(card.problem)} if card.problem else {}


def take_picture(typed: Typed) -> str:
    """Take the page's picture for the card, where that is wished and a channel shows it. Returns why it could not be
    had: that keeps nobody from saving."""
    wished = typed.extras.page_picture
    if not wished or extras.CARD not in typed.extras.chosen or not _is_shown(typed):
        return ""
    try:
        kept = link_cards.keep_picture(context.platform(), context.actor(), wished, now=context.now())
    except Unreadable as error:
        return sentence(error.code, error.params)
    typed.extras.card, typed.extras.page_picture = [kept.id], ""
    return ""


def _is_shown(typed: Typed) -> bool:
    return posts.shows_own_card(context.reading(), context.member().workspace_id, form.content(typed))


def _read(link: str) -> LinkCard:
    return link_cards.read(context.platform(), link, context.workspace().language)

"""Which account a mention means, asked while it is typed."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from planner.domain.roles import Permission
from planner.services.errors import Invalid
from planner.services.posts import MentionInput, mentions, naming
from planner.web import context
from planner.web.access import requires
from planner.web.extensions import limiter
from planner.web.looks import network_look
from planner.web.messages import explain
from planner.web.posts.blueprint import blueprint
from planner.web.posts.link_cards import by_person


@blueprint.post("/posts/mentions")
@requires(Permission.EDIT)
@limiter.limit("60 per 5 minutes", key_func=by_person)
def name_account() -> dict[str, str]:
    """The id of an account, by its number, address or short name (fields ``network`` and ``id``): ``id`` and, where the
    network was asked, its ``name`` there; or an ``error``. ``network`` is that of the address, if it is ``offered``."""
    given = MentionInput(request.form.get("name", ""), _meant(), request.form.get("id", ""))
    context.close_reading()  # a network may be asked
    try:
        found = naming.named(context.platform(), context.member().workspace_id, given)
    except Invalid as error:
        return {"network": given.network, "error": " ".join(explain(one) for one in error.errors)}
    if not found.name:
        return {"network": given.network, "id": found.remote_id, "name": "", "text": ""}
    title = network_look(given.network).label
    words = _(
        "On %(network)s this is “%(name)s”. Written otherwise, it may stay plain text.", network=title, name=found.name
    )
    return {"network": given.network, "id": found.remote_id, "name": found.name, "text": words}


def _meant() -> str:
    """A pasted address says itself which network it is of."""
    of_address = mentions.network_of(request.form.get("id", ""))
    return of_address if of_address in request.form.getlist("offered") else request.form.get("network", "")

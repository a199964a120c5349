"""Who belongs to the workspace, and what each may do."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, gettext as _, lazy_gettext as _l
from flask_login import login_required

from planner.domain.roles import Permission, Role
from planner.services import members
from planner.services.errors import Conflict, Invalid, ServiceError
from planner.web import context, inputs
from planner.web.access import requires
from planner.web.looks import role_label
from planner.web.messages import explain
from planner.web.notify import say

blueprint = Blueprint("members", __name__, url_prefix="/members")

#: What each role may do, in one sentence.
ROLES: dict[Role, LazyString] = {
    Role.READER: _l("Sees everything and changes nothing."),
    Role.EDITOR: _l("Writes and plans posts and topics, and may pull the crisis switch."),
    Role.APPROVER: _l("Does what an editor does, approves posts, and releases the crisis switch."),
    Role.ADMIN: _l("Does everything: also channels, members and settings."),
}


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """All members, and the form for another."""
    return _page()


@blueprint.post("")
@requires(Permission.MANAGE)
def add() -> ResponseReturnValue:
    """Add a person. A password that was made up here is shown once."""
    chosen = request.form.get("password", "")
    password = chosen or secrets.token_urlsafe(12)
    try:
        role = _role()
        with context.platform().database.write() as session:
            member = members.create(
                session,
                context.actor(),
                inputs.text("email"),
                role,
                password=password,
                name=inputs.text("name"),
                now=context.now(),
            )
            added = {
                "name": member.user.name,
                "email": member.user.email,
                "new": member.user.created_at == member.created_at,
            }
    except (Invalid, Conflict) as error:
        errors = inputs.errors_of(error)
        return _page(errors={"email": errors.pop("")} | errors if "" in errors else errors, typed=request.form), 422
    context.reread()
    return _page(added={**added, "password": password if added["new"] and not chosen else ""})


@blueprint.post("/<int:member_id>/role")
@requires(Permission.MANAGE)
def change_role(member_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    try:
        with context.platform().database.write() as session:
            member = members.change_role(session, context.actor(), member_id, _role(), now=context.now())
            name, role = member.user.name, member.role
    except (Conflict, Invalid) as error:
        say(_sentence(error), kind="error")
    else:
        say(_("%(name)s now has the role “%(role)s”.", name=name, role=role_label(role)))
    return redirect(url_for("members.index"))


@blueprint.post("/<int:member_id>/removal")
@requires(Permission.MANAGE)
def remove(member_id: int) -> ResponseReturnValue:
    """Take a member's place away."""
    try:
        with context.platform().database.write() as session:
            name = members.get(session, context.workspace().id, member_id).user.name
            members.remove(session, context.actor(), member_id, now=context.now())
    except Conflict as error:
        say(explain(error), kind="error")
    else:
        say(_("%(name)s is no longer a member.", name=name))
    return redirect(url_for("members.index"))


def _role() -> Role:
    try:
        return Role(inputs.text("role"))
    except ValueError:
        raise Invalid(inputs.field_error("role", "choice_unknown")) from None


def _sentence(error: ServiceError) -> str:
    return " ".join(inputs.errors_of(error).values())


def _page(*, errors: dict[str, str] | None = None, typed: Any = None, added: Any = None) -> str:
    return render_template(
        "members/index.html",
        members=members.all_of(context.reading(), context.workspace().id),
        own_id=context.user().id,
        roles=[(role.value, role_label(role), text) for role, text in reversed(ROLES.items())],
        role_choices=[(role.value, role_label(role)) for role in ROLES],
        errors=errors or {},
        typed=typed or {"role": Role.EDITOR.value},
        added=added,
    )

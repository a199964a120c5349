"""Connecting an account: the network is asked whose it is before anything is stored."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from planner.domain.roles import Permission
from planner.models import Channel
from planner.services import channels
from planner.services.errors import Conflict, FieldError, Invalid
from planner.web import context, inputs
from planner.web.access import requires
from planner.web.channels.base import blueprint
from planner.web.channels.consenting import consent_of, prevented
from planner.web.channels.labels import field_label, guide
from planner.web.formats import local
from planner.web.looks import network_look
from planner.web.notify import say
from publishers.base import Account, Network
from publishers.connecting import CHOOSING

#: White space, and what has no width: the marks between and around words that web pages put in.
_BLANKS = re.compile("[\\s\u200b-\u200d\u2060\ufeff]+")
#: What stands around a value in a configuration file or a letter. No network begins or ends a token with it.
_QUOTES = "\"'`“”„‘’‚«»‹›"


@dataclass(frozen=True, slots=True)
class Field:
    """A credential field as the form draws it; a secret's value is never sent back."""

    name: str
    label: str
    help: str
    type: str
    required: bool
    secret: bool


@blueprint.get("/new")
@requires(Permission.MANAGE)
def new() -> ResponseReturnValue:
    """First which network, then what it needs."""
    chosen = request.args.get("network", "")
    if not chosen:
        return render_template("channels/choose.html", networks=channels.networks(), guide=guide)
    return show_form(_network(chosen), None, {})


@blueprint.post("/new")
@requires(Permission.MANAGE)
def create() -> ResponseReturnValue:
    """Ask the network, then store the channel."""
    network = _network(inputs.text("network"))
    credentials = _credentials(network)
    try:
        account = _ask(network, credentials)
        with context.platform().database.write() as session:
            channel = channels.connect(
                session,
                context.actor(),
                context.platform().vault,
                network.key,
                credentials,
                name=inputs.text("name"),
                now=context.now(),
                account=account,
                renews=context.platform().connections.can_renew(network.key, credentials),
            )
            channel_id = channel.id
    except (Invalid, Conflict) as error:
        return show_form(network, None, _errors(error)), 422
    _say_found(network, account)
    return redirect(url_for("channels.edit_slots", channel_id=channel_id))


@blueprint.get("/<int:channel_id>/connection")
@requires(Permission.MANAGE)
def connection(channel_id: int) -> ResponseReturnValue:
    """New credentials for the same account."""
    channel = channels.get(context.reading(), context.workspace().id, channel_id)
    return show_form(_network(channel.network), channel, {})


@blueprint.post("/<int:channel_id>/connection")
@requires(Permission.MANAGE)
def reconnect(channel_id: int) -> ResponseReturnValue:
    """Ask the network, then replace the credentials; what waited for the connection goes out."""
    channel = channels.get(context.reading(), context.workspace().id, channel_id)
    network = _network(channel.network)
    credentials = _credentials(network)
    try:
        account = _ask(network, credentials)
        with context.platform().database.write() as session:
            channels.reconnect(
                session,
                context.actor(),
                context.platform().vault,
                channel_id,
                credentials,
                now=context.now(),
                account=account,
                renews=context.platform().connections.can_renew(network.key, credentials),
            )
    except (Invalid, Conflict) as error:
        return show_form(network, channel, _errors(error)), 422
    context.platform().wake()
    _say_found(network, account)
    return redirect(url_for("channels.show", channel_id=channel_id))


def _network(key: str) -> Network:
    found = next((n for n in channels.networks() if n.key == key), None)
    return found or abort(404)


def _credentials(network: Network) -> dict[str, str]:
    """What was typed, by the network's names; an expiry comes from the workspace's clock.

    No credential holds blanks: those that came along when it was copied go, with unseen marks and quotes around it.
    """
    given: dict[str, str] = {}
    for field in network.credential_fields:
        value = _BLANKS.sub("", request.form.get(f"credentials.{field.name}", "")).strip(_QUOTES)
        moment = inputs.moment(value) if field.kind == "datetime" and value else None
        if moment is not None:
            value = moment.isoformat().replace("+00:00", "Z")
        if value:
            given[field.name] = value
    return given


def _ask(network: Network, credentials: dict[str, str]) -> Account | None:
    """The account behind the credentials; None for a channel that a person serves."""
    channels.check_credentials(network.key, credentials)
    if network.capabilities_of(credentials).assisted_only:
        return None
    context.close_reading()  # a network may take its time, and no session waits for it
    return channels.ask_network(context.platform().connections, network.key, credentials)


def _say_found(network: Network, account: Account | None) -> None:
    """Who it is, and what is missing without keeping posts from going out."""
    if account is None:
        say(_("Ready. At the time of a post, its owner is told to publish it."))
        return
    if account.permissions_known and not account.missing:
        say(_("Connected as %(account)s. All permissions are there.", account=account.name))
        return
    say(_("Connected as %(account)s.", account=account.name))
    for _name, sentence in prevented(account.missing, network.key) if network.consent else ():
        say(sentence, kind="info")


def _errors(error: Invalid | Conflict) -> dict[str, str]:
    """Errors at their fields; where a credential has one, its label takes the place of the network's own name."""
    if not isinstance(error, Invalid):
        return inputs.errors_of(error)
    network = inputs.text("network")
    named = []
    for one in error.errors:
        field = one.field.removeprefix("credentials.")
        named.append(FieldError(one.field, one.code, {**one.params, "name": field_label(network, field)[0]}))
    return inputs.errors_of(Invalid(*named))


def show_form(network: Network, channel: Channel | None, errors: dict[str, str]) -> str:
    """What the network needs, to be filled in; ``channel`` is the one to be connected anew."""
    fields = [
        Field(f.name, *field_label(network.key, f.name), _type(f.secret, f.kind), f.required, f.secret)
        for f in network.credential_fields
        if f.typed
    ]
    return render_template(
        "channels/connection.html",
        network=network,
        network_name=network_look(network.key).label,
        channel=channel,
        fields=fields,
        guide=guide(network.key),
        permissions=_wanted_of_a_token(network),
        consent=consent_of(network.key),
        errors=errors,
        typed=request.form,
        today=local(context.now()),
    )


def _wanted_of_a_token(network: Network) -> list[str]:
    """The permissions that a token wants which somebody makes by hand: nothing is chosen with it."""
    known = network.consent.permissions if network.consent else ()
    return [p.name for p in known if not p.instead and (p.vital or CHOOSING not in p.kinds)]


def _type(secret: bool, kind: str) -> str:
    return "password" if secret else "datetime-local" if kind == "datetime" else "text"

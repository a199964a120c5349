"""Connecting by consent: away to the network, back with an answer, and the choice of what it offers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import abort, redirect, render_template, request, session as cookie, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from planner.config import name_of_app_option
from planner.domain.roles import Permission
from planner.services import channels, connecting
from planner.services.checkup import Scene, apps
from planner.services.connecting import AppSettings, Arrival, Choice
from planner.services.errors import Conflict, Invalid, NotFound
from planner.services.verifying import Checked
from planner.web import context, inputs
from planner.web.access import requires
from planner.web.channels.base import blueprint
from planner.web.channels.guides import app_guide, with_names
from planner.web.channels.labels import kind_label
from planner.web.formats import moment
from planner.web.looks import network_look
from planner.web.messages import explain, verifying
from planner.web.messages.checkup import explain as explain_finding
from planner.web.messages.connecting import PURPOSES, prevents
from planner.web.notify import say
from publishers.connecting import Permission as Granted, Purpose

#: Where the session keeps the secret that its trips are bound to.
SECRET = "connecting"  # noqa: S105 - the name of it


@dataclass(frozen=True, slots=True)
class Told:
    """What a check found, in sentences."""

    level: str
    said: str
    hint: str


@blueprint.get("/connect/<network>")
@requires(Permission.MANAGE)
def setup(network: str) -> ResponseReturnValue:
    """What to set up at a network, step by step."""
    return _setup_page(connecting.app_settings(context.platform().settings, network))


@blueprint.post("/connect/<network>/check")
@requires(Permission.MANAGE)
def check(network: str) -> ResponseReturnValue:
    """Look at the settings, and ask the network about them."""
    found = connecting.app_settings(context.platform().settings, network)
    context.close_reading()  # a network may take its time, and no session waits for it
    scene = Scene(context.platform(), context.now(), {}, online=True)
    findings = list(apps.app(scene, network, _public_url(), request.host_url))
    told = [Told(finding.level.value, *explain_finding(finding, moment, str)) for finding in findings]
    return _setup_page(found, told)


@blueprint.post("/connect/<network>")
@requires(Permission.MANAGE)
def leave(network: str) -> ResponseReturnValue:
    """Begin, and forward the browser. Not by a redirect: a policy for forms would have to name each host on the way."""
    channel_id = inputs.reference("channel")
    context.close_reading()
    try:
        address = connecting.begin(
            context.platform(),
            context.actor(),
            network,
            session_secret=session_secret(),
            redirect_uri=connecting.redirect_address(_public_url(), network),
            channel_id=channel_id,
            trial="trial" in request.form,
        )
    except Conflict as error:
        return _problem(network, channel_id, error)
    return render_template("channels/leaving.html", address=address, network_name=network_look(network).label)


@blueprint.get("/connect/<network>/back")
def arrive(network: str) -> ResponseReturnValue:
    """The network sent the browser back. Whoever is not signed in any more does so, and begins anew."""
    if not current_user.is_authenticated:
        return redirect(url_for("auth.sign_in", next=url_for("channels.new", network=network)))
    actor = context.actor()
    actor.require(Permission.MANAGE)
    context.close_reading()
    try:
        arrival = connecting.come_back(
            context.platform(), actor, network, session_secret=session_secret(), brought=request.args.to_dict()
        )
    except Conflict as error:
        return _problem(network, None, error, again=error.code == "consent_unreachable")
    return _arrived(arrival)


@blueprint.get("/connecting/<int:begun_id>")
@requires(Permission.MANAGE)
def offered(begun_id: int) -> ResponseReturnValue:
    """The accounts to choose from."""
    try:
        return _choice_page(_choice(begun_id), {})
    except Conflict as error:
        return _gone(error)


@blueprint.post("/connecting/<int:begun_id>")
@requires(Permission.MANAGE)
def take(begun_id: int) -> ResponseReturnValue:
    """Make channels of the chosen ones."""
    ids = request.form.getlist("accounts")
    try:
        with context.platform().database.write() as session:
            chosen = connecting.choose(session, context.platform(), context.actor(), begun_id, session_secret(), ids)
    except Invalid as error:
        return _choice_page(_choice(begun_id), inputs.errors_of(error)), 422
    except Conflict as error:
        return _gone(error)
    context.platform().wake()
    done = [*chosen.connected, *chosen.renewed]
    say(_("Connected: %(accounts)s.", accounts=", ".join(channel.name for channel in done)))
    if len(chosen.connected) == 1 and not chosen.renewed:
        return redirect(url_for("channels.edit_slots", channel_id=chosen.connected[0].id))
    return redirect(url_for("channels.show", channel_id=done[0].id) if len(done) == 1 else url_for("channels.index"))


def consent_of(network: str) -> AppSettings | None:
    """How a network is connected by consent; None where it is not."""
    try:
        return connecting.app_settings(context.platform().settings, network)
    except NotFound:
        return None


def prevented(names: tuple[str, ...], network: str) -> list[tuple[str, str]]:
    """What is missing, each with what that prevents; a role has no name that a person would know."""
    app = connecting.app_settings(context.platform().settings, network)
    return [(_name(p), prevents(p)) for p in (app.consent.permission(name) for name in names)]


@dataclass(frozen=True, slots=True)
class Result:
    """What a check of a channel's connection came to, in sentences. ``missing`` is as :func:`prevented` has it."""

    tone: str
    title: str
    text: str
    missing: list[tuple[str, str]]


def told_about(checked: Checked, network: str) -> Result:
    """A check's result in words."""
    words = verifying.RESULTS[checked.outcome]
    missing = prevented(checked.missing, network) if consent_of(network) else [(name, "") for name in checked.missing]
    text = verifying.text(checked, network_look(network).label)
    return Result(words.tone, verifying.title(checked), text, missing)


def _name(permission: Granted) -> str:
    return "" if permission.purpose in (Purpose.ROLE, Purpose.ACCESS) else permission.name


def _arrived(arrival: Arrival) -> ResponseReturnValue:
    channel = arrival.reconnected
    if arrival.trial:
        return redirect(url_for("channels.tried", begun_id=arrival.begun_id), 303)
    if channel is None:
        return redirect(url_for("channels.offered", begun_id=arrival.begun_id), 303)
    context.platform().wake()
    say(_("%(channel)s is connected again. What waited goes out.", channel=channel.name))
    if arrival.also:
        names = ", ".join(other.name for other in arrival.also)
        say(_("Renewed with it, as they belong to the same sign-in: %(channels)s.", channels=names))
    for _name, sentence in prevented(arrival.missing, channel.network):
        say(sentence, kind="info")
    return redirect(url_for("channels.show", channel_id=channel.id), 303)


def _choice(begun_id: int) -> Choice:
    return connecting.choice(context.reread(), context.platform(), context.actor(), begun_id, session_secret())


def _choice_page(choice: Choice, errors: dict[str, str]) -> str:
    wanted = request.form.getlist("accounts") if request.method == "POST" else None
    key = choice.app.network.key
    rows = [
        {
            "option": option,
            "missing": prevented(tuple(p.name for p in option.missing), key),
            "chosen": option.id in wanted if wanted is not None else _suggested(option, choice),
        }
        for option in choice.options
    ]
    return render_template(
        "channels/choice.html",
        choice=choice,
        rows=rows,
        errors=errors,
        network=key,
        network_name=network_look(key).label,
        kind_label=kind_label,
        prevented=lambda name: prevents(choice.app.consent.permission(name)),
    )


def _suggested(option: connecting.Option, choice: Choice) -> bool:
    """Ticked before anybody clicks: the only one there is, or a channel that asks to be reconnected."""
    if not option.usable or choice.expected is not None:
        return False
    if option.channel is not None:
        return option.channel.reconnect_since is not None
    return sum(o.usable for o in choice.options) == 1


def _problem(network: str, channel_id: int | None, error: Conflict, *, again: bool = False) -> ResponseReturnValue:
    """What went wrong, and the ways on."""
    if network not in {n.key for n in channels.networks()}:
        abort(404)
    page = render_template(
        "channels/not_connected.html",
        network=network,
        network_name=network_look(network).label,
        message=explain(error),
        denied=error.code == "consent_denied",
        app_at_fault=error.code in ("consent_app_refused", "consent_app_missing"),
        again=request.full_path if again else None,
        channel_id=channel_id,
    )
    return page, 200 if error.code == "consent_denied" else 409


def _gone(error: Conflict) -> ResponseReturnValue:
    say(explain(error), kind="info")
    return redirect(url_for("channels.index"))


def _setup_page(found: AppSettings, told: list[Told] | None = None) -> str:
    key, settings = found.network.key, context.platform().settings
    address = connecting.redirect_address(_public_url(), key)
    return render_template(
        "channels/setup.html",
        network=key,
        network_name=network_look(key).label,
        app=found,
        guide=app_guide(key),
        address=address,
        lines=_lines(found),
        permissions=[
            (" / ".join((p.name, *p.instead)), ", ".join(str(PURPOSES[one.value]) for one in p.purposes), p.vital)
            for p in found.consent.permissions
        ],
        public_url=settings.public_url,
        set_options=[option for option, value in settings.network(key).app.items() if value],
        setting_name=name_of_app_option,
        with_names=with_names,
        told=told,
    )


def _lines(found: AppSettings) -> list[str]:
    """What to write into the environment. What is set already is never shown."""
    guide = app_guide(found.network.key)
    options = [(s.option, s.example) for s in guide.settings if s.required] if guide else []
    return [f"{name_of_app_option(found.network.key, option)}={example}" for option, example in options]


def _public_url() -> str:
    return context.platform().settings.public_url or request.host_url


def session_secret() -> str:
    """A secret of this browser's session, made at the first trip."""
    if SECRET not in cookie:
        cookie[SECRET] = secrets.token_urlsafe(24)
    return str(cookie[SECRET])

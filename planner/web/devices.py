"""The devices that show one's notices, and what a browser needs to show them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, Response, abort, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required
from flask_wtf.csrf import generate_csrf

from planner.domain.outbox import PUSHED, WISHES
from planner.paths import static_folder
from planner.security.webpush import Device
from planner.services import push
from planner.services.errors import Conflict, Invalid
from planner.web import answers, assets, context, this_device
from planner.web.extensions import limiter
from planner.web.messages import explain
from planner.web.notify import say

blueprint = Blueprint("devices", __name__)
answers.attach(blueprint)

#: What stands in a browser's own description, in the order in which it tells them apart.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """What a browser runs when a push arrives: at the root, since it may only open pages below its own address."""
    script = (static_folder() / "dist" / assets.manifest()["sw.js"]).read_bytes()
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/app.webmanifest")
def web_manifest() -> Response:
    """What a phone needs to put Sendeplan on its home screen; an iPhone shows pushes only then."""
    icon = {"src": url_for("static", filename="favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
    answer = jsonify(name="Sendeplan", start_url=url_for("home.index"), scope="/", display="standalone", icons=[icon])
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.post("/account/devices")
@login_required
@limiter.limit("30 per 15 minutes")
def subscribe() -> ResponseReturnValue:
    """This browser shows its person's notices from now on."""
    answer = _back()
    try:
        this_device.remember(answer, _subscribe(request.form))
        say(_("This device notifies you from now on."))
    except Invalid as invalid:
        say(explain(invalid.errors[0]), kind="error")
    except Conflict as conflict:
        say(explain(conflict), kind="error")
    return answer


@blueprint.get("/account/devices/renewal")
def before_renewal() -> ResponseReturnValue:
    """What a browser needs that shows this person's notices and whose subscription is over: the installation's key, and
    the token that a page would have. Only our own pages and service worker may read the answer; where nobody is signed
    in there is none, and no word on the next page of having to sign in."""
    if this_device.digest() is None:
        abort(404)
    return jsonify(key=push.public_key(context.platform()), token=generate_csrf())


@blueprint.post("/account/devices/renewal")
@login_required
@limiter.limit("30 per 15 minutes")
def renew() -> ResponseReturnValue:
    """The browser is reached at another address from now on."""
    given = request.get_json(silent=True)
    if this_device.digest() is None or not isinstance(given, dict):
        abort(404)
    answer = Response(status=204)
    this_device.remember(answer, _subscribe({name: str(value) for name, value in given.items()}))
    return answer


@blueprint.delete("/account/devices/renewal")
@login_required
def end() -> ResponseReturnValue:
    """The browser has ended its subscription, since it was removed from its person's devices elsewhere."""
    answer = Response(status=204)
    this_device.forget(answer)
    return answer


def _subscribe(given: Mapping[str, str]) -> str:
    """The digest of this browser's address. Raises as the service does."""
    device = Device(*(given.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    platform, former = context.platform(), this_device.digest()
    with platform.database.write() as session:
        user_id, now = context.user().id, context.now()
        return push.subscribe(session, platform, user_id, device, _label(), former=former, now=now).digest


@blueprint.post("/account/devices/<int:device_id>/removal")
@login_required
def remove(device_id: int) -> ResponseReturnValue:
    """One device shows nothing any more."""
    with context.platform().database.write() as session:
        digest = push.remove(session, context.user().id, device_id)
    answer = _back()
    if digest == this_device.digest():
        this_device.forget(answer)
    say(_("The device is removed."))
    return answer


@blueprint.post("/account/devices/<int:device_id>/test")
@login_required
@limiter.limit("10 per 15 minutes")
def test(device_id: int) -> ResponseReturnValue:
    """See whether it arrives."""
    with context.platform().database.write() as session:
        push.try_out(session, context.user().id, context.workspace().id, device_id, now=context.now())
    say(_("A test is on its way. It should arrive within a few seconds."))
    return _back()


@blueprint.post("/account/devices/wishes")
@login_required
def choose() -> ResponseReturnValue:
    """What the devices show."""
    with context.platform().database.write() as session:
        push.choose(session, context.user().id, request.form.getlist("push"), kinds())
    say(_("Saved."))
    return _back()


def kinds() -> list[str]:
    """What a member of this role may be shown."""
    return [kind for kind in PUSHED if context.actor().may(WISHES[kind].permission)]


def _back() -> Response:
    return make_response(redirect(url_for("account.index", _anchor="devices")))


def _label() -> str:
    agent = request.headers.get("User-Agent", "")
    found = [next((name for mark, name in known if re.search(mark, agent)), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or _("Browser")

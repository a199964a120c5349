"""Whether mail works: how it is set up, what did not get through, and a mail to try it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from planner.domain.roles import Permission
from planner.services import mail
from planner.services.mail import MailError
from planner.web import context
from planner.web.access import requires
from planner.web.extensions import limiter
from planner.web.messages import sentence
from planner.web.notify import say
from planner.web.settings.base import blueprint

blueprint.add_app_template_global(sentence, "sentence")


@blueprint.get("/mail")
@requires(Permission.MANAGE)
def show_mail() -> ResponseReturnValue:
    """How mail is set up and how it goes."""
    return _page()


@blueprint.post("/mail/test")
@limiter.limit("10 per 15 minutes")
@requires(Permission.MANAGE)
def send_test_mail() -> ResponseReturnValue:
    """Send a mail to oneself right now, and say what became of it."""
    platform, user, place = context.platform(), context.user(), context.workspace()
    context.close_reading()  # a mail server may take its time
    try:
        mail.send_test(platform, platform.letters(), user, place)
    except MailError as error:
        return _page(failure=error), 502
    say(_("The mail server took a mail to %(address)s. Look whether it arrives.", address=user.email))
    return redirect(url_for("settings.show_mail"))


def _page(failure: MailError | None = None) -> str:
    place = context.workspace()
    found = mail.overview(context.reading(), context.platform(), place.id, now=context.now())
    has_address = bool(context.platform().settings.public_url)
    return render_template("settings/mail.html", mail=found, failure=failure, has_address=has_address)

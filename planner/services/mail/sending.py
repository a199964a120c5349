"""Sending what waits, over one connection, each mail once as far as SMTP allows.

A server that took a mail and whose answer was lost gets it again: under the same Message-ID, by which a mailbox can
tell the second copy.
"""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement

from planner import mailserver
from planner.domain.outbox import OutboxState
from planner.models import Mail, User, Workspace
from planner.services import outbox
from planner.services.mail.composing import compose
from planner.services.mail.letter import Letter, Writer, message, message_key
from planner.services.mail.smtp import MailError, Postman

if TYPE_CHECKING:
    from planner.bootstrap import Platform

#: In one go, so that other work of the clock gets its turn.
MOST_AT_ONCE = 100

_log = logging.getLogger(__name__)


def send_due(platform: Platform, writer: Writer, *conditions: ColumnElement[bool]) -> int:
    """Send what is due; ``conditions`` narrow which. Returns how many the server took."""
    if not platform.settings.smtp_url:
        return 0
    postman = Postman(mailserver.read_url(platform.settings.smtp_url))
    sent = 0
    try:
        for _ in range(MOST_AT_ONCE):
            work = None if platform.stopping.is_set() else outbox.claim(platform, Mail, *conditions)
            if work is None:
                break
            try:
                sent += _send(platform, writer, postman, work)
            except MailError as error:
                _note_failure(platform, work, error)
                if error.lost:
                    break  # the others would meet the same; each has its own time to come again
            except Exception:  # noqa: BLE001 - one mail that cannot be written must not hold up the others
                _log.exception("Mail %s could not be written", work.id)
                outbox.put_off(platform, work, error_code="internal_error", error=None)
    finally:
        postman.close()
    return sent


def send_test(platform: Platform, writer: Writer, user: User, workspace: Workspace) -> None:
    """Send one mail to a person right now, past the outbox. Raises MailError."""
    if not platform.settings.smtp_url:
        raise MailError("mail_off", "")
    language = user.language or workspace.language
    letter = Letter("test", language, workspace.zone, workspace.name, user.name)
    postman = Postman(mailserver.read_url(platform.settings.smtp_url))
    try:
        _hand_over(platform, writer, postman, letter, user.email, f"test-{secrets.token_hex(8)}")
    finally:
        postman.close()


def _send(platform: Platform, writer: Writer, postman: Postman, work: outbox.Claim) -> bool:
    with platform.database.read() as session:
        mail = session.get_one(Mail, work.id)
        composed = compose(session, mail, platform.clock.now())
    if composed is None:
        outbox.finish(platform, work, OutboxState.NEEDLESS)
        return False
    letter, recipient = composed
    _hand_over(platform, writer, postman, letter, recipient, message_key(mail))
    outbox.finish(platform, work, OutboxState.SENT)
    _log.info("Mail %s (%s) was taken by the server", work.id, mail.kind)
    return True


def _hand_over(platform: Platform, writer: Writer, postman: Postman, letter: Letter, recipient: str, key: str) -> None:
    sender = platform.settings.mail_from or ""
    now = platform.clock.now()
    try:
        mail = message(writer(letter), sender, letter.name, recipient, key, now)
    except ValueError as error:
        raise MailError("mail_not_supported", str(error), final=True) from None
    postman.deliver(mail, mailserver.read_addresses(sender)[0], recipient)


def _note_failure(platform: Platform, work: outbox.Claim, error: MailError) -> None:
    values = {"error_code": error.code, "error": error.said}
    if error.final:
        outbox.finish(platform, work, OutboxState.GIVEN_UP, **values)
        again = False
    else:
        again = outbox.put_off(platform, work, **values)
    _log.warning("Mail %s was not taken (%s). %s", work.id, error, "It is tried again" if again else "It is given up")

"""Handing mail to the server: STARTTLS or TLS with a checked certificate, time-outs, and what its answers mean."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

import certifi

from planner import mailserver
from planner.logs import hide
from planner.mailserver import MailServer, Security

#: Each step of the conversation may take this long.
TIMEOUT_SECONDS = 20.0


class MailError(Exception):
    """It was not taken. ``code`` names the sentence, ``said`` is in the server's or the system's own words.

    ``final``: this mail will never be taken. ``lost``: the connection is of no more use.
    """

    def __init__(self, code: str, said: str, *, final: bool = False, lost: bool = False) -> None:
        super().__init__(f"{code}: {said}")
        self.code = code
        self.said = said[:500]
        self.final = final
        self.lost = lost


class Postman:
    """One connection, opened at the first mail."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> None:
        """Connect and sign in. Raises MailError."""
        if self._smtp is None:
            with _explained(self._server):
                self._smtp = _connect(self._server)

    def deliver(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Hand one over; returns once the server has taken it. Raises MailError."""
        self.open()
        assert self._smtp is not None  # noqa: S101 - `open` has just seen to it
        with _explained(self._server):
            self._smtp.send_message(message, sender, [recipient])

    def close(self) -> None:
        """Take leave."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._smtp.close()
            self._smtp = None


def probe(url: str) -> None:
    """Connect, sign in and take leave: nothing is sent. Raises MailError."""
    postman = Postman(mailserver.read_url(url))
    try:
        postman.open()
    finally:
        postman.close()


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.security is Security.TLS:
        context = _context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    try:
        if server.security is Security.STARTTLS:
            smtp.starttls(context=_context())
        if server.user is not None:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _context() -> ssl.SSLContext:
    """The machine's own authorities, which know a company's, and those that come with the program."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@contextmanager
def _explained(server: MailServer) -> Iterator[None]:
    try:
        yield
    except (smtplib.SMTPException, OSError, ValueError) as error:
        found = _explain(error)
        said = hide(found.said).replace(server.password, "[hidden]") if server.password else hide(found.said)
        raise MailError(found.code, said, final=found.final, lost=found.lost) from None


def _explain(error: Exception) -> MailError:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        status, said = next(iter(error.recipients.values()))
        return MailError("mail_recipient_refused", _words(status, said), final=status >= 500)
    if isinstance(error, smtplib.SMTPDataError):
        words = _words(error.smtp_code, error.smtp_error)
        return MailError("mail_content_refused", words, final=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPResponseException):
        known = {
            smtplib.SMTPAuthenticationError: "mail_sign_in_refused",
            smtplib.SMTPSenderRefused: "mail_sender_refused",
        }
        code = known.get(type(error), "mail_server_refused")
        return MailError(code, _words(error.smtp_code, error.smtp_error), lost=True)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        code = "mail_no_starttls" if "STARTTLS" in str(error) else "mail_not_supported"
        return MailError(code, str(error), final="SMTPUTF8" in str(error), lost=True)
    return _explain_connection(error)


_REFUSED: dict[type[Exception], str] = {
    smtplib.SMTPAuthenticationError: "mail_sign_in_refused",
    smtplib.SMTPSenderRefused: "mail_sender_refused",
}


def _explain_connection(error: Exception) -> MailError:
    if isinstance(error, ssl.SSLError):
        return MailError("mail_tls_failed", getattr(error, "verify_message", "") or str(error), lost=True)
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib says "disconnected"
        return MailError("mail_server_silent", str(error), lost=True)
    if isinstance(error, OSError):
        return MailError("mail_server_away", error.strerror or str(error), lost=True)
    # What is left of ValueError: an address or a header that no mail can carry.
    return MailError("mail_not_supported", str(error), final=True)


def _words(status: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{status} {' '.join(text.split())}"

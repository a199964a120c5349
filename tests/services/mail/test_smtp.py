"""Talking to the mail server: encrypted, with a checked certificate, and what goes wrong in a word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from planner.config import ConfigError, load_settings
from planner.mailserver import Security, read_url
from planner.services.mail import MailError, probe
from tests.publishers.raw import RawServer, Reply
from tests.support.certificates import certificate
from tests.support.factories import ENCRYPTION_KEY
from tests.support.mailserver import PASSWORD, USER, Mailbox, mail_server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificate")


@pytest.fixture(scope="module")
def encrypting(folder: Path) -> Iterator[Mailbox]:
    _pem, context = certificate(folder)
    with mail_server(tls=context, sign_in=True) as mailbox:
        yield mailbox


def url(mailbox: Mailbox, password: str = PASSWORD) -> str:
    return f"smtp://{USER}:{quote(password, safe='')}@127.0.0.1:{mailbox.port}?starttls=yes"


def test_it_signs_in_over_starttls_with_a_certificate_that_the_machine_trusts(
    encrypting: Mailbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MailError) as untrusted:
        probe(url(encrypting))
    assert untrusted.value.code == "mail_tls_failed"
    assert encrypting.signed_in == [], "nobody gets the password before the certificate is checked"
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))
    probe(url(encrypting))
    assert encrypting.signed_in == [USER]
    assert encrypting.taken == [], "nothing is sent"


def test_a_wrong_password_is_named_without_naming_it(
    encrypting: Mailbox, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "certificate.pem"))
    with pytest.raises(MailError) as refused:
        probe(url(encrypting, "falsch-und-geheim"))
    assert refused.value.code == "mail_sign_in_refused"
    assert refused.value.said.startswith("535")
    assert "falsch-und-geheim" not in str(refused.value)


def test_a_server_without_starttls_gets_no_password() -> None:
    with mail_server() as plain, pytest.raises(MailError) as refused:
        probe(f"{plain.url}?starttls=yes")
    assert refused.value.code == "mail_no_starttls"


def test_a_server_that_says_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.services.mail.smtp.TIMEOUT_SECONDS", 0.2)
    with RawServer(Reply(hang=True)) as silent, pytest.raises(MailError) as failed:
        probe(silent.url.replace("http", "smtp"))
    assert failed.value.code == "mail_server_silent"


@pytest.mark.parametrize(
    ("given", "security", "port"),
    [
        ("smtp://mail.brandt.example", Security.STARTTLS, 587),
        ("smtp://mail.brandt.example:25?starttls=no", Security.NONE, 25),
        ("smtps://mail.brandt.example", Security.TLS, 465),
        ("smtp://localhost", Security.NONE, 25),
        ("smtp://127.0.0.1:2525?starttls=yes", Security.STARTTLS, 2525),
    ],
)
def test_how_the_connection_is_protected_stands_in_the_address(given: str, security: Security, port: int) -> None:
    server = read_url(given)
    assert (server.security, server.port) == (security, port)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"SMTP_URL": "http://u:hidden@mail.example", "MAIL_FROM": "a@b.example"}, "SENDEPLAN_SMTP_URL"),
        ({"SMTP_URL": "smtp://u:hidden@mail.example:99999", "MAIL_FROM": "a@b.example"}, "SENDEPLAN_SMTP_URL"),
        ({"SMTP_URL": "smtp://u:hidden@mail.example?tls=1", "MAIL_FROM": "a@b.example"}, "SENDEPLAN_SMTP_URL"),
        ({"SMTP_URL": "smtp://u:hidden@mail.example", "MAIL_FROM": "nobody"}, "SENDEPLAN_MAIL_FROM"),
        ({"SMTP_URL": "smtp://u:hidden@mail.example"}, "SENDEPLAN_MAIL_FROM"),
        ({"ALERT_MAIL": "it@brandt.example"}, "SENDEPLAN_SMTP_URL"),
    ],
)
def test_settings_that_would_lose_mail_are_refused_and_the_password_is_not_said(
    tmp_path: Path, values: dict[str, str], named: str
) -> None:
    keys = {"SENDEPLAN_SECRET_KEY": "x", "SENDEPLAN_ENCRYPTION_KEYS": ENCRYPTION_KEY}
    with pytest.raises(ConfigError) as refused:
        load_settings(tmp_path, keys | {f"SENDEPLAN_{name}": value for name, value in values.items()})
    assert named in str(refused.value)
    assert "hidden" not in str(refused.value)

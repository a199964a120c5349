"""The same promises over TLS."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from publishers.base import Prepared, Refused, Uncertain
from publishers.transport import tls_context
from tests.publishers.accounts import connect, text_post
from tests.publishers.raw import RawServer, Reply, json_reply

PUBLISHED = json_reply({"data": {"id": "12"}}, 201)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of its own making for 127.0.0.1, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Test {uuid4()}")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return pem, context


@pytest.fixture
def trusted_server(tmp_path: Path) -> Iterator[RawServer]:
    pem, context = certificate(tmp_path)
    tls_context().load_verify_locations(pem)
    with RawServer(PUBLISHED, tls=context) as server:
        yield server


def test_a_post_is_published_over_tls_and_the_connection_is_kept(trusted_server: RawServer) -> None:
    publisher = connect("twitter", trusted_server.url)
    for _ in range(2):
        assert publisher.publish(Prepared(text_post())).remote_id == "12"
    assert trusted_server.connections == 1
    publisher.close()


def test_a_server_that_drips_over_tls_cannot_hold_a_call_beyond_its_deadline(trusted_server: RawServer) -> None:
    trusted_server.answer = Reply(drip=0.02)
    publisher = connect("twitter", trusted_server.url, timeout=0.4)
    with pytest.raises(Uncertain):
        publisher.publish(Prepared(text_post()))
    assert trusted_server.dripped > 1
    publisher.close()


def test_a_certificate_that_nobody_vouches_for_gets_no_request(tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with RawServer(PUBLISHED, tls=context) as server:
        publisher = connect("twitter", server.url)
        with pytest.raises(Refused):
            publisher.publish(Prepared(text_post()))
        assert server.requests == []
        publisher.close()


def test_a_server_that_never_ends_its_handshake_cannot_hold_a_call(tmp_path: Path) -> None:
    with RawServer(Reply(hang=True)) as server:
        publisher = connect("twitter", server.url.replace("http:", "https:"), timeout=0.3)
        with pytest.raises(Refused):
            publisher.publish(Prepared(text_post()))
        publisher.close()

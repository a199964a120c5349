"""Messages to browsers: encrypted for one device (RFC 8291), and vouched for by the sender's key pair (RFC 8292)."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

#: RFC 8292 allows a day at most.
VOUCHED_FOR = timedelta(hours=12)
#: What push services take at least (RFC 8030, 7.2), less what the encryption adds.
LONGEST = 3000


@dataclass(frozen=True, slots=True)
class Device:
    """Where a browser is reached and what is encrypted for: ``p256dh`` and ``auth`` in base64url, as it says them."""

    endpoint: str
    p256dh: str
    auth: str


def new_identity() -> tuple[str, str]:
    """A key pair: the public point in base64url, and the private key in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return _encode(_point(key.public_key())), pem.decode()


def are_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a point on the curve and a secret of 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decode(p256dh))
        return len(_decode(auth)) == 16
    except (ValueError, binascii.Error):
        return False


def encrypt(device: Device, content: bytes) -> bytes:
    """``content`` (at most :data:`LONGEST` bytes) so that only the device can read it, as ``aes128gcm``."""
    once = ec.generate_private_key(ec.SECP256R1())
    secret, point = _decode(device.auth), _decode(device.p256dh)
    sealed: bytes = http_ece.encrypt(content, private_key=once, dh=point, auth_secret=secret, version="aes128gcm")
    return sealed


def authorization(endpoint: str, public_key: str, private_key: str, subject: str, now: datetime) -> str:
    """The header that says who sends: a signed statement for the push service alone. ``subject`` is a mailto: or
    https: address under which the operator can be asked."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + VOUCHED_FOR).timestamp()), "sub": subject}
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    key = serialization.load_pem_private_key(private_key.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - made by `new_identity`
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = _encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_key}"


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _json(value: dict[str, object]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(value: str) -> bytes:
    plain = value.rstrip("=")
    return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)

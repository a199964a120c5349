"""Credentials at rest: encrypted with the first key, readable with any of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultError(Exception):
    """Stored credentials cannot be read with the keys at hand. Holds nothing of them."""


class Vault:
    """Seals and opens credentials. ``keys`` are Fernet keys, newest first: rotating means prepending one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, credentials: Mapping[str, str]) -> str:
        """Encrypt a flat mapping of strings."""
        return self._fernet.encrypt(json.dumps(dict(credentials)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """Decrypt what :meth:`seal` made. Raises VaultError."""
        try:
            values = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, ValueError) as error:
            raise VaultError("the stored credentials cannot be read with the present encryption keys") from error
        return {str(name): str(value) for name, value in values.items()}

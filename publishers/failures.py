"""What can go wrong at a network, told apart by what it proves: surely refused, surely rejected, or nobody can tell."""

from __future__ import annotations

from publishers.limits import LimitReading


class NetworkError(Exception):
    """Any failure at a network. ``str()`` is plain and safe to log: it never holds a token.

    ``network_message`` is what the network itself said (shortened, credentials removed), ``status`` the HTTP
    status, ``code`` the network's own error code where there is one, ``limits`` what its answer said about limits.
    ``advice`` is the code of what to do about it (:class:`publishers.errors.Rule`), empty where no table says, and
    ``named`` are the permissions that the network's own words name: for people, nothing is decided by them.
    """

    limits: tuple[LimitReading, ...] = ()
    advice: str = ""
    named: tuple[str, ...] = ()

    def __init__(self, message: str, *, status: int | None = None, code: str = "", network_message: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.network_message = network_message


class Refused(NetworkError):
    """Surely not accepted, and worth another try: throttled, or the connection never opened.

    ``retry_after`` in seconds where the network gave one (``Retry-After``, else its reset header).
    ``pause_channel`` says that no try will succeed before a person acts (a spent monthly quota).
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        pause_channel: bool = False,
        status: int | None = None,
        code: str = "",
        network_message: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, network_message=network_message)
        self.retry_after = retry_after
        self.pause_channel = pause_channel


class Throttled(Refused):
    """Surely not accepted, because a limit is reached: nothing is wrong with what was sent or with the connection."""


class Blocked(Refused):
    """Surely not accepted: the network takes nothing from this account for now, whatever it is sent."""


class VersionOver(Refused):
    """Surely not accepted: the network no longer serves the version of its API that is asked for."""


class Rejected(NetworkError):
    """Surely not accepted, and the same content will never be: a clear 4xx, in the network's own words."""


class PaymentRequired(Rejected):
    """Surely not accepted: the operator's account at the network must be topped up first."""


class ReconnectNeeded(NetworkError):
    """Surely not accepted: the token is expired or revoked, or a permission is missing (``missing``)."""

    def __init__(
        self,
        message: str,
        *,
        missing: tuple[str, ...] = (),
        status: int | None = None,
        code: str = "",
        network_message: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, network_message=network_message)
        self.missing = missing


class Duplicate(NetworkError):
    """The network says it has this content already. ``existing_id`` where it names the post it has."""

    def __init__(
        self,
        message: str,
        *,
        existing_id: str | None = None,
        status: int | None = None,
        code: str = "",
        network_message: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, network_message=network_message)
        self.existing_id = existing_id


class Uncertain(NetworkError):
    """The call may or may not have been accepted: a time-out, 3xx, 408, 409, 5xx, a malformed answer."""


class Unsupported(NetworkError):
    """This network (or this kind of connection) cannot do what was asked; nothing was sent."""

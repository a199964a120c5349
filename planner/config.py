"""Settings: typed, from the environment first, then ``instance/config.toml``, then the default.

Every field is documented in docs/user/settings.md. Secrets are made by ``sendeplan init`` and live in
``instance/keys.toml``, apart from the rest, so that a backup can leave them out.
"""

from __future__ import annotations

import math
import os
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from cryptography.fernet import Fernet

from planner import mailserver

PREFIX = "SENDEPLAN_"
Number = TypeVar("Number", int, float)
APP_OPTIONS = ("client_id", "client_secret", "api_version", "share_url", "owner_id", "scopes", "config_id")


def name_of_app_option(network: str, option: str) -> str:
    """The environment's name for one of :data:`APP_OPTIONS`: ``SENDEPLAN_LINKEDIN_API_VERSION``."""
    return f"{PREFIX}{network}_{option}".upper()


#: Texts that are one of a few.
CHOICES = {"log_level": ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "log_format": ("text", "json")}
#: Numbers that may be 0; each other has to be more.
FROM_ZERO = frozenset({
    "reconcile_settle_seconds", "prepare_ahead_seconds", "alert_overdue_seconds", "alert_quiet_seconds", "metrics_port",
})  # fmt: skip
LAST_PORT = 65535
DATABASES = ("sqlite", "postgresql")


class Senders(StrEnum):
    """Who sends what is due: the scheduler's own threads, or workers that it calls."""

    HERE = "here"
    WORKERS = "workers"


class ConfigError(Exception):
    """A setting that cannot be used; the message names it and says what it takes."""


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """The operator's settings for one network: ``SENDEPLAN_<NETWORK>_API_URL`` and the developer app's own."""

    api_url: str | None = None
    app: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that can be set. Durations in seconds, sizes in bytes."""

    instance: Path
    database_url: str
    secret_key: str
    encryption_keys: tuple[str, ...]
    public_url: str | None = None
    rehearsal_url: str | None = None
    reconcile_settle_seconds: float = 900.0
    lease_seconds: float = 60.0
    send_timeout_seconds: float = 30.0
    prepare_timeout_seconds: float = 900.0
    prepare_ahead_seconds: float = 600.0
    senders: Senders = Senders.HERE
    sender_threads: int = 8
    sender_threads_per_channel: int = 1
    upload_threads: int = 2
    safety_tick_seconds: float = 15.0
    metrics_tick_seconds: float = 60.0
    dialogue_kept_days: int = 365
    web_threads: int = 8
    max_upload_bytes: int = 512_000_000
    ffmpeg: str = "ffmpeg"
    video_timeout_seconds: float = 1800.0
    log_level: str = "INFO"
    log_format: str = "text"
    secure_cookies: bool = False
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    metrics_token: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    alert_mail: str | None = None
    alert_sending_seconds: float = 300.0
    alert_unknown_seconds: float = 1800.0
    alert_overdue_seconds: float = 300.0
    alert_silence_seconds: float = 120.0
    alert_quiet_seconds: float = 600.0
    webhook_private_addresses: bool = False
    link_private_addresses: bool = False
    push_private_addresses: bool = False
    networks: Mapping[str, NetworkSettings] = field(default_factory=dict)

    @property
    def media_folder(self) -> Path:
        """Where uploaded files lie."""
        return self.instance / "media"

    @property
    def mail_on(self) -> bool:
        """Whether mail is set up; where it is not, none is written."""
        return bool(self.smtp_url)

    def network(self, key: str) -> NetworkSettings:
        """The settings of one network; all defaults where nothing is set."""
        return self.networks.get(key, NetworkSettings())


def load_settings(instance: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. ``instance`` wins over ``SENDEPLAN_INSTANCE``, which wins over ``./instance``.

    Raises ConfigError where a value is of the wrong kind, or keys were never made.
    """
    env = os.environ if environ is None else environ
    folder = (instance or Path(env.get(PREFIX + "INSTANCE", "instance"))).absolute()
    values = _toml(folder / "keys.toml") | _toml(folder / "config.toml") | _from_environment(env)
    values.pop("instance", None)
    networks = _networks(values)
    secret_key = str(values.pop("secret_key", ""))
    keys = values.pop("encryption_keys", "")
    if not secret_key or not keys:
        raise ConfigError(
            f"There are no keys in {folder} yet. Run `sendeplan init` first, or name the folder of the installation in "
            f"{PREFIX}INSTANCE."
        )
    database_url = str(values.pop("database_url", f"sqlite:///{folder / 'sendeplan.sqlite'}"))
    _check_mail(values)
    return Settings(
        instance=folder,
        database_url=_with_driver(database_url),
        secret_key=secret_key,
        encryption_keys=_key_list(keys),
        networks=networks,
        **_typed(values),  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name that sets nothing, as it was written, and the name that was probably meant."""

    name: str
    nearest: str | None


def unknown_names(instance: Path, environ: Mapping[str, str], networks: Sequence[str]) -> list[UnknownName]:
    """What is given in the environment or in ``config.toml`` and means nothing. ``networks`` are the keys there are."""
    options = [f"{network}_{option}" for network in networks for option in ("api_url", *APP_OPTIONS)]
    known = [*(name for name in Settings.__dataclass_fields__ if name != "networks"), *options]
    file = _toml(instance / "config.toml")
    tables = file.pop("networks", {})
    written = [(name, name.removeprefix(PREFIX).lower(), PREFIX) for name in sorted(environ) if _is_ours(name)]
    written += [(name, name, "") for name in file]
    if isinstance(tables, dict):
        written += [
            (f"networks.{key}.{option}", f"{key}_{option}", "") for key, table in tables.items() for option in table
        ]
    return [UnknownName(name, _nearest(key, known, prefix)) for name, key, prefix in written if key not in known]


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX) and not name.startswith(PREFIX + "TEST_")


def _nearest(key: str, known: Sequence[str], prefix: str) -> str | None:
    found = get_close_matches(key, known, n=1, cutoff=0.75)
    return (prefix + found[0].upper() if prefix else found[0]) if found else None


def make_keys(instance: Path) -> bool:
    """Write ``keys.toml`` with new keys unless it is there. Returns whether it was written."""
    path = instance / "keys.toml"
    if path.exists():
        return False
    instance.mkdir(parents=True, exist_ok=True)
    text = f'secret_key = "{secrets.token_urlsafe(48)}"\nencryption_keys = ["{Fernet.generate_key().decode()}"]\n'
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return True


def _toml(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        return dict(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error


def _from_environment(env: Mapping[str, str]) -> dict[str, object]:
    return {name.removeprefix(PREFIX).lower(): value for name, value in env.items() if name.startswith(PREFIX)}


def _networks(values: dict[str, object]) -> dict[str, NetworkSettings]:
    """Take ``<network>_api_url`` and the app options out of ``values``, and the table ``[networks.<network>]``."""
    found: dict[str, dict[str, str]] = {}
    tables = values.pop("networks", {})
    if isinstance(tables, dict):
        for key, table in tables.items():
            found[key] = {name: str(value) for name, value in table.items()}
    for option in ("api_url", *APP_OPTIONS):
        for name in [n for n in values if n.endswith("_" + option)]:
            found.setdefault(name.removesuffix("_" + option), {})[option] = str(values.pop(name))
    return {
        key: NetworkSettings(options.get("api_url") or None, {k: v for k, v in options.items() if k != "api_url"})
        for key, options in found.items()
    }


def _typed(values: dict[str, object]) -> dict[str, object]:
    known = {name: field_.type for name, field_ in Settings.__dataclass_fields__.items()}
    result: dict[str, object] = {}
    for name, value in values.items():
        if name in known:
            result[name] = _convert(name, str(known[name]), value)
    return result


def _convert(name: str, kind: str, value: object) -> object:
    try:
        if kind in ("int", "int | None"):
            return _number(name, int(str(value)))
        if kind == "float":
            return _number(name, float(str(value)))
        if kind == "bool":
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[str(value).lower()]
        if kind == "Senders":
            return Senders(str(value).strip().lower())
        if name in CHOICES:
            return {one.lower(): one for one in CHOICES[name]}[str(value).strip().lower()]
    except (ValueError, KeyError) as error:
        raise ConfigError(f"{PREFIX}{name.upper()} cannot be {value!r}: it takes {_takes(name, kind)}.") from error
    return str(value)


def _number(name: str, number: Number) -> Number:
    """Raises ValueError where it makes no sense: no sender threads, a lease that is over before it began."""
    if not math.isfinite(number) or number < 0 or (number == 0 and name not in FROM_ZERO):
        raise ValueError(number)
    if name == "metrics_port" and number > LAST_PORT:
        raise ValueError(number)
    return number


def _takes(name: str, kind: str) -> str:
    choices = tuple(Senders) if kind == "Senders" else CHOICES.get(name)
    if choices:
        return " or ".join(f"“{one}”" for one in choices)
    if kind == "bool":
        return "“true” or “false”"
    if name == "metrics_port":
        return f"a port, 0 to {LAST_PORT}"
    number = "a number" if kind == "float" else "a whole number"
    return f"{number}, 0 or more" if name in FROM_ZERO else f"{number} above 0"


def _check_mail(values: Mapping[str, object]) -> None:
    """Mail that is half set up would be silently lost: it is refused here. No sentence holds the password."""
    url, sender, alert = (str(values.get(name) or "") for name in ("smtp_url", "mail_from", "alert_mail"))
    checks = (("smtp_url", url, mailserver.read_url), ("mail_from", sender, mailserver.read_addresses))
    for name, value, read in (*checks, ("alert_mail", alert, mailserver.read_addresses)):
        try:
            if value:
                read(value)
        except ValueError as error:
            raise ConfigError(f"{PREFIX}{name.upper()} cannot be used: {error}.") from None
    if bool(url) is not bool(sender):
        raise ConfigError(f"{PREFIX}SMTP_URL and {PREFIX}MAIL_FROM are needed together: where to, and from whom.")
    if alert and not url:
        raise ConfigError(f"{PREFIX}ALERT_MAIL needs {PREFIX}SMTP_URL and {PREFIX}MAIL_FROM.")


def _key_list(keys: object) -> tuple[str, ...]:
    parts = keys.split(",") if isinstance(keys, str) else keys
    result = tuple(str(part).strip() for part in parts if str(part).strip())  # type: ignore[attr-defined]
    for key in result:
        try:
            Fernet(key)
        except ValueError as error:
            raise ConfigError(
                f"{PREFIX}ENCRYPTION_KEYS must be a list of 32-byte keys in URL-safe base64, separated by commas."
            ) from error
    return result


def _with_driver(url: str) -> str:
    """With the one driver that is installed. Raises ConfigError for a database of another kind."""
    kind, colon, rest = url.partition("://")
    kind = {"postgres": "postgresql"}.get(kind, kind.partition("+")[0])
    if not colon or kind not in DATABASES:
        raise ConfigError(f"{PREFIX}DATABASE_URL is of no database that is known: sqlite:///… or postgresql://….")
    return f"postgresql+psycopg://{rest}" if kind == "postgresql" else url

"""Settings that cannot be used are refused at the start, in a sentence that names them and says what they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.config import ConfigError, load_settings
from tests.support.factories import ENCRYPTION_KEY

KEYS = {"SENDEPLAN_SECRET_KEY": "x", "SENDEPLAN_ENCRYPTION_KEYS": ENCRYPTION_KEY}

REFUSED = [
    ("LEASE_SECONDS", "-4", "a number above 0"),
    ("LEASE_SECONDS", "nan", "a number above 0"),
    ("LEASE_SECONDS", "bald", "a number above 0"),
    ("SENDER_THREADS", "0", "a whole number above 0"),
    ("SENDER_THREADS", "1.5", "a whole number above 0"),
    ("RECONCILE_SETTLE_SECONDS", "-1", "a number, 0 or more"),
    ("METRICS_PORT", "99999", "a port, 0 to 65535"),
    ("SECURE_COOKIES", "perhaps", "“true” or “false”"),
    ("SENDERS", "worker", "“here” or “workers”"),
    ("LOG_FORMAT", "jason", "“text” or “json”"),
    ("LOG_LEVEL", "loud", "“WARNING” or “ERROR” or “CRITICAL”"),
    ("DATABASE_URL", "mysql://u:hidden@host/database", "sqlite:///"),
    ("DATABASE_URL", "nonsense", "postgresql://"),
]


@pytest.mark.parametrize(("name", "value", "takes"), REFUSED)
def test_what_makes_no_sense_is_refused_with_what_the_setting_takes(
    tmp_path: Path, name: str, value: str, takes: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings(tmp_path, KEYS | {f"SENDEPLAN_{name}": value})
    assert f"SENDEPLAN_{name}" in str(refused.value)
    assert takes in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_what_makes_sense_is_taken_as_people_write_it(tmp_path: Path) -> None:
    given = {"ALERT_OVERDUE_SECONDS": "0", "LOG_FORMAT": "JSON", "LOG_LEVEL": "debug", "SECURE_COOKIES": "yes"}
    made = load_settings(tmp_path, KEYS | {f"SENDEPLAN_{name}": value for name, value in given.items()})
    assert (made.alert_overdue_seconds, made.log_format, made.log_level, made.secure_cookies) == (
        0,
        "json",
        "DEBUG",
        True,
    )
    for scheme in ("postgres", "postgresql", "postgresql+psycopg2"):
        url = load_settings(tmp_path, KEYS | {"SENDEPLAN_DATABASE_URL": f"{scheme}://u@host/database"}).database_url
        assert url == "postgresql+psycopg://u@host/database"


def test_without_keys_it_says_both_that_they_have_to_be_made_and_how_to_name_another_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sendeplan init.*SENDEPLAN_INSTANCE"):
        load_settings(tmp_path, {})

"""Setting up from nothing: init, people, tokens, schema, check-up; and what the command says when it cannot."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from planner.cli import COMMANDS
from tests.support.command import PATIENCE, Sendeplan

PASSWORD = "ein langes Passwort"


def assert_failed(done: object, *words: str) -> None:
    """It ended with 1 and a sentence with these words on stderr, and no traceback."""
    assert done.returncode == 1, done  # type: ignore[attr-defined]
    said = done.stderr  # type: ignore[attr-defined]
    assert all(word in said for word in words), said
    assert "Traceback" not in said


def test_init_makes_everything_and_may_be_run_again(tmp_path: Path) -> None:
    sendeplan = Sendeplan(tmp_path / "new" / "instance")
    first = sendeplan("init")
    assert first.returncode == 0, first.stderr
    assert "sendeplan serve" in first.stdout, "it says what comes next"
    keys = (sendeplan.instance / "keys.toml").read_bytes()
    assert stat.S_IMODE((sendeplan.instance / "keys.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE(sendeplan.instance.stat().st_mode) == 0o700
    second = sendeplan("init")
    assert (second.returncode, second.stderr) == (0, "")
    assert (sendeplan.instance / "keys.toml").read_bytes() == keys
    assert "was there already" in second.stdout


def test_every_command_explains_itself(made_instance: Path) -> None:
    sendeplan = Sendeplan(made_instance)
    overview = sendeplan("--help")
    assert overview.returncode == 0
    for name in COMMANDS:
        assert f"  {name} " in overview.stdout
    for words in (["serve"], ["user", "create"], ["token", "create"], ["metrics", "pull"], ["restore"]):
        done = sendeplan(*words, "--help")
        assert done.returncode == 0
        assert "Usage:" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["user", "create", "a@example.com", "--role", "boss", "--password-stdin"],
        ["user", "create", "a@example.com", "--role", "admin"],
        ["token", "create", "--role", "admin"],
        ["serve", "--port", "70000"],
        ["backup"],
    ],
)
def test_wrong_usage_ends_with_2(made_instance: Path, arguments: list[str]) -> None:
    done = Sendeplan(made_instance)(*arguments)
    assert done.returncode == 2
    assert "Error:" in done.stderr


def test_without_keys_it_says_what_to_run_first(tmp_path: Path) -> None:
    for command in ("serve", "doctor", "export"):
        assert_failed(Sendeplan(tmp_path / "nothing")(command), "sendeplan init")


def test_a_person_is_made_and_may_sign_in_only_with_a_good_password(sendeplan: Sendeplan) -> None:
    arguments = ("user", "create", "Anna.Becker@Example.com", "--role", "admin", "--password-stdin")
    assert_failed(sendeplan(*arguments, typed=""), "standard input")
    assert_failed(sendeplan(*arguments, typed="kurz\n"), "password:", "at least 12")
    done = sendeplan(*arguments, typed=PASSWORD + "\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "anna.becker@example.com is admin" in done.stdout
    assert PASSWORD not in done.stdout
    assert_failed(sendeplan(*arguments, typed=PASSWORD + "\n"), "member already")


def test_at_a_terminal_the_password_is_asked_for_and_not_shown(sendeplan: Sendeplan) -> None:
    keyboard, terminal = os.openpty()
    command = [sys.executable, "-m", "planner", "user", "create", "bob@example.com", "--role", "editor"]
    process = subprocess.Popen(
        [*command, "--password-stdin"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        env={**os.environ, "SENDEPLAN_INSTANCE": str(sendeplan.instance)},
    )
    os.close(terminal)
    seen = b""
    while b"Password" not in seen:
        seen += os.read(keyboard, 1000)
    os.write(keyboard, PASSWORD.encode() + b"\n")
    with suppress(OSError):  # what a terminal says when its last program has ended
        while more := os.read(keyboard, 1000):
            seen += more
    os.close(keyboard)
    assert process.wait(PATIENCE) == 0, seen
    assert b"bob@example.com is editor" in seen
    assert PASSWORD.encode() not in seen


def test_a_token_stands_alone_on_the_last_line(sendeplan: Sendeplan) -> None:
    done = sendeplan("token", "create", "--role", "editor", "--name", "Skript")
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.startswith("sp_")
    assert len(last.split()) == 1
    assert_failed(sendeplan("token", "create", "--role", "editor", "--name", "  "), "name:")


def test_an_old_schema_is_refused_with_what_to_do(sendeplan: Sendeplan) -> None:
    (sendeplan.instance / "sendeplan.sqlite").unlink()
    for command in (["web"], ["scheduler"], ["token", "create", "--role", "admin", "--name", "x"]):
        assert_failed(sendeplan(*command), "sendeplan db upgrade")
    assert sendeplan("db", "upgrade").returncode == 0
    assert_failed(sendeplan("token", "create", "--role", "admin", "--name", "x"), "sendeplan init")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SENDEPLAN_LEASE_SECONDS", "bald", "SENDEPLAN_LEASE_SECONDS"),
        ("SENDEPLAN_ENCRYPTION_KEYS", "kurz", "SENDEPLAN_ENCRYPTION_KEYS"),
        ("SENDEPLAN_DATABASE_URL", "nonsense", "SENDEPLAN_DATABASE_URL"),
        ("SENDEPLAN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing", "database"),
        ("SENDEPLAN_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite", "database"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(made_instance: Path, name: str, value: str, words: str) -> None:
    assert_failed(Sendeplan(made_instance)("export", **{name: value}), words)


def test_a_fresh_instance_is_well(sendeplan: Sendeplan) -> None:
    done = sendeplan("doctor")
    assert done.returncode == 0, done.stdout
    assert "!!" not in done.stdout
    assert "sendeplan user create" in done.stdout, "it says that nobody can sign in yet"


def test_the_check_up_finds_keys_that_others_can_read_and_an_old_schema(sendeplan: Sendeplan) -> None:
    (sendeplan.instance / "keys.toml").chmod(0o644)
    (sendeplan.instance / "sendeplan.sqlite").unlink()
    done = sendeplan("doctor")
    assert done.returncode == 1
    assert "chmod go-rwx" in done.stdout
    assert "sendeplan db upgrade" in done.stdout
    assert "Needs somebody: 2." in done.stderr


def test_the_version_is_told(made_instance: Path) -> None:
    done = Sendeplan(made_instance)("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("Sendeplan ")


def test_every_command_and_option_is_documented() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "user" / "commands.md").read_text(encoding="utf-8")
    groups = {
        "user": "user create",
        "token": "token create",
        "metrics": "metrics pull",
        "dialogue": "dialogue pull",
        "db": "db upgrade",
    }
    missing = [name for name in COMMANDS if f"`sendeplan {groups.get(name, name)}" not in documented]
    assert not missing

"""Saving, bringing back, carrying elsewhere; and the demonstration."""

from __future__ import annotations

import json
import re
import signal
import socket
import stat
from pathlib import Path

import requests

from tests.cli.test_running import Client, eventually, token_of
from tests.cli.test_setup import PASSWORD, assert_failed
from tests.support.command import PATIENCE, Sendeplan


def test_a_backup_is_restored_only_after_the_server_has_stopped(sendeplan: Sendeplan, tmp_path: Path) -> None:
    file = tmp_path / "save.zip"
    token = token_of(sendeplan)
    with sendeplan.running("serve", "--port", "0") as server:
        ask = Client(server.address, token)
        kept = ask("POST", "/posts", {"text": "Bleibt"})["id"]
        saved = sendeplan("backup", str(file))
        assert (saved.returncode, saved.stderr) == (0, "")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        lost = ask("POST", "/posts", {"text": "Kam danach"})["id"]
        assert_failed(sendeplan("restore", str(file)), "Stop it first")
        assert_failed(sendeplan("restored", "--since", "2026-01-31 22:00"), "Stop it first")
        assert ask("GET", f"/posts/{lost}")["text"] == "Kam danach"
        assert server.stop() == 0
    done = sendeplan("restore", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert "paused" in done.stdout
    assert list(sendeplan.instance.glob("before-restore-*/sendeplan.sqlite"))
    with sendeplan.running("serve", "--port", "0") as server:
        ask = Client(server.address, token)
        assert [p["id"] for p in ask("GET", "/posts")["items"]] == [kept]
        assert ask("GET", "/pause")["paused"] is True
        assert ask("DELETE", "/pause")["paused"] is False


def test_that_the_database_was_brought_back_is_declared_since_a_moment(sendeplan: Sendeplan) -> None:
    done = sendeplan("restored", "--since", "2026-01-31T23:00+01:00")
    assert (done.returncode, done.stderr) == (0, "")
    assert "as of 2026-01-31 22:00 UTC" in done.stdout
    assert "paused" in done.stdout
    assert_failed(sendeplan("restored", "--since", "2999-01-01"), "still to come")
    wrong = sendeplan("restored", "--since", "gestern")
    assert (wrong.returncode, "2027-01-31 22:00" in wrong.stderr) == (2, True)


def test_a_backup_that_is_none_is_refused_in_a_sentence(sendeplan: Sendeplan, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("kein Archiv")
    assert_failed(sendeplan("restore", str(tmp_path / "text.zip")), "not a backup")
    assert_failed(sendeplan("restore", str(tmp_path / "missing.zip")), "There is no file")
    assert_failed(sendeplan("backup", str(tmp_path / "text.zip")), "there already")
    assert_failed(sendeplan("backup", str(tmp_path / "no" / "folder.zip")), f"no folder {tmp_path / 'no'}.")


def test_a_plan_is_written_and_taken_in_elsewhere(sendeplan: Sendeplan, made_instance: Path, tmp_path: Path) -> None:
    import shutil

    token = token_of(sendeplan)
    with sendeplan.running("web", "--port", "0") as server:
        ask = Client(server.address, token)
        ask("POST", "/topics", {"title": "Hausmesse"})
        ask("POST", "/posts", {"text": "Willkommen"})
    written = sendeplan("export")
    assert written.returncode == 0
    assert [t["title"] for t in json.loads(written.stdout)["topics"]] == ["Hausmesse"]
    shutil.copytree(made_instance, tmp_path / "elsewhere")
    elsewhere = Sendeplan(tmp_path / "elsewhere")
    first = elsewhere("import", "-", typed=written.stdout)
    assert first.returncode == 0, first.stderr
    assert [line.split()[:2] for line in first.stdout.splitlines()] == [["new", "topics"], ["new", "posts"]]
    file = tmp_path / "plan.json"
    file.write_text(written.stdout.replace("Hausmesse", " "), encoding="utf-8")
    second = elsewhere("import", str(file))
    assert "there" in second.stdout
    assert_failed(second, "could not be taken in")
    assert "refused topics" in re.sub(" +", " ", second.stdout)
    file.write_text("{}")
    assert_failed(elsewhere("import", str(file)), "not a plan")
    file.write_text("{")
    assert_failed(elsewhere("import", str(file)), "not JSON")


def test_the_demonstration_shows_a_post_going_out_and_stops_with_everything(tmp_path: Path) -> None:
    sendeplan = Sendeplan(tmp_path / "instance")
    arguments = ("demo", "--port", "0", "--sandbox-port", "0")
    with sendeplan.running(*arguments, says="Stop it with Ctrl-C") as demo:
        said = "\n".join(demo.said)
        networks = re.search(r"feeds at\s+(http://\S+)", said)
        assert networks
        assert requests.get(networks[1], timeout=PATIENCE).status_code == 200
        _signs_in(demo.address, said)
        instance = Sendeplan(tmp_path / "instance" / "demo")
        ask = Client(demo.address, token_of(instance))
        eventually(lambda: _newest_is_published(ask), every=0.5)
        assert demo.stop(signal.SIGINT) == 0
    assert not (tmp_path / "instance" / "keys.toml").exists(), "the real instance is not touched"
    with socket.socket() as free:
        host, port = networks[1].removeprefix("http://").split(":")
        assert free.connect_ex((host, int(port))) != 0, "the networks have stopped too"


def _signs_in(address: str, said: str) -> None:
    email, password = re.findall(r"editor\s+(\S+)\s+(\S+)", said)[0]
    session = requests.Session()
    page = session.get(address + "/sign-in", timeout=PATIENCE).text
    token = re.findall(r'name="csrf-token" content="([^"]+)"', page)[0]
    form = {"csrf_token": token, "email": email, "password": password}
    answer = session.post(address + "/sign-in", data=form, timeout=PATIENCE)
    assert answer.status_code == 200
    assert "/sign-in" not in answer.url
    assert PASSWORD not in said


def _newest_is_published(ask: Client) -> bool:
    newest = ask("GET", "/posts?limit=1")["items"][0]
    return bool(newest["status"] == "published")

"""A whole sample company on one's own machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.cli.networks import sandbox_networks
from planner.cli.running import PORT, listening, serve_all
from planner.cli.starting import in_use, platform

if TYPE_CHECKING:
    from planner.config import Settings

#: A demonstration has its own database and keys, whatever is set for the real one.
OWN = frozenset({"SENDEPLAN_INSTANCE", "SENDEPLAN_DATABASE_URL", "SENDEPLAN_SECRET_KEY", "SENDEPLAN_ENCRYPTION_KEYS"})
NETWORKS = ("facebook", "twitter", "linkedin", "xing")


@click.command()
@listening
@click.option("--sandbox-port", type=PORT, default=8790, show_default=True, help="Port of the sandbox networks.")
@click.option("--reset", is_flag=True, help="Begin anew: throw the demonstration's data away.")
def demo(*, host: str, port: int, sandbox_port: int, reset: bool) -> None:
    """Show everything at work: a sample company, and sandbox networks that publish nothing anywhere.

    Its data lies in the folder "demo" inside the instance folder and stays until --reset.
    """
    folder = Path(os.environ.get("SENDEPLAN_INSTANCE", "instance")).absolute() / "demo"
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    settings = _settings(folder)
    state = folder / "networks.jsonl"
    _seed_once(settings, state)
    with sandbox_networks(sandbox_port, state) as networks:
        _serve(_connected(settings, networks), networks, host, port)


def _settings(folder: Path) -> Settings:
    from planner.config import load_settings, make_keys

    make_keys(folder)
    folder.chmod(0o700)
    environ = {name: value for name, value in os.environ.items() if name not in OWN}
    environ.setdefault("SENDEPLAN_LOG_LEVEL", "WARNING")  # who looks around reads addresses, not state changes
    return load_settings(folder, environ)


def _seed_once(settings: Settings, state: Path) -> None:
    """Make the company at the first start. One that was not finished is begun anew."""
    from planner.demo import seed

    done = settings.instance / "seeded"
    if done.exists():
        return
    click.echo("Making the sample company: six weeks of posts are really published on the sandbox networks …")
    for left in (state, *settings.instance.glob("sendeplan.sqlite*")):
        left.unlink(missing_ok=True)
    with platform(migrate=True, settings=settings):
        seed(settings, state)
    done.touch()


def _connected(settings: Settings, networks: str) -> Settings:
    """The sandbox networks, and the developer app that they know, so that further channels can be connected."""
    from planner.config import NetworkSettings
    from publishers.sandbox import apps

    def one(key: str) -> NetworkSettings:
        return NetworkSettings(f"{networks}/{key}", {**settings.network(key).app, **apps.settings(key)})

    return replace(settings, networks={key: one(key) for key in NETWORKS})


def _serve(settings: Settings, networks: str, host: str, port: int) -> None:
    from planner.demo import write_encore

    with platform(migrate=True, settings=settings) as wired, in_use(wired):

        def ready(where: str) -> None:
            post = write_encore(wired)
            wired.wake()
            _introduce(where, networks, click.echo, soon=post is not None)

        serve_all(wired, host, port, ready=ready)


def _introduce(where: str, networks: str, say: Callable[[str], object], *, soon: bool) -> None:
    from planner.demo import PASSWORD, SIGN_INS

    say("")
    say(f"Sendeplan is running at  {where}")
    say(f"The networks' feeds at   {networks}")
    say("")
    for person in SIGN_INS:
        say(f"  {person.role.value:<9} {person.email:<36} {PASSWORD}   ({person.name})")
    say("")
    if soon:
        say("The next post goes out within the first minute.")
    say("Stop it with Ctrl-C.")

"""The command ``sendeplan``. Modules that are slow to load are loaded by the command that needs them."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

from planner.cli.failing import Sentences

#: Command to ``module:attribute``, in the order of the help.
COMMANDS: Mapping[str, str] = {
    "demo": "planner.cli.demo:demo",
    "serve": "planner.cli.running:serve",
    "init": "planner.cli.setup:init",
    "user": "planner.cli.setup:user",
    "token": "planner.cli.setup:token",
    "doctor": "planner.cli.doctor:doctor",
    "backup": "planner.cli.data:backup",
    "restore": "planner.cli.data:restore",
    "restored": "planner.cli.data:restored",
    "export": "planner.cli.data:export",
    "import": "planner.cli.data:import_",
    "metrics": "planner.cli.data:metrics",
    "dialogue": "planner.cli.data:dialogue",
    "db": "planner.cli.setup:db",
    "web": "planner.cli.running:web",
    "scheduler": "planner.cli.running:scheduler",
    "worker": "planner.cli.running:worker",
    "sandbox": "planner.cli.running:sandbox",
}


class Commands(Sentences):
    """Finds each command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sendeplan", message="Sendeplan %(version)s")
def main() -> None:
    """Plan a week of posts, publish each exactly once, and see whether it worked.

    To look around, run "sendeplan demo". To set up for real, run "sendeplan init", then "sendeplan serve".
    """

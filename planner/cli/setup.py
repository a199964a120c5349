"""Setting up: the instance folder, the schema, people and tokens."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from planner.cli.failing import Failed
from planner.cli.starting import platform
from planner.domain.roles import Role

ROLES = click.Choice([role.value for role in Role])
WORKSPACE = click.option("--workspace", type=int, help="The id of the workspace, where there are several.")


@click.command()
def init() -> None:
    """Make the instance folder, its keys, the schema and one workspace.

    Asks nothing and may be run again: what is there stays. The folder is ./instance, or what SENDEPLAN_INSTANCE names.
    """
    import os

    from planner.config import PREFIX, load_settings, make_keys
    from planner.services.installation import first_workspace

    instance = Path(os.environ.get(PREFIX + "INSTANCE", "instance")).absolute()
    made = make_keys(instance)
    instance.chmod(0o700)
    with platform(migrate=True, settings=load_settings(instance)) as wired:
        wired.settings.media_folder.mkdir(exist_ok=True)
        with wired.database.write() as session:
            workspace, new = first_workspace(session, now=wired.clock.now())
    click.echo(f"The instance lies in {instance}." + ("" if made else " Its keys were there already and stay."))
    click.echo(f"The workspace “{workspace.name}” ({workspace.zone}) {'is new' if new else 'was there already'}.")
    click.echo("Next: sendeplan user create YOU@EXAMPLE.COM --role admin --password-stdin, then sendeplan serve")


@click.group()
def db() -> None:
    """The database's schema."""


@db.command()
def upgrade() -> None:
    """Bring the schema up to date. Nothing happens where it is already."""
    with platform(migrate=True):
        click.echo("The schema is up to date.")


@click.group()
def user() -> None:
    """People who sign in."""


@user.command("create")
@click.argument("email")
@click.option("--role", type=ROLES, required=True, help="What the person may do.")
@click.option("--name", default="", help="The person's name; read off the address where it is not given.")
@click.option(
    "--password-stdin",
    is_flag=True,
    required=True,
    help="Read the password from standard input; a terminal asks for it.",
)
@WORKSPACE
def create_user(email: str, role: str, name: str, password_stdin: bool, workspace: int | None) -> None:  # noqa: ARG001
    """Give a person a place in the workspace: they sign in with EMAIL and the password."""
    from planner.services import members
    from planner.services.actor import machine
    from planner.services.installation import find_workspace

    password = _password()
    if not password:
        raise Failed("There is no password on standard input. Pipe it in: printf %s 'the password' | sendeplan user …")
    with platform() as wired, wired.database.write() as session:
        place = find_workspace(session, workspace)
        members.create(
            session, machine(place.id), email, Role(role), password=password, name=name, now=wired.clock.now()
        )
        click.echo(f"{email.strip().lower()} is {role} of “{place.name}” now.")


def _password() -> str:
    """From a pipe; a person at a terminal is asked for it, and it is not shown."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


@click.group()
def token() -> None:
    """Keys for scripts that use the API."""


@token.command("create")
@click.option("--role", type=ROLES, required=True, help="What the token may do.")
@click.option("--name", required=True, help="What it is for; the history shows this name.")
@WORKSPACE
def create_token(role: str, name: str, workspace: int | None) -> None:
    """Make a token. It is printed alone on the last line, once, and never shown again."""
    from planner.services import tokens
    from planner.services.actor import machine
    from planner.services.installation import find_workspace

    with platform() as wired, wired.database.write() as session:
        place = find_workspace(session, workspace)
        _, secret = tokens.create(session, machine(place.id), name, Role(role), now=wired.clock.now())
    click.echo(
        f"Keep this token, it is shown only now. It may do in “{place.name}” what a member with the role {role} may."
    )
    click.echo(secret)

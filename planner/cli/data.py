"""Saving, bringing back, handing over; and fetching figures and remarks by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from planner.cli.failing import Failed
from planner.cli.setup import WORKSPACE
from planner.cli.starting import OLD_SCHEMA, platform

if TYPE_CHECKING:
    from planner.bootstrap import Platform

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@FILE
def backup(file: Path) -> None:
    """Save database and images into FILE; a server may go on running.

    FILE holds no keys: keep a copy of keys.toml somewhere else. Without it, channels must be reconnected after a
    restore.
    """
    from planner.services import backup as backups, heartbeats

    with platform() as wired:
        try:
            manifest = backups.save(wired, file)
        except backups.BackupError as error:
            raise Failed(str(error)) from None
        heartbeats.beat(wired, "backup", "command")
    file.chmod(0o600)
    click.echo(f"Saved to {file}: {sum(manifest.tables.values())} rows and {manifest.media} images.")
    click.echo("The keys are not in it. Keep a copy of keys.toml apart from it.")


@click.command()
@FILE
def restore(file: Path) -> None:
    """Bring the backup in FILE back. Stop the server first.

    What was there is moved aside. Afterwards everything is paused, and what may have gone out since the backup is
    looked for on the networks before the pause can be lifted, so that nothing is published twice.
    """
    from planner.services import backup as backups

    done = _alone(lambda wired: backups.restore(wired, file))
    tables = f", its tables in the database's schema {done.schema}" if done.schema else ""
    click.echo(f"The backup of {done.manifest.created_at} is back. What was there before lies in {done.aside}{tables}.")
    _say_what_is_looked_for(done.doubts)


@click.command()
@click.option(
    "--since",
    required=True,
    metavar="MOMENT",
    help='As of when the database is, or earlier: "2027-01-31 22:00" (this machine\'s time), "2027-01-31T21:00Z".',
)
def restored(since: str) -> None:
    """Say that the database was brought back past Sendeplan. Stop the server first.

    By pg_restore, to a point in time, with a machine's snapshot, or by a standby that took over and may lack the last
    moments. As after "sendeplan restore" everything is paused, and what may have gone out since MOMENT is looked for on
    the networks before the pause can be lifted, so that nothing is published twice.
    """
    from planner import schema
    from planner.services import backup as backups

    try:
        moment = datetime.fromisoformat(since.strip()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise click.BadParameter('give a moment such as "2027-01-31 22:00".', param_hint="--since") from None

    def declare(wired: Platform) -> int:
        if not schema.is_current(wired.database):
            raise Failed(OLD_SCHEMA)
        return backups.declare(wired, moment)

    doubts = _alone(declare)
    click.echo(f"The database is taken to be as of {moment:%Y-%m-%d %H:%M} UTC.")
    _say_what_is_looked_for(doubts)


Done = TypeVar("Done")


def _alone(act: Callable[[Platform], Done]) -> Done:
    """Act on the instance while no server runs. Raises Failed."""
    from planner import logs
    from planner.bootstrap import bootstrap
    from planner.lock import InUse, alone
    from planner.services.backup import BackupError

    wired = bootstrap()
    logs.configure(wired.settings)
    try:
        with alone(wired.settings.instance):
            return act(wired)
    except InUse:
        raise Failed("Sendeplan is running on this instance. Stop it first.") from None
    except BackupError as error:
        raise Failed(str(error)) from None
    finally:
        wired.close()


def _say_what_is_looked_for(count: int) -> None:
    if count:
        click.echo(f"All publishing is paused. Deliveries that are looked for on the networks first: {count}.")
    else:
        click.echo("All publishing is paused. There is nothing to look for on the networks.")
    click.echo("Next: start Sendeplan as before, then lift the pause once nothing is looked for any more.")


@click.command()
@WORKSPACE
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output where not given."
)
def export(workspace: int | None, output: Path | None) -> None:
    """Write the plan of a workspace as JSON: topics, campaigns, posts, channels without their credentials."""
    from planner.services import transfer
    from planner.services.installation import find_workspace

    with platform() as wired, wired.database.read() as session:
        plan = transfer.export(session, find_workspace(session, workspace).id)
    text = json.dumps(plan, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    click.echo(f"Written to {output}.", err=True)


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@WORKSPACE
def import_(file: Path, workspace: int | None) -> None:
    """Take in a plan that "sendeplan export" wrote; "-" reads standard input.

    May be run again: what is there already stays. Says for each entry what became of it. Posts come in as drafts with
    their time in the note; channels come in without a connection.
    """
    from planner.services import transfer
    from planner.services.actor import machine
    from planner.services.installation import find_workspace
    from planner.web.messages import explain

    try:
        plan = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise Failed(f"{file} is not JSON. Take a file that `sendeplan export` wrote.") from None
    with platform() as wired, wired.database.write() as session:
        place = find_workspace(session, workspace)
        try:
            report = transfer.import_plan(session, machine(place.id), plan, now=wired.clock.now())
        except transfer.NotAPlan:
            raise Failed(f"{file} is not a plan. Take a file that `sendeplan export` wrote.") from None
    for taken in report:
        reasons = "; ".join(f"{e.field}: {explain(e)}" for e in taken.errors)
        click.echo(f"{taken.outcome:<8}{taken.kind:<11}{taken.name}{f'  ({reasons})' if reasons else ''}")
    if any(taken.outcome == "refused" for taken in report):
        raise Failed("Some entries could not be taken in; the lines above say why. The others are in.")


@click.group()
def metrics() -> None:
    """Figures from the networks."""


@metrics.command()
@click.option("--all", "everything", is_flag=True, help="Everything published, not only what is due.")
def pull(*, everything: bool) -> None:
    """Fetch the figures that are due."""
    from planner.services.metrics import pull_channels, pull_due

    with platform() as wired:
        pulled = pull_due(wired, all_due=everything)
        pull_channels(wired)
    click.echo(f"{pulled.snapshots} new figures for {pulled.posts} posts on {pulled.channels} channels.")
    if pulled.failed:
        raise Failed(f"{pulled.failed} channels did not answer. Their posts are asked for again later.")


@click.group()
def dialogue() -> None:
    """What people say about posts and channels."""


@dialogue.command("pull")
@click.option("--all", "everything", is_flag=True, help="Every post whose time is not over, not only what is due.")
def hear(*, everything: bool) -> None:
    """Fetch the comments and mentions that are due."""
    from planner.services.dialogue import hear_due

    with platform() as wired:
        heard = hear_due(wired, all_due=everything)
    click.echo(f"{heard.messages} new remarks, {heard.posts} posts looked at on {heard.channels} channels.")
    if heard.failed:
        raise Failed(f"{heard.failed} channels did not answer. They are asked again later.")

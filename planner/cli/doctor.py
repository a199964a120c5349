"""The check-up."""

from __future__ import annotations

import click

from planner.cli.failing import Failed


@click.command()
def doctor() -> None:
    """Look over settings, keys, schema, folder, scheduler, deliveries, channels and mail, and say
    what to do.

    The exit status is 1 where something needs somebody.
    """
    from planner import logs
    from planner.bootstrap import bootstrap
    from planner.services.checkup import examine

    wired = bootstrap()  # refuses settings and keys that cannot be used, in a sentence of its own
    logs.configure(wired.settings)
    problems = 0
    try:
        for finding in examine(wired):
            problems += finding.problem
            click.echo(f"{finding.sign}  {finding.what:<11} {finding.said}")
            if finding.hint:
                click.echo(f"    {'':<11} {finding.hint}")
    finally:
        wired.close()
    if problems:
        raise Failed(f"Needs somebody: {problems}.")
    click.echo("All is well.")

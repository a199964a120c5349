"""The check-up."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from planner.cli.failing import Failed

if TYPE_CHECKING:
    from planner.services.checkup import Finding

SIGNS = {"ok": "ok", "notice": "--", "problem": "!!"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Say it in JSON, for machines.")
@click.option(
    "--online",
    is_flag=True,
    help="Also ask each network for its time, about your developer app, and about each channel's connection.",
)
def doctor(*, as_json: bool, online: bool) -> None:
    """Look over settings, keys, clocks, apps, schema, folder, scheduler, deliveries, channels, mail; say what to do.

    The exit status is 1 where something needs somebody.
    """
    from planner import logs
    from planner.bootstrap import bootstrap
    from planner.services.checkup import examine

    wired = bootstrap()  # refuses settings and keys that cannot be used, in a sentence of its own
    logs.configure(wired.settings)
    found: list[Finding] = []
    try:
        for finding in examine(wired, online=online):
            found.append(finding)
            if not as_json:
                _say(finding)
    finally:
        wired.close()
    problems = sum(finding.problem for finding in found)
    if as_json:
        click.echo(json.dumps({"well": not problems, "findings": [_plain(f) for f in found]}, ensure_ascii=False))
    if problems:
        raise Failed(f"Needs somebody: {problems}.")
    if not as_json:
        click.echo("All is well.")


def _say(finding: Finding) -> None:
    said, hint = _sentences(finding)
    click.echo(f"{SIGNS[finding.level.value]}  {finding.area:<11} {said}")
    if hint:
        click.echo(f"    {'':<11} {hint}")


def _plain(finding: Finding) -> dict[str, Any]:
    said, hint = _sentences(finding)
    return {
        "level": finding.level.value,
        "area": finding.area,
        "code": finding.code,
        "params": {name: _plain_value(value) for name, value in finding.params.items()},
        "said": said,
        "hint": hint,
    }


def _plain_value(value: Any) -> Any:
    """Moments in RFC 3339, spans of time in seconds."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.total_seconds() if isinstance(value, timedelta) else value


def _sentences(finding: Finding) -> tuple[str, str]:
    from planner.web.messages.checkup import explain  # without a request they stay English

    return explain(finding, lambda at: f"{at:%Y-%m-%d %H:%M} UTC", lambda span: f"{span.total_seconds():.0f} s")

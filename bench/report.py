"""From figures to the page docs/performance.md."""

from __future__ import annotations

import platform as machine
from collections.abc import Iterator
from datetime import UTC, datetime
from os import cpu_count
from typing import Any

Row = tuple[str, str, str]
#: From here on the cores count as full: what the system itself and their sharing take is not in the figures.
FULL = 0.75


def report(results: dict[str, dict[str, Any]]) -> str:
    """The page."""
    today = datetime.now(UTC).date().isoformat()
    return f"""# Performance

Measured on {today}: {cpu_count()} cores, {machine.system()} {machine.machine()}, Python {machine.python_version()}.
Repeat with `make bench` (about seventeen minutes, nothing else running); it rewrites this page. Compare ratios, not
milliseconds: the bare client, the sandbox networks, PostgreSQL and Sendeplan share the same cores in the same run.

## One process, on SQLite

{_table(_one_process(results))}

The *bare client* (`bench/bare.py`) sends the same posts with the same number of threads and one kept-alive session per
thread, and notes nothing. The channels are Facebook, X and LinkedIn, where a post is one request; XING does not name
what it accepted, so that publishing there also reads the account's feed. Lateness counts from the due second to the
arrival of the request at the sandbox network.

Memory is that of the developers' environment: among its packages is `rich`, which structlog loads where it finds it. An
installation without it needs about 5 MB less.

## With many stored posts

{_table(_growth(results["growth"]))}

## The clock against one stored job for each post

The usual way to schedule posts is a stored job for each of them. Both send 1,000 posts due in the same second out of
10,000 stored ones, over 40 channels, with 8 threads, to networks that answer at once. Ours writes posts through all its
checks and notes each step of each delivery; APScheduler's jobs note nothing, and its setting to drop what is late is
switched off.

{_clock(results["clock"])}

## Calls for figures

Figures are asked for with as many posts at once as each network takes: 100 on X, 50 in one batch of Graph's (a post's
fields and its insights are one question), 20 of a LinkedIn organisation. Of a LinkedIn member (five calls) and on XING
each post is asked for by itself, as their APIs have it. Where reading is paid for, a post is asked for more rarely.
Posts with a video are asked for with the others on Facebook, and in calls of their own on X, where each medium that is
read costs; on LinkedIn each of them takes three calls more.

The figures of a whole channel (who follows, and each of the last days) are asked for once a day: one call at Facebook,
whose followers and all metrics are one question, and at X, where it is one paid read; four at LinkedIn for an
organisation, one for a member; none at XING, which tells of no account. It is as many for the 30 days that come with
the first answer as for the seven that are asked for again each day. Where Graph no longer knows one of its metrics, a
batch of seven follows once; where LinkedIn refuses one of its calls for a permission, the others are not made.

{_calls(results["calls"])}

## Claims and workers

{_table(_claims(results["claims"]))}

Workers send 600 deliveries due in the same second over 100 channels, on PostgreSQL, with networks that take half a
second for each answer. Each worker has 8 threads. All share {cpu_count()} cores with the networks and the database.

{_workers(results["workers"]) if "workers" in results else "Not measured in this run."}{_fills_up(results)}
"""


def _table(rows: Iterator[Row]) -> str:
    lines = "\n".join(f"| {what} | {figure} | {note} |" for what, figure, note in rows)
    return f"| What | Figure | Remarks |\n|---|---|---|\n{lines}"


def _one_process(results: dict[str, dict[str, Any]]) -> Iterator[Row]:
    start, single, many, month = (results[name] for name in ("start", "single", "many", "calendar"))
    yield "`sendeplan serve` to `/healthz` 200", f"{start['median']:.2f} s", "median of 5"
    yield "Resident memory, idle", f"{start['idle_mb']:.0f} MB", "aim: at most 120 MB"
    yield f"Resident memory after {many['posts']:,} deliveries", f"{many['after_mb']:.0f} MB", "aim: at most 120 MB"
    yield (
        "One delivery due alone: due moment to arrival at the network",
        f"p50 {single['p50'] * 1000:.0f} ms, p99 {single['p99'] * 1000:.0f} ms",
        f"{single['count']:.0f} deliveries; aim: p99 under 1 s",
    )
    yield (
        f"{many['posts']:,} due in one second over {many['channels']} channels: lateness",
        f"p50 {many['late_p50']:.2f} s, p99 {many['late_p99']:.2f} s",
        f"networks answer in 50 ms, {many['threads']} sender threads",
    )
    yield "the same: until the last was sent", f"{many['last']:.2f} s", f"bare client: {many['bare']:.2f} s"
    yield "**the same: rate against the bare client**", f"**{many['ratio']:.2f}**", "aim: at least 0.8"
    for name, title in (("page", "Month calendar, page"), ("json", "Month calendar, JSON")):
        part = month[name]
        remarks = f"{part['many_ms']:.1f} ms against {part['few_ms']:.1f} ms; {part['queries']} queries"
        yield f"{title}: 100,000 posts against 1,000", f"{part['ratio']:.2f}", remarks + "; aim: at most 1.3"


def _calls(found: dict[str, dict[str, Any]]) -> str:
    lines = [
        f"| {key} | {one['calls']:,} | {one['pulls']} | {format(one['dollars'], '.3f') if one['dollars'] else '–'} "
        f"| {one['channel']} |"
        for key, one in found.items()
    ]
    head = (
        "| Network | Calls for 1,000 posts | Pulls of one post in its life | Reading one post costs (US dollars) "
        "| Calls for a channel and day |"
    )
    return "\n".join([head, "|---|---:|---:|---:|---:|", *lines])


def _growth(found: dict[str, Any]) -> Iterator[Row]:
    for kind, database in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        for name, title in (("look", "A look for what is due"), ("tick", "A tick of the safety net")):
            one = found[kind]
            remarks = f"{one[name + '_many_ms']:.2f} ms against {one[name + '_few_ms']:.2f} ms; aim: at most 1.5"
            yield f"{title}, {database}: 1,000,000 posts against 1,000", f"{one[name + '_ratio']:.2f}", remarks


def _clock(found: dict[str, Any]) -> str:
    jobs, ours = found["jobs"], found["ours"]
    names = {
        "add": "Adding 10,000 posts",
        "start": "Starting on them",
        "late_p50": "Lateness, p50",
        "late_p99": "Lateness, p99",
        "last": "Until the last of 1,000 arrived",
    }
    lines = "\n".join(f"| {title} | {jobs[key]:.2f} s | {ours[key]:.2f} s |" for key, title in names.items())
    return f"| | One stored job for each | Sendeplan |\n|---|---|---|\n{lines}"


def _claims(found: dict[str, Any]) -> Iterator[Row]:
    for kind, title in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        rates = found[kind]
        yield f"Claims a second, one process, {title}", f"{rates['one']:,.0f}", "one by one"
        yield "the same", f"{rates['sixteen']:,.0f}", "in batches of 16"


def _workers(found: dict[str, Any]) -> str:
    head = (
        "| Who sends | Deliveries a minute | First arrival | Lateness p50, p99 | Commits, rows written for each"
        " | Processor time for each: senders, scheduler, database, networks | Cores busy with it |"
    )
    lines = "\n".join(
        f"| {_who(count)}"
        f" | {part['per_minute']:,.0f} | {part['first'] * 1000:.0f} ms"
        f" | {part['late_p50']:.1f} s, {part['late_p99']:.1f} s | {part['commits']:.1f}, {part['rows']:.1f}"
        f" | {_milliseconds(part, 'senders', 'clock', 'database', 'networks')} | {part['busy']:.0%} |"
        for count, part in found.items()
    )
    return f"{head}\n|---|---|---|---|---|---|---|\n{lines}"


def _fills_up(results: dict[str, dict[str, Any]]) -> str:
    """What fills up first, by how busy the cores are; empty where that was not measured."""
    found = results.get("workers", {})
    slow = max((part["busy"] for count, part in found.items() if count != "at_once"), default=None)
    fast = found["at_once"]["busy"] if "at_once" in found else None
    kinds = {"take half a second for each answer": slow, "answer at once": fast}
    said = [f"with networks that {kind} {_what_is_full(busy)}" for kind, busy in kinds.items() if busy is not None]
    return f"\n\nWhat fills up first: {'; '.join(said)}." if said else ""


def _what_is_full(busy: float) -> str:
    if busy >= FULL:
        return f"it is the {cpu_count()} cores, which are {busy:.0%} busy with it"
    return f"it is the sender threads, which wait while the {cpu_count()} cores are at most {busy:.0%} busy"


def _who(count: str) -> str:
    named = {"0": "the scheduler, 8 threads", "1": "1 worker", "at_once": "4 workers, networks that answer at once"}
    return named.get(count, f"{count} workers")


def _milliseconds(part: dict[str, Any], *names: str) -> str:
    return ", ".join(f"{part[f'cpu_{name}'] * 1000:.1f}" for name in names) + " ms"

"""``python -m bench [start] [single] [many] [calendar]``: measure, and write docs/performance.md."""

from __future__ import annotations

import platform as machine
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from os import cpu_count
from typing import Any

from bench import calendar_page, publishing
from bench.instance import ROOT

REPORT = ROOT / "docs" / "performance.md"
PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "start": publishing.start,
    "single": publishing.single,
    "many": publishing.many,
    "calendar": calendar_page.calendar,
}


def main(names: list[str]) -> int:
    """Measure the named parts, all where none are named; only a full run rewrites the report."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"There is no part {', '.join(unknown)}. Parts are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    results = {}
    for name in names or PARTS:
        results[name] = PARTS[name]()
        print(name, results[name], flush=True)
    if set(results) == set(PARTS):
        REPORT.write_text(report(results), encoding="utf-8")
        print(f"Written to {REPORT.relative_to(ROOT)}.")
    return 0


def report(results: dict[str, dict[str, Any]]) -> str:
    """The page docs/performance.md."""
    start, single, many, month = (results[name] for name in PARTS)
    today = datetime.now(UTC).date().isoformat()
    rows = [
        ("`sendeplan serve` to `/healthz` 200", f"{start['median']:.2f} s", "median of 5"),
        ("Resident memory, idle", f"{start['idle_mb']:.0f} MB", "aim: at most 120 MB"),
        (f"Resident memory after {many['posts']:,} deliveries", f"{many['after_mb']:.0f} MB", "aim: at most 120 MB"),
        (
            "One delivery due alone: due moment to arrival at the network",
            f"p50 {single['p50'] * 1000:.0f} ms, p99 {single['p99'] * 1000:.0f} ms",
            f"{single['count']:.0f} deliveries; aim: p99 under 1 s",
        ),
        (
            f"{many['posts']:,} due in one second over {many['channels']} channels: lateness",
            f"p50 {many['late_p50']:.2f} s, p99 {many['late_p99']:.2f} s",
            f"networks answer in 50 ms, {many['threads']} sender threads",
        ),
        ("the same: until the last was sent", f"{many['last']:.2f} s", f"bare client: {many['bare']:.2f} s"),
        ("**the same: rate against the bare client**", f"**{many['ratio']:.2f}**", "aim: at least 0.8"),
    ]
    for name, title in (("page", "Month calendar, page"), ("json", "Month calendar, JSON")):
        part = month[name]
        remarks = f"{part['many_ms']:.1f} ms against {part['few_ms']:.1f} ms; {part['queries']} queries"
        rows.append((f"{title}: 100,000 posts against 1,000", f"{part['ratio']:.2f}", remarks + "; aim: at most 1.3"))
    table = "\n".join(f"| {what} | {figure} | {note} |" for what, figure, note in rows)
    return f"""# Performance

Measured on {today}: {cpu_count()} cores, {machine.system()} {machine.machine()}, Python {machine.python_version()},
SQLite. Repeat with `make bench` (about two minutes, nothing else running); it rewrites this page. Compare ratios, not
milliseconds: the bare client, the sandbox networks and Sendeplan share the same cores in the same run.

| What | Figure | Remarks |
|---|---|---|
{table}

The *bare client* (`bench/bare.py`) sends the same posts with the same number of threads and one kept-alive session per
thread, and notes nothing. The channels are Facebook, X and LinkedIn, where a post is one request; XING does not name
what it accepted, so that publishing there also reads the account's feed. Lateness counts from the due second to the
arrival of the request at the sandbox network.
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

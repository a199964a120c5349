"""``python -m bench [start] [single] [many] [calendar] [growth] [clock] [claims] [calls] [workers]``: measure, and
write docs/performance.md."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from bench import calendar_page, calls, claims, clock, growth, publishing, workers
from bench.instance import ROOT
from bench.report import report

REPORT = ROOT / "docs" / "performance.md"
PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "start": publishing.start,
    "single": publishing.single,
    "many": publishing.many,
    "calendar": calendar_page.calendar,
    "growth": growth.growth,
    "clock": clock.clock,
    "claims": claims.claims,
    "calls": calls.calls,
    "workers": workers.workers,
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

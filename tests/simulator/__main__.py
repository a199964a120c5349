"""``python -m tests.simulator``: play many schedules and count, or tell one of them."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence

from tests.simulator.report import Report
from tests.simulator.run import (
    BY_SEED,
    POSTGRESQL,
    SQLITE,
    Options,
    clears_up_when_terminated,
    own_folder,
    postgresql,
    run,
    stage,
)
from tests.simulator.verdict import Verdict

PROGRESS_EVERY = 1000
MOST_TOLD = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 where all is well, 1 where a promise was broken, 2 for wrong usage."""
    with clears_up_when_terminated():
        return _main(_parser().parse_args(arguments))


def _main(given: argparse.Namespace) -> int:
    options = Options(given.database, given.share)
    if given.verbose:
        return _tell(range(given.seed, given.seed + (given.schedules or 1)), options)
    seeds = range(given.seed, given.seed + (given.schedules or 400))
    begun = time.monotonic()
    done = 0

    def hear(verdict: Verdict) -> None:
        nonlocal done
        done += 1
        if verdict.is_red:
            _say(f"seed {verdict.seed} ({verdict.database}) is red; {again(verdict, options)}")
            for problem in verdict.problems[:5]:
                _say(f"    {problem}")
        if done % PROGRESS_EVERY == 0:
            _say(f"{done} of {len(seeds)} schedules, {done / (time.monotonic() - begun):.0f} a second")

    report = run(seeds, options, given.jobs, until_red=given.until_red, hear=hear)
    seconds = time.monotonic() - begun
    rate = f"{seconds:.0f} s, {done / seconds:.1f} schedules a second, from seed {given.seed} on."
    _say("\n".join([*report.lines(), rate]))
    return 0 if is_well(report) else 1


def is_well(report: Report) -> bool:
    """Nothing doubled, lost, stuck or broken, and few asked without need."""
    return not report.red and report.asks_little


def again(verdict: Verdict, options: Options) -> str:
    """How to play exactly this schedule again."""
    share = f" --share {options.share}" if options.share is not None else ""
    database = f" --database {options.database}" if options.database != BY_SEED else ""
    return f"to repeat it: python -m tests.simulator --seed {verdict.seed}{database}{share} --verbose"


def _tell(seeds: Sequence[int], options: Options) -> int:
    red = False
    with postgresql(options, seeds) as server, own_folder() as folder, stage(seeds, options, server, folder) as made:
        for seed in seeds:
            verdict, world = made.play(seed)
            red |= verdict.is_red
            _say(f"--- seed {seed} on {verdict.database}, {verdict.share:.0%} of the requests fail")
            _say("\n".join([*world.history, *(verdict.problems or ["All is well."]), f"Digest: {verdict.digest}"]))
    return 1 if red else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--schedules", type=int, help="how many seeds (400; 1 with --verbose)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="operating-system processes")
    parser.add_argument("--database", choices=(BY_SEED, SQLITE, POSTGRESQL), default=BY_SEED, help="auto: by the seed")
    parser.add_argument("--share", type=float, help="share of requests that fail, 0 to 1 (by the seed: 0, 0.1 or 0.3)")
    parser.add_argument("--until-red", action="store_true", help="stop at the first seed that is red")
    parser.add_argument("--verbose", action="store_true", help="tell the whole history")
    return parser


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

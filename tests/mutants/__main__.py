"""``python -m tests.mutants [NAME…]``: take away each guard in turn (or the named ones), and write the table.

``--list`` names them all, ``--table`` only writes the table anew from what it says, ``--jobs N`` runs N at a time. The
exit status is 1 where a guard was taken away unnoticed or a mutant no longer fits the code, 2 where the tests are red
without any.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.mutants import report
from tests.mutants.model import Mutant
from tests.mutants.running import ControlFailed, Result, Verdict, run
from tests.mutants.table import MUTANTS


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--list", action="store_true", help="name them all and end")
    parser.add_argument("--table", action="store_true", help="run none, write the table anew from what it says")
    parser.add_argument("--no-simulator", action="store_true", help="ask the tests alone, not the simulator as well")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    given = parser.parse_args(arguments)
    known = {mutant.name: mutant for mutant in MUTANTS}
    if unknown := sorted(set(given.names) - set(known)):
        parser.error(f"no such mutant: {', '.join(unknown)}")
    chosen = [known[name] for name in given.names] or list(MUTANTS)
    if given.list:
        say("\n".join(f"{mutant.name:26} {mutant.guard}" for mutant in chosen))
        return 0
    if given.table:
        report.write([])
        return 0
    try:
        results = [told(result) for result in run(chosen, given.jobs, simulate=not given.no_simulator)]
    except ControlFailed as failed:
        say(f"The tests are red without any mutant:\n{failed}")
        return 2
    sum_up(chosen, results)
    return 0 if all(result.verdict is Verdict.NOTICED for result in results) else 1


def told(result: Result) -> Result:
    """Say how one ended, when it has, and put it into the table."""
    report.write([result])
    what = f"{result.test} ({result.words[:100]})"
    if result.verdict is not Verdict.NOTICED:
        what = f"{result.verdict.upper()} {result.words}"
    simulated = f"  (simulator: {result.simulator})" if result.simulator else ""
    say(f"{result.mutant:26} {result.seconds:5.1f} s  {what}{simulated}")
    return result


def sum_up(chosen: Sequence[Mutant], results: Sequence[Result]) -> None:
    """Say how many were noticed."""
    noticed = sum(result.verdict is Verdict.NOTICED for result in results)
    say(
        f"{noticed} of {len(chosen)} guards cannot be taken away unnoticed; {report.FILE.name} says which test notices."
    )


def say(line: str) -> None:
    """At once, however long the next one takes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The table of guards in docs/dev/guards.md: made from the mutants and from how they ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from tests.mutants.model import ROOT, Mutant
from tests.mutants.running import Result, Verdict
from tests.mutants.simulating import MOST_SEEDS
from tests.mutants.table import AREAS

FILE = ROOT / "docs" / "dev" / "guards.md"
_HEAD = """# Guards, each proven needed

What keeps [publishing exactly once](publishing.md) is a number of guards in the code. This page says of each what
became of the tests when it was taken away. `make mutants` writes it: it copies the project, takes one guard away, runs
the tests that ought to notice, and goes on to the next. It ends with status 1 where a guard can be taken away
unnoticed, and where a mutant no longer fits the code. Seconds are those of the whole run of its tests, start included.

A guard with a second one behind it says so: the mutant then takes away both.

The central guards are also taken away under [the simulator](simulator.md), which knows none of them: it plays seed
after seed, up to {sqlite} on SQLite and {postgresql} on PostgreSQL, and the last column says at which it turned red.
A guard for a moment that its schedules do not meet so soon is the tests' to hold.
""".format_map(MOST_SEEDS)
_COLUMNS = "| Guard | Where | Taken away | First test to turn red | s | Simulator |\n|---|---|---|---|---|---|\n"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the last run said of one mutant."""

    test: str
    seconds: str
    simulator: str = ""


def read(file: Path = FILE) -> dict[str, Measured]:
    """What stands in the table, by the mutant's name."""
    measured: dict[str, Measured] = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| `") and len(cells) == 6:
            measured[cells[0].split("`")[1]] = Measured(*cells[3:])
    return measured


def write(results: Iterable[Result], file: Path = FILE) -> None:
    """Write the page: what stood there, with what the newest run says."""
    measured = read(file)
    for result in results:
        before = measured.get(result.mutant, Measured("", ""))
        measured[result.mutant] = replace(_measured(result), simulator=result.simulator or before.simulator)
    file.write_text(render(measured), encoding="utf-8")


def render(measured: Mapping[str, Measured]) -> str:
    """The whole page. A mutant that has never run says so."""
    parts = [_HEAD]
    for area, mutants in AREAS.items():
        rows = "".join(_row(mutant, measured.get(mutant.name, Measured("not run yet", ""))) for mutant in mutants)
        parts.append(f"\n## {area}\n\n{_COLUMNS}{rows}")
    return "".join(parts)


def _row(mutant: Mutant, measured: Measured) -> str:
    where = ", ".join(f"`{file}`" for file in mutant.files)
    kind = " (PostgreSQL)" if mutant.on == "postgresql" else ""
    second = f" Second guard: {mutant.second}." if mutant.second else ""
    cells = (f"`{mutant.name}`: {mutant.guard}{second}", where, mutant.taken + kind, *astuple(measured))
    return f"| {' | '.join(cells)} |\n"


def _measured(result: Result) -> Measured:
    if result.verdict is Verdict.NOTICED:
        return Measured(f"`{result.test.partition('[')[0]}`", f"{result.seconds:.0f}")
    return Measured(f"**{result.verdict}**", f"{result.seconds:.0f}")

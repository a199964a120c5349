"""Running tests in copies of the project: unchanged once, as a control, then once for each mutant."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.model import ROOT, Kind, Mutant, Outdated
from tests.mutants.simulating import NOT_NOTICED, first_red
from tests.support.databases import SERVER_VARIABLE, choose_shared_folder, postgres_server

COPIED = ("planner", "publishers", "templates", "tests")
LOGS = ROOT / "build" / "mutants"
PATIENCE = 120.0
CONTROL_PATIENCE = 600.0

#: The tests of the other kind of database are left out.
_LEFT_OUT: dict[Kind, str] = {"sqlite": "not postgresql", "postgresql": "not sqlite"}
_RED = re.compile(r"^(FAILED|ERROR) tests/(.+?)(?: - (.*))?$", re.MULTILINE)
#: What shows that the mutant does not even run: that is no proof of anything.
_NO_PROOF = ("SyntaxError", "IndentationError", "NameError", "ImportError", "ModuleNotFoundError", "UnboundLocalError")


class Verdict(StrEnum):
    """How a mutant ended. Only ``noticed`` is good."""

    NOTICED = "noticed"
    UNNOTICED = "unnoticed"
    OUTDATED = "outdated"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Result:
    """``test`` turned red first, with ``words``, after ``seconds`` with everything that a start of the tests takes."""

    mutant: str
    verdict: Verdict
    test: str = ""
    words: str = ""
    seconds: float = 0.0
    simulator: str = ""


class ControlFailed(Exception):
    """The tests are red without any mutant."""


def run(mutants: Sequence[Mutant], jobs: int, *, simulate: bool = True) -> Iterator[Result]:
    """Run the control, then every mutant, ``jobs`` at a time; the central ones in the simulator as well. Raises
    ControlFailed."""
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    with TemporaryDirectory(prefix="sendeplan-mutants-") as folder, _environment(mutants) as environment:
        template = Path(folder) / "unchanged"
        _copy(ROOT, template)
        with ThreadPoolExecutor(jobs) as at_work:
            _control(template, mutants, environment, at_work)
            if simulate and any(mutant.simulated for mutant in mutants):
                _control_simulator(template, environment)
            yield from at_work.map(lambda mutant: _try(template, mutant, environment, simulate=simulate), mutants)


def _control(
    template: Path, mutants: Iterable[Mutant], environment: dict[str, str], at_work: ThreadPoolExecutor
) -> None:
    kinds: tuple[Kind, ...] = ("sqlite", "postgresql")
    wanted = {kind: sorted({test for m in mutants if m.on == kind for test in m.tests}) for kind in kinds}

    def run_one(kind: Kind) -> tuple[int | None, str]:
        if not wanted[kind]:
            return 0, ""
        return _pytest(template, wanted[kind], kind, environment, CONTROL_PATIENCE, f"control-{kind}")

    for status, output in at_work.map(run_one, kinds):
        if status != 0:
            raise ControlFailed(output[-3000:])


def _control_simulator(template: Path, environment: dict[str, str]) -> None:
    said = first_red(template, environment | {"PYTHONPATH": str(template)})
    if said != NOT_NOTICED:
        raise ControlFailed(f"the simulator: {said}")


def _try(template: Path, mutant: Mutant, environment: dict[str, str], *, simulate: bool) -> Result:
    copy = template.with_name(mutant.name)
    shutil.copytree(template, copy)  # keeps the times of files, so that what Python compiled for the control counts
    try:
        for edit in mutant.edits:
            edit.apply(copy)
        begun = time.monotonic()
        status, output = _pytest(copy, mutant.tests, mutant.on, environment, PATIENCE, mutant.name)
        result = _judged(mutant, status, output, time.monotonic() - begun)
        if not (simulate and mutant.simulated):
            return result
        return replace(result, simulator=first_red(copy, environment | {"PYTHONPATH": str(copy)}))
    except Outdated as error:
        return Result(mutant.name, Verdict.OUTDATED, words=str(error))
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _judged(mutant: Mutant, status: int | None, output: str, seconds: float) -> Result:
    if status == 0:
        return Result(mutant.name, Verdict.UNNOTICED, seconds=seconds)
    red = _RED.search(output)
    if status != 1 or red is None or red[1] == "ERROR" or (red[3] or "").startswith(_NO_PROOF):
        words = f"it took longer than {PATIENCE:.0f} s" if status is None else (red and red[3]) or output[-1500:]
        return Result(mutant.name, Verdict.BROKEN, words=words, seconds=seconds)
    return Result(mutant.name, Verdict.NOTICED, red[2], red[3] or "", seconds)


def _pytest(
    root: Path, tests: Sequence[str], kind: Kind, environment: dict[str, str], patience: float, log: str
) -> tuple[int | None, str]:
    """Run tests in a process of its own. Returns its exit status, None where it took too long, and what it said."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "-rfE", "--tb=short", "--no-header", "-k", _LEFT_OUT[kind]]
    command = [sys.executable, "-m", "pytest", *options, *(f"tests/{test}" for test in tests)]
    surroundings = {**environment, "PYTHONPATH": str(root), "COLUMNS": "2000"}
    output = LOGS / f"{log}.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=root, env=surroundings, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            status: int | None = process.wait(patience)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process)
    return status, output.read_text(encoding="utf-8", errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process, and whatever a test of a mutant left running."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def _environment(mutants: Iterable[Mutant]) -> Iterator[dict[str, str]]:
    """The environment of the tests, with one PostgreSQL for all where any asks for it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SENDEPLAN_")}
    plain["PYTHONDONTWRITEBYTECODE"] = "1"
    if SERVER_VARIABLE in os.environ:
        yield plain | {SERVER_VARIABLE: os.environ[SERVER_VARIABLE]}
    elif all(mutant.on == "sqlite" for mutant in mutants):
        yield plain
    else:
        folder = choose_shared_folder()
        try:
            with postgres_server() as server:
                yield plain | {SERVER_VARIABLE: server.render_as_string(hide_password=False)}
        finally:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    for name in COPIED:
        shutil.copytree(source / name, target / name)
    shutil.copy2(source / "pyproject.toml", target)

"""Whether the simulator alone would notice a mutant, and how soon: it plays seed after seed until one is red."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path

#: Seeds that are played at most, by database, and seconds after which it is given up. Each sees what the other cannot:
#: SQLite lets one write at a time, so that two never meet there.
MOST_SEEDS = {"sqlite": 100, "postgresql": 24}
PATIENCE = 300.0
#: Seconds that it may take to clear up.
ENDING = 30.0
NOT_NOTICED = f"not in {sum(MOST_SEEDS.values())} seeds"

_RED = re.compile(r"^seed (\d+) .*is red")
_SUM = re.compile(r"^\d+ schedules")


def first_red(root: Path, environment: dict[str, str]) -> str:
    """What is to be said of the project below ``root``: the first red seed, or that there was none."""
    for database, most in MOST_SEEDS.items():
        found = _first_red(root, environment, database, most)
        if found is not None:
            return found
    return NOT_NOTICED


def _first_red(root: Path, environment: dict[str, str], database: str, most: int) -> str | None:
    options = ["--schedules", str(most), "--seed", "1", "--jobs", "1", "--database", database, "--until-red"]
    command = [sys.executable, "-m", "tests.simulator", *options]
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        patience = threading.Timer(PATIENCE, process.terminate)
        patience.start()
        try:
            for line in process.stdout:
                if red := _RED.match(line):
                    return f"seed {red[1]}" if database == "sqlite" else f"seed {red[1]} on PostgreSQL"
                if _SUM.match(line):
                    return None
            return f"ended without a word (status {process.wait()})"
        finally:
            patience.cancel()
            process.terminate()  # it clears up behind itself
            try:
                process.wait(ENDING)
            except subprocess.TimeoutExpired:
                process.kill()

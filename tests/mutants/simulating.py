"""Whether the simulator alone would notice a mutant, and how soon: it plays seed after seed until one is red."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path

#: Seeds that are played at most, and seconds after which it is given up.
MOST_SEEDS = 100
PATIENCE = 300.0
#: Seconds that it may take to clear up.
ENDING = 30.0
NOT_NOTICED = f"not in {MOST_SEEDS} seeds"

_RED = re.compile(r"^seed (\d+) .*is red")
_SUM = re.compile(r"^\d+ schedules")


def first_red(root: Path, environment: dict[str, str]) -> str:
    """What is to be said of the project below ``root``: the first red seed, or that there was none."""
    options = ["--schedules", str(MOST_SEEDS), "--seed", "1", "--jobs", "1", "--database", "sqlite", "--until-red"]
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
                    return f"seed {red[1]}"
                if _SUM.match(line):
                    return NOT_NOTICED
            return f"ended without a word (status {process.wait()})"
        finally:
            patience.cancel()
            process.terminate()  # it clears up behind itself
            try:
                process.wait(ENDING)
            except subprocess.TimeoutExpired:
                process.kill()

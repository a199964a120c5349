"""The command ``sendeplan`` as a person runs it: a process of its own, with an instance folder of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

PATIENCE = 60


class Sendeplan:
    """Runs the command on one instance folder; ``settings`` are added to the environment."""

    def __init__(self, instance: Path, **settings: str) -> None:
        self.instance = instance
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SENDEPLAN_")}
        self._environment = {**kept, "SENDEPLAN_INSTANCE": str(instance), **settings}

    def __call__(self, *arguments: str, typed: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        """Run to the end. ``typed`` is standard input."""
        return subprocess.run(
            self._command(arguments),
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE * 2,
            check=False,
            env={**self._environment, **settings},
        )

    @contextmanager
    def running(self, *arguments: str, says: str = "running at") -> Iterator[Running]:
        """Start a command that runs until it is stopped; goes on when it has said that it runs."""
        process = subprocess.Popen(
            self._command(arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment,
        )
        running = Running(process)
        try:
            running.wait_for(says)
            yield running
        finally:
            running.kill()

    @staticmethod
    def _command(arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "planner", *arguments]


class Running:
    """A command that runs, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self.errors: list[str] = []
        self._lines: Queue[str | None] = Queue()
        self._listeners = [threading.Thread(target=listen) for listen in (self._listen, self._listen_to_errors)]
        for listener in self._listeners:
            listener.start()

    @property
    def address(self) -> str:
        """Where it answers, as it said itself."""
        found = re.search(r"running at\s+(http://\S+)", "\n".join(self.said))
        assert found, self.said
        return found[1]

    def wait_for(self, words: str) -> str:
        """The first line with these words. Fails with all that was said where it ends or falls silent instead."""
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE)
            except Empty:
                line = None
            assert line is not None, f"{words!r} was never said, but: {self.said} {self.errors}"
            self.said.append(line)
            if words in line:
                return line

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit status. All that it said is known then."""
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self._hear_to_the_end()
        return status

    def kill(self) -> None:
        """End it, whatever it is doing."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        self._hear_to_the_end()

    def _hear_to_the_end(self) -> None:
        for listener in self._listeners:
            listener.join(PATIENCE)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _listen_to_errors(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            self.errors += lines

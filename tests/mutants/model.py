"""What a mutant is: one guard taken away, and the tests that ought to notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[2]

Kind = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one file, named from the project's root. ``old`` stands there exactly once."""

    file: str
    old: str
    new: str

    def apply(self, root: Path) -> None:
        """Change the file below ``root``. Raises Outdated where ``old`` is not there once."""
        path = root / self.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if text.count(self.old) != 1:
            raise Outdated(f"{self.file} holds this {text.count(self.old)} times:\n{self.old}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Mutant:
    """``guard`` is the rule as a sentence, ``taken`` what is missing in this mutant.

    ``tests`` are those that ought to notice, as ``path::function`` below ``tests/``, run on the kind of database
    ``on``. Where another guard holds the same thing, ``second`` names it, and ``edits`` take away both.
    ``simulated`` marks the central ones, which the simulator ought to notice by itself.
    """

    name: str
    guard: str
    taken: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
    on: Kind = "sqlite"
    second: str = ""
    simulated: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """The files that are changed, in the order of the edits."""
        return tuple(dict.fromkeys(edit.file for edit in self.edits))


class Outdated(Exception):
    """The code has changed, and the mutant must follow."""


def found_in(file: str, *functions: str) -> tuple[str, ...]:
    """Tests of one file; their names without ``test_``."""
    return tuple(f"{file}::test_{function}" for function in functions)

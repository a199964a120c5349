"""The table of guards stays true: every mutant still fits the code, and every guard has its row."""

from __future__ import annotations

import ast
from collections import Counter
from functools import lru_cache
from pathlib import Path

from tests.mutants import report
from tests.mutants.model import ROOT
from tests.mutants.table import MUTANTS


def test_every_guard_that_a_mutant_takes_away_still_stands_in_the_code_once() -> None:
    found = {
        f"{mutant.name}: {edit.file} holds this {times} times:\n{edit.old}"
        for mutant in MUTANTS
        for edit in mutant.edits
        if (times := _text(ROOT / edit.file).count(edit.old)) != 1
    }
    assert not found, "let the mutant follow the code:\n" + "\n".join(sorted(found))


def test_a_mutant_is_still_python() -> None:
    for mutant in MUTANTS:
        changed = {file: _text(ROOT / file) for file in mutant.files}
        for edit in mutant.edits:
            changed[edit.file] = changed[edit.file].replace(edit.old, edit.new)
        for file, text in changed.items():
            assert text != _text(ROOT / file), mutant.name
            ast.parse(text, f"{mutant.name}: {file}")


def test_every_test_that_ought_to_notice_is_there() -> None:
    missing = {
        f"{mutant.name}: {test}"
        for mutant in MUTANTS
        for test in mutant.tests
        if f"def {test.partition('::')[2]}(" not in _text(ROOT / "tests" / test.partition("::")[0])
    }
    assert not missing, "\n".join(sorted(missing))


def test_no_two_mutants_have_one_name() -> None:
    assert [name for name, times in Counter(mutant.name for mutant in MUTANTS).items() if times > 1] == []


def test_the_table_of_guards_is_the_one_that_the_mutants_make() -> None:
    measured, again = report.read(), "run `make mutants`, with the names of those that are new"
    assert set(measured) == {mutant.name for mutant in MUTANTS}, again
    assert [mutant.name for mutant in MUTANTS if measured[mutant.name].test.strip("`") not in mutant.tests] == [], again
    assert report.FILE.read_text(encoding="utf-8") == report.render(measured), 'run `make mutants ARGS="--table"`'


@lru_cache(maxsize=64)
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""

"""Every code that can reach a person has its sentence, and no sentence waits for a code that nothing raises."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask

from planner.domain.roles import Permission
from planner.domain.walltime import Note
from planner.services.posts.checks import REFERENCES
from planner.web.messages import SENTENCES, sentence
from publishers.base import MediaKind

ROOT = Path(__file__).resolve().parents[2]
#: What takes a code, and at which place.
TAKES_CODE = {
    "FieldError": 1, "Problem": 1, "problems.add": 1,
    "Conflict": 0, "NotFound": 0, "Forbidden": 0, "MailError": 0, "OutgoingError": 0,
}  # fmt: skip
#: Codes that are put together, by how the source writes them.
BUILT = {
    "'forbidden_' + permission.value": {f"forbidden_{p.value}" for p in Permission},
    "'wall_time_' + resolved.note": {f"wall_time_{note}" for note in get_args(Note)},
    "name + '_unknown'": {f"{name}_unknown" for _model, name in REFERENCES.values()},
    "field + '_unknown'": {f"{name}_unknown" for name in ("campaign", "goal", "audience", "category", "owner")},
    "url_problem": {f"webhook_url_{wrong}" for wrong in ("invalid", "password", "not_https", "private")},
    "LEFT_OUT[name]": {"thread_left_out", "first_comment_left_out", "languages_left_out", "alt_left_out"},
    "f'{kind}s_unsupported'": {f"{kind}s_unsupported" for kind in MediaKind},
    "f'too_many_{kind}s'": {f"too_many_{kind}s" for kind in MediaKind},
    "f'{kind}_type'": {f"{kind}_type" for kind in MediaKind if kind is not MediaKind.GIF},  # which has one type
    "f'{kind}_too_large'": {f"{kind}_too_large" for kind in MediaKind},
    "f'{kind}_too_many_pixels'": {f"{kind}_too_many_pixels" for kind in MediaKind if kind is not MediaKind.DOCUMENT},
    "f'{medium.kind}_ratio'": {f"{kind}_ratio" for kind in MediaKind if kind is not MediaKind.DOCUMENT},
    "_no_slot_code(session, channel)": {"channel_has_no_slots", "channel_has_no_slot_for_category"},
}
#: Codes that were raised elsewhere and are only handed on.
HANDED_ON = {"code", "one.code", "problem.code", "found.code"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (p for p in sorted((ROOT / folder).rglob("*.py")) if "sandbox" not in p.parts)


def raised(path: Path) -> Iterator[tuple[str, str]]:
    """Where a code is raised (file and line), and the code."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        place = TAKES_CODE.get(ast.unparse(node.func)) if isinstance(node, ast.Call) else None
        if place is None or not isinstance(node, ast.Call) or len(node.args) <= place:
            continue
        given = node.args[place]
        for one in (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,):
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            if isinstance(one, ast.Constant):
                yield where, str(one.value)
            elif (written := ast.unparse(one)) not in HANDED_ON:
                assert written in BUILT, f"{where}: say in BUILT which codes {written} can be"
                yield from ((where, code) for code in BUILT[written])


def test_every_code_that_can_be_raised_has_a_sentence() -> None:
    found = [
        one
        for path in sources("planner/services", "planner/security", "planner/web", "publishers")
        for one in raised(path)
    ]
    assert len(found) > 150
    assert [(where, code) for where, code in found if code not in SENTENCES] == []


def test_no_sentence_is_left_of_a_code_that_nothing_raises() -> None:
    written = set().union(*BUILT.values(), {"list_too_long"})  # built from a list's or a text's "too_long"
    for path in sources("planner", "publishers"):
        if "messages" not in path.parts:
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            written |= {n.value for n in tree if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    assert sorted(set(SENTENCES) - written) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [("de", "4,92 MB von 5 MB"), ("en", "4.92 MB of 5 MB")],
)
def test_sizes_are_said_in_megabytes(app: Flask, language: str, said: str) -> None:
    params: dict[str, str | int] = {"channel": "Brandt", "size": 4_912_345, "limit": 5_000_000}
    with app.test_request_context(headers={"Accept-Language": language}):
        assert said in sentence("image_too_large", params)
        assert "350 KB" in sentence("image_too_large", {**params, "limit": 350_000})

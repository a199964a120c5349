"""Server and browser count a text alike, by the same cases."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from frontend.assets import find_node
from publishers.text import plain_length, weighted_length

ROOT = Path(__file__).resolve().parents[1]
CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/shared/counting.json").read_text(encoding="utf-8"))["cases"]
SCRIPT = """
import { plainLength, weightedLength } from "./frontend/src/lib/counting.js";
import { readFileSync } from "node:fs";
const { cases } = JSON.parse(readFileSync("tests/shared/counting.json", "utf8"));
console.log(JSON.stringify(cases.map(({ text }) => [plainLength(text), weightedLength(text)])));
"""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_server_counts_as_the_case_says(case: dict[str, Any]) -> None:
    assert (plain_length(case["text"]), weighted_length(case["text"])) == (case["plain"], case["weighted"])


def test_the_browser_counts_as_the_cases_say() -> None:
    node = find_node()
    assert node, "Node is what builds the pages' scripts: run `make setup`."
    command = [*node, "--input-type=module", "--eval", SCRIPT]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    counted = dict(zip([case["name"] for case in CASES], json.loads(answer), strict=True))
    assert counted == {case["name"]: [case["plain"], case["weighted"]] for case in CASES}

"""A long text is split into the parts of a thread at the ends of its sentences, and nothing of it is lost."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from frontend.assets import find_node
from publishers.text import plain_length

ROOT = Path(__file__).resolve().parents[1]
CASES: list[dict[str, Any]] = json.loads((ROOT / "tests/shared/splitting.json").read_text(encoding="utf-8"))["cases"]
SCRIPT = """
import { plainLength } from "./frontend/src/lib/counting.js";
import { splitText } from "./frontend/src/lib/splitting.js";
import { readFileSync } from "node:fs";
const { cases } = JSON.parse(readFileSync("tests/shared/splitting.json", "utf8"));
const fits = (limit, first) => (part, isFirst) => plainLength(part) <= (isFirst ? first : limit);
const split = ({ text, limit, first = limit }) => splitText(text, fits(limit, first));
console.log(JSON.stringify(cases.map(split)));
"""


def test_the_browser_splits_as_the_cases_say() -> None:
    node = find_node()
    assert node, "Node is what builds the pages' scripts: run `make setup`."
    command = [*node, "--input-type=module", "--eval", SCRIPT]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    split = dict(zip([case["name"] for case in CASES], json.loads(answer), strict=True))
    assert split == {case["name"]: case["parts"] for case in CASES}


def test_no_case_asks_for_a_part_that_is_too_long_or_for_words_to_be_lost() -> None:
    for case in CASES:
        limits = [case.get("first", case["limit"]), *[case["limit"]] * len(case["parts"])]
        assert all(plain_length(part) <= limit for part, limit in zip(case["parts"], limits, strict=False)), case[
            "name"
        ]
        assert "".join("".join(case["parts"]).split()) == "".join(case["text"].split()), case["name"]

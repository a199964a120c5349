"""The cases that server and browser share: what networks count of a post, and LinkedIn's little text."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, strategies as st

from frontend.assets import find_node
from publishers.base import Mention, OutgoingPost, Poll
from publishers.linkedin.text import compose, escape, length, unescape
from publishers.registry import network
from publishers.sandbox.littletext import plain
from publishers.text import normalised
from tests.publishers.files import picture

ROOT = Path(__file__).resolve().parents[2]
LIMITS: list[dict[str, Any]] = json.loads((ROOT / "tests/shared/limits.json").read_text(encoding="utf-8"))["cases"]
LITTLE: list[dict[str, Any]] = json.loads((ROOT / "tests/shared/littletext.json").read_text(encoding="utf-8"))["cases"]
SCRIPT = """
import { cashtags, lengthOf, plainLength } from "./frontend/src/lib/counting.js";
import { readFileSync } from "node:fs";
const { limits, little } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify({
  limits: limits.map(({ text, link, files, rules }) => lengthOf(text, link, files, rules)),
  cashtags: limits.map(({ text }) => cashtags(text).length),
  little: little.map((text) => plainLength(text)),
}));
"""


def text_of(case: dict[str, Any]) -> str:
    return "x" * int(case["x"]) if "x" in case else str(case["text"]) * int(case.get("times", 1))


def post_of(case: dict[str, Any], folder: Path) -> OutgoingPost:
    poll = Poll(("Ja", "Nein"), 24, "Frage?") if case.get("poll") else None
    return OutgoingPost(text_of(case), case.get("link"), (picture(folder),) * case.get("files", 0), poll=poll)


@pytest.mark.parametrize("case", LIMITS, ids=[f"{case['network']}: {case['name']}" for case in LIMITS])
def test_a_post_is_counted_and_checked_as_the_case_says(case: dict[str, Any], tmp_path: Path) -> None:
    known, post = network(case["network"]), post_of(case, tmp_path)
    assert known.length(post) == case["length"]
    assert [p.code for p in known.check(post)] == [case[name] for name in ("code",) if name in case]


def test_the_browser_counts_posts_and_little_texts_alike() -> None:
    limits = [
        {
            "text": text_of(c),
            "link": c.get("link", ""),
            "files": c.get("files", 0) + bool(c.get("poll")),
            "rules": rules(c),
        }
        for c in LIMITS
    ]
    given_cases = json.dumps({"limits": limits, "little": [normalised(case["text"]) for case in LITTLE]})
    node = find_node()
    assert node, "Node is what builds the pages' scripts: run `make setup`."
    command = [*node, "--input-type=module", "--eval", SCRIPT]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, input=given_cases).stdout
    counted = json.loads(answer)
    assert counted["limits"] == [case["length"] for case in LIMITS]
    assert counted["cashtags"] == [case.get("cashtags", 0) for case in LIMITS]
    assert counted["little"] == [case["length"] for case in LITTLE]


def attached(case: dict[str, Any]) -> int:
    """A poll takes a link's place as files do."""
    return int(case.get("files", 0)) + bool(case.get("poll"))


def rules(case: dict[str, Any]) -> dict[str, Any]:
    """What the composer tells the browser of a network's text."""
    text = network(case["network"]).text_rules
    return {
        "counting": text.counting, "linkLength": text.link_length, "linkInText": text.link_in_text,
        "linkInTextWithMedia": text.link_in_text_with_media,
    }  # fmt: skip


@pytest.mark.parametrize("case", LITTLE, ids=[case["name"] for case in LITTLE])
def test_little_text_is_escaped_seen_and_counted_as_the_case_says(case: dict[str, Any]) -> None:
    mentions = tuple(Mention(name, urn) for name, urn in case.get("mentions", {}).items())
    post = OutgoingPost(case["text"], mentions=mentions)
    assert escape(compose(post)) == case["sent"]
    assert plain(case["sent"]) == case["seen"]
    assert unescape(case["sent"]) == compose(post)
    assert length(post) == case["length"]


names = st.text(st.sampled_from("aB (ü)[]\\#_*"), min_size=1, max_size=8).filter(lambda name: name.strip("[] ") != "")


@given(st.lists(st.text(st.sampled_from("ab #@()\\|<>*_~\n"), max_size=12), min_size=2, max_size=2), names)
def test_whatever_stands_around_a_mention_it_is_sent_whole_and_comes_back(around: list[str], name: str) -> None:
    assume(all(f"@{name}" not in one for one in around))  # that would be the mention once more
    mention = Mention(f"@{name}", "urn:li:organization:77")
    post = OutgoingPost(f"{around[0]} @{name} {around[1]}", mentions=(mention,))
    sent = escape(compose(post))
    assert unescape(sent) == compose(post)
    seen = plain(sent)
    assert seen.count("77") == 0, "a reader sees the name alone"
    assert plain(escape(around[0].strip())) in seen
    assert around[1].strip() in seen

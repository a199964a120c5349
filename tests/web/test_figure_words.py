"""What figures are called and what they mean."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_babel import force_locale

from planner.domain.figures import GOAL_METRICS, METRICS
from planner.web.figure_words import FIGURES, FURTHER, further
from publishers import registry
from tests.support.browser import ROOT


def test_each_figure_says_what_it_means_in_both_languages_and_in_the_docs(app: Flask) -> None:
    networks = registry.networks()
    by_hand = {name for network in networks.values() for name in network.further_figures}
    assert set(FIGURES) == {*METRICS, *GOAL_METRICS, *by_hand, "engagement_rate"}
    docs = Path(ROOT, "docs", "user", "figures.md").read_text(encoding="utf-8").lower()
    with app.test_request_context():
        for name, words in {**FIGURES, **FURTHER}.items():
            assert set(words.networks) <= set(networks), name
            said = [words.label, words.meaning, *words.networks.values()]
            with force_locale("en"):
                english = [str(one) for one in said]
            with force_locale("de"):
                german = [str(one) for one in said]
            assert all(english), name
            assert [one for one, other in zip(english[1:], german[1:], strict=True) if one == other] == [], name
            assert english[0].lower() in docs, name


def test_what_a_network_gives_beyond_is_told_in_words_and_what_nobody_knows_under_its_own_name(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        found = further({"brand_new": 3, "quote_count": 2, "reactions_like": 0})
    assert [(one.label, one.value, one.explained) for one in found] == [
        ("Quotes", 2, True),
        ("Like", 0, True),
        ("brand_new", 3, False),
    ]

"""The page that says which test tries which feature of which network."""

from __future__ import annotations

import ast

from tests.publishers import features


def test_each_test_that_the_page_of_features_names_exists_and_the_page_is_the_one_that_the_adapters_make() -> None:
    named = {test for one in (*features.FEATURES, *features.HAND_FEATURES) for test in one.tests}
    assert all(one.tests for one in (*features.FEATURES, *features.HAND_FEATURES))
    for test in sorted(named):
        file, _, name = test.partition("::")
        tree = ast.parse((features.TESTS / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, test
    assert features.FILE.read_text(encoding="utf-8") == features.page(), "make tables"

"""Whatever is sent, a network answers in its own shape and accepts nothing by mistake."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from publishers.sandbox import Sandbox
from publishers.sandbox.wire import Request
from tests.publishers.sandbox.callers import ORGANIZATION, PAGE

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "1", "urn:li:image:1", PAGE])
NAMES = {
    "twitter": ["text", "media", "media_ids", "reply", "in_reply_to_tweet_id", "id", "metadata", "alt_text", "hidden"],
    "facebook": ["message", "link", "attached_media", "media_fbid", "batch", "is_hidden", "published"],
    "linkedin": [
        "commentary", "content", "media", "multiImage", "images", "id", "article", "source", "title", "patch", "$set",
        "initializeUploadRequest", "owner",
    ],
}  # fmt: skip


def bodies(path: str) -> st.SearchStrategy[Any]:
    """JSON that has the names a network knows, with anything behind them."""
    names = st.sampled_from(NAMES[path.split("/")[1]])
    values = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=6
    )
    return st.dictionaries(names, values, max_size=4) | values


CALLS = (
    ("POST", "/twitter/2/tweets", "sandbox-x-brandt-access"),
    ("POST", "/twitter/2/media/metadata", "sandbox-x-brandt-access"),
    ("POST", "/twitter/2/media/upload", "sandbox-x-brandt-access"),
    ("POST", "/twitter/2/media/upload/initialize", "sandbox-x-brandt-access"),
    ("PUT", "/twitter/2/tweets/1/hidden", "sandbox-x-brandt-access"),
    ("POST", f"/facebook/{PAGE}/feed", "EAABsandboxBrandtPage"),
    ("POST", "/facebook/", "EAABsandboxBrandtPage"),
    ("POST", f"/facebook/{PAGE}_1", "EAABsandboxBrandtPage"),
    ("POST", "/linkedin/rest/posts", "AQXsandboxBrandtLinkedIn"),
    ("POST", "/linkedin/rest/images?action=initializeUpload", "AQXsandboxBrandtLinkedIn"),
    ("POST", "/linkedin/rest/posts/urn%3Ali%3Ashare%3A1", "AQXsandboxBrandtLinkedIn"),
)


@pytest.fixture(scope="module")
def open_all_along() -> Iterator[Sandbox]:
    with Sandbox(limits={}) as sandbox:
        yield sandbox


@pytest.mark.parametrize(("method", "path", "token"), CALLS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_json_gets_an_answer(
    open_all_along: Sandbox, method: str, path: str, token: str, data: st.DataObject
) -> None:
    body = data.draw(bodies(path))
    if path.endswith("/posts") and isinstance(body, dict):
        body = {
            "author": ORGANIZATION, "visibility": "PUBLIC", "lifecycleState": "PUBLISHED",
            "distribution": {"feedDistribution": "MAIN_FEED"}, **body,
        }  # fmt: skip
    headers = {
        "authorization": f"Bearer {token}", "content-type": "application/json", "linkedin-version": "202608",
        "host": "sandbox",
    }  # fmt: skip
    answer = open_all_along.respond(Request(method, path, headers, json.dumps(body).encode(), 0.0))
    assert 200 <= answer.status < 500
    if not answer.ok:
        assert json.loads(answer.body)

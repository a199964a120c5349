"""Facebook: by the parameter lists of Meta's business SDK specifications (Page, PagePost, Comment, AdVideo)."""

from __future__ import annotations

from tests.publishers.contracts import graph
from tests.publishers.contracts.expectation import Check, Expectation, as_json, strict, texts

ID = r"\d+(_\d+)?"
V = r"/v\d+\.0"
_TRUTH = "true|false"
_LOCALES = {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1}}
_SEEN_BY = as_json(strict(["locales"], locales=_LOCALES))
_PLACES = {"targeting": _SEEN_BY, "feed_targeting": _SEEN_BY}
_ATTACHED = as_json(
    {"type": "array", "minItems": 1, "maxItems": 10, "items": strict(["media_fbid"], media_fbid=texts("^[0-9]+$"))}
)
_READS = strict(["method", "relative_url"], method={"const": "GET"}, relative_url=texts(r"^[0-9]|^debug_token\?"))
_BATCH = as_json({"type": "array", "minItems": 1, "maxItems": 50, "items": _READS})
_BEARER = {"Authorization": r"Bearer \S+"}
_PROOF = {"appsecret_proof": "[0-9a-f]{64}"}
#: In a call with a body the token travels there, where no log of an address holds it.
_SIGNED = {"access_token": r"\S+", **_PROOF}
_SPEC = "Meta's specification of"


def one(*nodes: str) -> dict[str, Check]:
    """The query for one node, of one of these kinds."""
    return {"fields": graph.fields(*nodes), **_PROOF}


def several(node: str) -> dict[str, Check]:
    """The query for a list of nodes."""
    return {**one(node), "limit": r"\d{1,3}", "after": r"\S+"}


_COMMENTS = {"filter": "stream|toplevel", "order": "chronological|reverse_chronological", "since": r"\d+"}

#: A Page is mentioned by its number alone (Graph API, Page mentions); else the brackets would be read by everybody.
_MESSAGE = r"(?s)(?!.*@\[(?!\d+\])).+"

EXPECTED = (
    Expectation("GET", f"{V}/me/permissions", "Graph API, User: permissions", _PROOF, headers=_BEARER),
    Expectation(
        "GET",
        f"{V}/debug_token",
        "Graph API, Debug-Token",
        {"input_token": r"\S+"},
        headers=_BEARER,
        required=["input_token"],
    ),
    Expectation(
        "GET",
        f"{V}/search",
        "Marketing API, Targeting search",
        {"type": "adlocale", "q": r".+", **_PROOF},
        headers=_BEARER,
    ),
    Expectation(
        "POST",
        f"{V}/{ID}/feed",
        f"{_SPEC} Page: feed",
        headers=_BEARER,
        fields={
            "message": _MESSAGE,
            "link": "https?://.+",
            "attached_media": _ATTACHED,
            "published": _TRUTH,
            **_PLACES,
            **_SIGNED,
        },
        one_of=(("message",), ("link",), ("attached_media",)),
    ),
    Expectation(
        "POST",
        f"{V}/{ID}/photos",
        f"{_SPEC} Page: photos",
        headers=_BEARER,
        fields={
            "source": "<file>",
            "published": "false",
            "alt_text_custom": ".+",
            "temporary": _TRUTH,
            **_SIGNED,
        },
        required=["source", "published"],
    ),
    Expectation(
        "POST",
        f"{V}/{ID}/videos",
        f"{_SPEC} Page: videos",
        headers=_BEARER,
        fields={
            "upload_phase": "start|transfer|finish|cancel",
            "file_size": r"\d+",
            "upload_session_id": r"\d+",
            "start_offset": r"\d+",
            "video_file_chunk": "<file>",
            "title": ".{1,255}",
            "description": ".+",
            "published": "false",
            **_PLACES,
            **_SIGNED,
        },
        required=["upload_phase"],
        one_of=(("file_size",), ("upload_session_id", "start_offset", "video_file_chunk"), ("upload_session_id",)),
    ),
    Expectation(
        "POST",
        f"{V}/{ID}/comments",
        f"{_SPEC} PagePost and Comment: comments",
        headers=_BEARER,
        fields={"message": ".+", **_SIGNED},
        required=["message"],
    ),
    Expectation(
        "POST", f"{V}/{ID}/likes", f"{_SPEC} Comment: likes", headers=_BEARER, fields={**_SIGNED, "method": "post"}
    ),
    Expectation("DELETE", f"{V}/{ID}/likes", f"{_SPEC} Comment: likes", _PROOF, headers=_BEARER),
    Expectation(
        "POST",
        f"{V}/{ID}",
        f"{_SPEC} PagePost, Comment, AdVideo",
        headers=_BEARER,
        fields={
            "message": _MESSAGE,
            "is_hidden": _TRUTH,
            "published": "true",
            **_SIGNED,
        },
        one_of=(("message",), ("is_hidden",), ("published",)),
    ),
    Expectation("DELETE", f"{V}/{ID}", f"{_SPEC} PagePost, Comment", _PROOF, headers=_BEARER),
    Expectation(
        "GET",
        rf"{V}/\d+",
        f"{_SPEC} Page, AdVideo, Application: fields",
        one("Page", "Video", "Application"),
        headers=_BEARER,
    ),
    Expectation(
        "GET", rf"{V}/\d+_\d+", f"{_SPEC} PagePost, Comment: fields", one("PagePost", "Comment"), headers=_BEARER
    ),
    Expectation(
        "GET",
        rf"{V}/(?!me$|search$)[A-Za-z][A-Za-z0-9.]{{2,49}}",
        f"{_SPEC} Page: fields, by username",
        one("Page"),
        headers=_BEARER,
        required=["fields"],
    ),
    Expectation(
        "GET",
        f"{V}/{ID}/published_posts",
        f"{_SPEC} Page: published_posts",
        {**several("PagePost"), "since": r"\d+"},
        headers=_BEARER,
    ),
    Expectation(
        "GET", f"{V}/{ID}/tagged", f"{_SPEC} Page: tagged", {**several("PagePost"), "since": r"\d+"}, headers=_BEARER
    ),
    Expectation(
        "GET", f"{V}/{ID}/comments", f"{_SPEC} PagePost: comments", {**several("Comment"), **_COMMENTS}, headers=_BEARER
    ),
    Expectation(
        "GET",
        rf"{V}/\d+/insights",
        f"{_SPEC} Page: insights",
        {"metric": graph.PAGE_METRICS, "period": "day", "since": graph.DAY, "until": graph.DAY, **_PROOF},
        headers=_BEARER,
        required=["metric", "since", "until"],
    ),
    Expectation(
        "GET",
        rf"{V}/\d+_\d+/insights",
        f"{_SPEC} PagePost: insights",
        {"metric": graph.METRICS, "period": graph.PERIODS, **_PROOF},
        headers=_BEARER,
        required=["metric"],
    ),
    Expectation(
        "POST",
        f"{V}/",
        "Graph API, Batch requests",
        headers=_BEARER,
        fields={"batch": _BATCH, "include_headers": _TRUTH, **_SIGNED},
        required=["batch", "access_token"],
    ),
)

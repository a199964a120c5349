"""Facebook: by the parameter lists of Meta's business SDK specifications (Page, PagePost, Comment, AdVideo)."""

from __future__ import annotations

from tests.publishers.contracts.expectation import Expectation

ID = r"\d+(_\d+)?"
V = r"/v\d+\.0"
_TRUTH = "true|false"
_PLACES = {"targeting": r"\{.*\}", "feed_targeting": r"\{.*\}"}
_BEARER = {"Authorization": r"Bearer \S+"}
_PROOF = {"appsecret_proof": "[0-9a-f]{64}"}
#: In a call with a body the token travels there, where no log of an address holds it.
_SIGNED = {"access_token": r"\S+", **_PROOF}
FIELDS = {"fields": r"[\w.,(){}]+", "limit": r"\d{1,3}", "after": r"\S+", **_PROOF}
_COMMENTS = {**FIELDS, "filter": "stream|toplevel", "order": "chronological|reverse_chronological", "since": r"\d+"}
_SPEC = "Meta's specification of"

EXPECTED = (
    Expectation("GET", f"{V}/me/permissions", "Graph API, User: permissions", _PROOF, headers=_BEARER),
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
            "message": ".+",
            "link": "https?://.+",
            "attached_media": r"\[.*\]",
            "published": _TRUTH,
            **_PLACES,
            **_SIGNED,
        },
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
            "message": ".+",
            "is_hidden": _TRUTH,
            "published": "true",
            **_SIGNED,
        },
    ),
    Expectation("DELETE", f"{V}/{ID}", f"{_SPEC} PagePost, Comment", _PROOF, headers=_BEARER),
    Expectation("GET", f"{V}/{ID}", f"{_SPEC} Page, PagePost, AdVideo: fields", FIELDS, headers=_BEARER),
    Expectation(
        "GET",
        rf"{V}/(?!me$|search$)[A-Za-z][A-Za-z0-9.]{{2,49}}",
        f"{_SPEC} Page: fields, by username",
        {"fields": "(id|name|link)(,(id|name|link))*", **_PROOF},
        headers=_BEARER,
        required=["fields"],
    ),
    Expectation(
        "GET",
        f"{V}/{ID}/published_posts",
        f"{_SPEC} Page: published_posts",
        {**FIELDS, "since": r"\d+"},
        headers=_BEARER,
    ),
    Expectation("GET", f"{V}/{ID}/tagged", f"{_SPEC} Page: tagged", {**FIELDS, "since": r"\d+"}, headers=_BEARER),
    Expectation("GET", f"{V}/{ID}/comments", f"{_SPEC} PagePost: comments", _COMMENTS, headers=_BEARER),
    Expectation(
        "GET",
        f"{V}/{ID}/insights",
        f"{_SPEC} PagePost: insights",
        {"metric": r"[\w,]+", "period": r"\w+", **_PROOF},
        headers=_BEARER,
    ),
    Expectation(
        "POST",
        f"{V}/",
        "Graph API, Batch requests",
        headers=_BEARER,
        fields={"batch": r"\[.*\]", "include_headers": _TRUTH, **_SIGNED},
        required=["batch"],
    ),
)

"""LinkedIn: by the documentation of its Community Management API (learn.microsoft.com)."""

from __future__ import annotations

from typing import Any

from tests.publishers.contracts.expectation import Expectation, strict, texts

_URN = r"urn(:|%3A)li(:|%3A)[A-Za-z]+(:|%3A)[\w%(),:-]+"
_AUTHOR = texts(r"^urn:li:(organization|person):[\w-]+$")
_VERSIONED = {
    "Authorization": r"Bearer \S+",
    "LinkedIn-Version": r"20\d{4}",
    "X-Restli-Protocol-Version": r"2\.0\.0",
}


def versioned(method: str | None = None) -> dict[str, str]:
    return {**_VERSIONED, "X-RestLi-Method": method} if method else _VERSIONED


_MEDIA = strict(["id"], id=texts(r"^urn:li:(image|video|document):[\w-]+$"), altText=texts(), title=texts())
_CONTENT: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "media": _MEDIA,
        "multiImage": strict(["images"], images={"type": "array", "minItems": 2, "maxItems": 20, "items": _MEDIA}),
        "article": strict(
            ["source", "title"],
            source=texts("^https?://"),
            title={"type": "string", "minLength": 1, "maxLength": 400},
            description=texts(),
            thumbnail=texts("^urn:li:image:"),
        ),
        "poll": strict(
            ["question", "options", "settings"],
            question={"type": "string", "minLength": 1, "maxLength": 140},
            options={
                "type": "array",
                "minItems": 2,
                "maxItems": 4,
                "items": strict(["text"], text={"type": "string", "minLength": 1, "maxLength": 30}),
            },
            settings=strict(["duration"], duration={"enum": ["ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"]}),
        ),
    },
}
_POST = strict(
    ["author", "commentary", "visibility", "distribution", "lifecycleState"],
    author=_AUTHOR,
    # "little" text: its signs are escaped, but for those of hashtags and mentions.
    commentary=texts(r"^(?:[^\\|{}@\[\]()<>#*_~]|\\[\\|{}@\[\]()<>#*_~]|#\w|@\[[^\]]+\]\(urn:li:[\w:-]+\))*$"),
    visibility={"const": "PUBLIC"},
    distribution=strict(
        ["feedDistribution"],
        feedDistribution={"const": "MAIN_FEED"},
        targetEntities={"type": "array"},
        thirdPartyDistributionChannels={"type": "array", "maxItems": 0},
    ),
    lifecycleState={"const": "PUBLISHED"},
    isReshareDisabledByAuthor={"type": "boolean"},
    content=_CONTENT,
)
_INITIALIZE = strict(
    ["initializeUploadRequest"],
    initializeUploadRequest=strict(
        ["owner"],
        owner=_AUTHOR,
        fileSizeBytes={"type": "integer", "minimum": 1},
        uploadCaptions={"type": "boolean"},
        uploadThumbnail={"type": "boolean"},
    ),
)
_FINALIZE = strict(
    ["finalizeUploadRequest"],
    finalizeUploadRequest=strict(
        ["video", "uploadToken", "uploadedPartIds"],
        video=texts("^urn:li:video:"),
        uploadToken={"type": "string"},
        uploadedPartIds={"type": "array", "minItems": 1, "items": texts()},
    ),
)
_COMMENT_TEXT = {"type": "string", "minLength": 1, "maxLength": 1250}
_COMMENT = strict(
    ["actor", "message"],
    actor=_AUTHOR,
    object=texts("^urn:li:"),
    parentComment=texts("^urn:li:comment:"),
    message=strict(["text"], text=_COMMENT_TEXT, attributes={"type": "array"}),
)
_COMMENT_PATCH = strict(
    ["patch"], patch=strict(["message"], message=strict(["$set"], **{"$set": strict(["text"], text=_COMMENT_TEXT)}))
)
_PATCH = strict(
    ["patch"], patch=strict(["$set"], **{"$set": strict(["commentary"], commentary=_POST["properties"]["commentary"])})
)
_PAGE = {"count": r"\d{1,3}", "start": r"\d+", "sortBy": "CREATED|LAST_MODIFIED"}

EXPECTED = (
    Expectation("POST", "/rest/posts", "Posts API, Create", headers=versioned(), body=_POST),
    Expectation("POST", f"/rest/posts/{_URN}", "Posts API, Update", headers=versioned("PARTIAL_UPDATE"), body=_PATCH),
    Expectation("DELETE", f"/rest/posts/{_URN}", "Posts API, Delete", headers=versioned("DELETE")),
    Expectation("GET", f"/rest/posts/{_URN}", "Posts API, Get", {"viewContext": "AUTHOR|READER"}, headers=versioned()),
    Expectation(
        "GET",
        "/rest/posts",
        "Posts API, Find by author",
        {"q": "author", "author": _URN, **_PAGE},
        headers=versioned("FINDER"),
        required=["q", "author"],
    ),
    Expectation(
        "POST",
        "/rest/(images|documents)",
        "Images and Documents API",
        {"action": "initializeUpload"},
        headers=versioned(),
        required=["action"],
        body=_INITIALIZE,
    ),
    Expectation(
        "POST",
        "/rest/videos",
        "Videos API",
        {"action": "initializeUpload|finalizeUpload"},
        headers=versioned(),
        required=["action"],
        body={"anyOf": [_INITIALIZE, _FINALIZE]},
    ),
    Expectation("GET", f"/rest/(images|videos|documents)/{_URN}", "Videos API, Get", headers=versioned()),
    Expectation(
        "PUT", "/dms-uploads/.+", "the address that initializeUpload gave", {"part": r"\d+", "ca": ".+", "sync": "[01]"}
    ),
    Expectation("GET", r"/rest/organizations/\d+", "Organization Lookup", headers=versioned()),
    Expectation(
        "GET",
        "/rest/organizations",
        "Organization Lookup, Find organization by vanity name",
        {"q": "vanityName", "vanityName": r"[^\s/]+"},
        headers=versioned("FINDER"),
        required=["q", "vanityName"],
    ),
    Expectation(
        "GET",
        f"/rest/networkSizes/{_URN}",
        "Organization Follower Statistics",
        {"edgeType": "COMPANY_FOLLOWED_BY_MEMBER"},
        headers=versioned(),
        required=["edgeType"],
    ),
    Expectation(
        "GET",
        "/rest/organizationalEntityShareStatistics",
        "Share Statistics",
        {"q": "organizationalEntity", "organizationalEntity": _URN, "shares": r"List\(.+\)", "ugcPosts": r"List\(.+\)"},
        headers=versioned(),
        required=["q", "organizationalEntity"],
    ),
    Expectation(
        "GET",
        "/rest/organizationalEntityNotifications",
        "Organization Social Action Notifications, pull workflow",
        {
            "q": "criteria",
            "actions": r"List\(SHARE_MENTION\)",
            "organizationalEntity": r"urn(:|%3A)li(:|%3A)organization(:|%3A)\d+",
            "start": r"\d+",
            "count": r"\d{1,3}",
        },
        headers=versioned("FINDER"),
        required=["q", "actions", "organizationalEntity"],
    ),
    Expectation("POST", f"/rest/socialActions/{_URN}/comments", "Comments API", headers=versioned(), body=_COMMENT),
    Expectation("GET", f"/rest/socialActions/{_URN}/comments", "Comments API", _PAGE, headers=versioned()),
    Expectation(
        "POST",
        f"/rest/socialActions/{_URN}/comments/[0-9]+",
        "Comments API, Edit a comment",
        {"actor": _URN},
        headers=versioned("PARTIAL_UPDATE"),
        required=["actor"],
        body=_COMMENT_PATCH,
    ),
    Expectation(
        "DELETE",
        f"/rest/socialActions/{_URN}/comments/{_URN}|/rest/socialActions/{_URN}/comments/[0-9]+",
        "Comments API",
        {"actor": _URN},
        headers=versioned(),
    ),
    Expectation(
        "POST",
        "/rest/reactions",
        "Reactions API",
        {"actor": _URN},
        headers=versioned(),
        required=["actor"],
        body=strict(
            ["root", "reactionType"],
            root=texts("^urn:li:"),
            reactionType={"enum": ["LIKE", "PRAISE", "EMPATHY", "INTEREST", "APPRECIATION", "ENTERTAINMENT"]},
        ),
    ),
    Expectation("DELETE", r"/rest/reactions/\(actor:.+,entity:.+\)", "Reactions API", headers=versioned("DELETE")),
    Expectation(
        "POST",
        "/oauth/v2/introspectToken",
        "Token Introspection",
        fields={"token": ".+", "client_id": ".+", "client_secret": ".+"},
        required=["token", "client_id", "client_secret"],
    ),
    Expectation(
        "POST",
        "/oauth/v2/accessToken",
        "Refresh Tokens",
        fields={
            "grant_type": "refresh_token|authorization_code|client_credentials",
            "refresh_token": ".+",
            "client_id": ".+",
            "client_secret": ".+",
            "code": ".+",
            "redirect_uri": ".+",
        },
        required=["grant_type", "client_id", "client_secret"],
        one_of=(("refresh_token",), ("code", "redirect_uri"), ("grant_type",)),
    ),
)

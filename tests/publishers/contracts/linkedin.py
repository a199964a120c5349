"""LinkedIn: by the documentation of its Community Management API (learn.microsoft.com)."""

from __future__ import annotations

from typing import Any

from tests.publishers.contracts.expectation import Expectation, strict, texts

_URN = r"urn(:|%3A)li(:|%3A)[A-Za-z]+(:|%3A)[\w%(),:-]+"
#: By Rest.li 2.0: from a moment to one after it, in milliseconds, day by day.
_DAYS = r"\(timeRange:\(start:\d{13},end:\d{13}\),timeGranularityType:DAY\)"
_AUTHOR = texts(r"^urn:li:(organization|person):[\w-]+$")
_BEARER = {"Authorization": r"Bearer \S+"}
_VERSIONED = {
    **_BEARER,
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
#: Facets of an audience: languages by locale, all else by URN.
_FACETS = "degrees fieldsOfStudy geoLocations industries jobFunctions organizations seniorities staffCountRanges"
_BY_URN: dict[str, Any] = {
    facet: {"type": "array", "minItems": 1, "items": texts("^urn:li:")} for facet in _FACETS.split()
}
_LOCALE = strict(["language", "country"], language=texts("^[a-z]{2}$"), country=texts("^[A-Z]{2}$"))
_TARGET: dict[str, Any] = {
    **strict(
        interfaceLocales={"type": "array", "minItems": 1, "items": _LOCALE},
        **_BY_URN,
    ),
    "minProperties": 1,
}
_POST = strict(
    ["author", "commentary", "visibility", "distribution", "lifecycleState"],
    author=_AUTHOR,
    # "little" text: its signs are escaped, but for those of hashtags and mentions.
    commentary=texts(
        r"^(?:[^\\|{}@\[\]()<>#*_~]|\\[\\|{}@\[\]()<>#*_~]|#\w|@\[[^\]]+\]\(urn:li:(?:organization|person):[\w-]+\))*$"
    ),
    visibility={"const": "PUBLIC"},
    distribution=strict(
        ["feedDistribution"],
        feedDistribution={"const": "MAIN_FEED"},
        targetEntities={"type": "array", "items": _TARGET},
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
    message=strict(["text"], text=_COMMENT_TEXT),
)
_COMMENT_PATCH = strict(
    ["patch"], patch=strict(["message"], message=strict(["$set"], **{"$set": strict(["text"], text=_COMMENT_TEXT)}))
)
_PATCH = strict(
    ["patch"], patch=strict(["$set"], **{"$set": strict(["commentary"], commentary=_POST["properties"]["commentary"])})
)
_OF_A_MEMBERS_POST = {
    "q": "entity",
    "entity": r"\((share:urn:li:share|ugc:urn:li:ugcPost):\d+\)",
    "aggregation": "TOTAL|DAILY",
}


def _list(kind: str) -> str:
    return rf"List\(urn:li:{kind}:\d+(,urn:li:{kind}:\d+)*\)"


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
        "PUT",
        "/dms-uploads/.+",
        "Images API: the address that initializeUpload gave",
        {"part": r"\d+", "ca": ".+", "sync": "[01]"},
        headers=_BEARER,
    ),
    Expectation("GET", "/v2/me", "Profile API", headers=_BEARER),
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
        {
            "q": "organizationalEntity",
            "organizationalEntity": _URN,
            "shares": _list("share"),
            "ugcPosts": _list("ugcPost"),
            "timeIntervals": _DAYS,
        },
        headers=versioned("FINDER"),
        required=["q", "organizationalEntity"],
        one_of=[["shares"], ["ugcPosts"], ["timeIntervals"]],
    ),
    Expectation(
        "GET",
        "/rest/organizationalEntityFollowerStatistics",
        "Organization Follower Statistics",
        {"q": "organizationalEntity", "organizationalEntity": _URN, "timeIntervals": _DAYS},
        headers=versioned("FINDER"),
        required=["q", "organizationalEntity", "timeIntervals"],
    ),
    Expectation(
        "GET",
        "/rest/organizationPageStatistics",
        "Organization Page Statistics",
        {"q": "organization", "organization": _URN, "timeIntervals": _DAYS},
        headers=versioned("FINDER"),
        required=["q", "organization", "timeIntervals"],
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
    Expectation(
        "GET",
        "/rest/videoAnalytics",
        "Video Analytics",
        {
            "q": "entity",
            "entity": r"urn:li:ugcPost:\d+",
            "type": "VIDEO_VIEW|VIEWER|TIME_WATCHED|TIME_WATCHED_FOR_VIDEO_VIEWS",
            "aggregation": "ALL|DAY|WEEK",
        },
        headers=versioned("FINDER"),
        required=["q", "entity", "type"],
    ),
    Expectation(
        "GET",
        "/rest/memberCreatorPostAnalytics",
        "Member Post Statistics",
        {**_OF_A_MEMBERS_POST, "queryType": "IMPRESSION|MEMBERS_REACHED|RESHARE|REACTION|COMMENT"},
        headers=versioned("FINDER"),
        required=["q", "entity", "queryType"],
    ),
    Expectation(
        "GET",
        "/rest/memberCreatorVideoAnalytics",
        "Member Video Statistics",
        {**_OF_A_MEMBERS_POST, "queryType": "VIDEO_PLAY|VIDEO_VIEWER|VIDEO_WATCH_TIME"},
        headers=versioned("FINDER"),
        required=["q", "entity", "queryType"],
    ),
    Expectation(
        "GET",
        "/rest/memberFollowersCount",
        "Member Follower Statistics",
        {"q": "me"},
        headers=versioned("FINDER"),
        required=["q"],
    ),
    Expectation(
        "POST", f"/rest/socialActions/{_URN}/comments", "Comments API", headers=versioned("CREATE"), body=_COMMENT
    ),
    Expectation("GET", f"/rest/socialActions/{_URN}/comments", "Comments API", _PAGE, headers=versioned("GET_ALL")),
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
        headers=versioned("DELETE"),
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
    Expectation(
        "DELETE", rf"/rest/reactions/\(actor:{_URN},entity:{_URN}\)", "Reactions API", headers=versioned("DELETE")
    ),
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

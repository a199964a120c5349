"""X: by the OpenAPI document of its API v2 (2.159)."""

from __future__ import annotations

from tests.publishers.contracts.expectation import Expectation, one_of, strict, texts

ID = r"[0-9]{1,19}"
_ID = texts(f"^{ID}$")
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"
_TWEET_FIELDS = one_of(
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "entities",
    "id",
    "in_reply_to_user_id",
    "lang",
    "non_public_metrics",
    "note_tweet",
    "organic_metrics",
    "public_metrics",
    "referenced_tweets",
    "reply_settings",
    "source",
    "text",
)
_USER_FIELDS = one_of(
    "created_at", "description", "id", "name", "profile_image_url", "public_metrics", "url", "username", "verified"
)
_MEDIA_FIELDS = one_of(
    "alt_text",
    "duration_ms",
    "height",
    "media_key",
    "non_public_metrics",
    "organic_metrics",
    "preview_image_url",
    "public_metrics",
    "type",
    "url",
    "width",
)
_EXPANSIONS = one_of(
    "attachments.media_keys",
    "attachments.poll_ids",
    "author_id",
    "entities.mentions.username",
    "in_reply_to_user_id",
    "referenced_tweets.id",
    "referenced_tweets.id.author_id",
)
_READING = {
    "tweet.fields": _TWEET_FIELDS,
    "user.fields": _USER_FIELDS,
    "media.fields": _MEDIA_FIELDS,
    "expansions": _EXPANSIONS,
}
_WINDOW = {
    "since_id": ID,
    "until_id": ID,
    "max_results": r"[5-9]|[1-9]\d|100",
    "pagination_token": r"[\w-]{1,64}",
    "start_time": _MOMENT,
    "end_time": _MOMENT,
}
_BEARER = {"Authorization": r"Bearer \S+"}
_SPEC = "OpenAPI 2.159"

_POST = strict(
    text=texts(),
    media=strict(["media_ids"], media_ids={"type": "array", "minItems": 1, "maxItems": 4, "items": _ID}),
    poll=strict(
        ["options", "duration_minutes"],
        options={
            "type": "array",
            "minItems": 2,
            "maxItems": 4,
            "items": {"type": "string", "minLength": 1, "maxLength": 25},
        },
        duration_minutes={"type": "integer", "minimum": 5, "maximum": 10080},
    ),
    reply=strict(["in_reply_to_tweet_id"], in_reply_to_tweet_id=_ID),
    reply_settings={"enum": ["following", "mentionedUsers", "subscribers", "verified"]},
)
#: "Mutually exclusive from Media, Quote Tweet Id, and Card URI."
_POST["not"] = {"required": ["media", "poll"]}

EXPECTED = (
    Expectation("POST", "/2/tweets", _SPEC, headers=_BEARER, body=_POST),
    Expectation("DELETE", f"/2/tweets/{ID}", _SPEC, headers=_BEARER),
    Expectation(
        "GET", "/2/tweets", _SPEC, {"ids": f"{ID}(,{ID}){{0,99}}", **_READING}, headers=_BEARER, required=["ids"]
    ),
    Expectation(
        "GET",
        f"/2/users/{ID}/tweets",
        _SPEC,
        {**_WINDOW, **_READING, "exclude": one_of("replies", "retweets")},
        headers=_BEARER,
    ),
    Expectation("GET", f"/2/users/{ID}/mentions", _SPEC, {**_WINDOW, **_READING}, headers=_BEARER),
    Expectation(
        "GET",
        "/2/tweets/search/recent",
        _SPEC,
        {
            **_WINDOW,
            **_READING,
            "query": ".{1,4096}",
            "max_results": r"1\d|[2-9]\d|100",
            "next_token": r"[\w-]+",
            "sort_order": "recency|relevancy",
        },
        headers=_BEARER,
        required=["query"],
    ),
    Expectation("GET", "/2/users/me", _SPEC, {"user.fields": _USER_FIELDS}, headers=_BEARER),
    Expectation(
        "PUT", f"/2/tweets/{ID}/hidden", _SPEC, headers=_BEARER, body=strict(["hidden"], hidden={"type": "boolean"})
    ),
    Expectation("POST", f"/2/users/{ID}/likes", _SPEC, headers=_BEARER, body=strict(["tweet_id"], tweet_id=_ID)),
    Expectation("DELETE", f"/2/users/{ID}/likes/{ID}", _SPEC, headers=_BEARER),
    Expectation(
        "POST",
        "/2/media/upload",
        _SPEC,
        headers=_BEARER,
        fields={
            "media": "<file>",
            "media_category": "tweet_image|dm_image|subtitles",
            "media_type": "image/(jpeg|bmp|png|webp|pjpeg|tiff)",
        },
        required=["media", "media_category"],
    ),
    Expectation(
        "POST",
        "/2/media/upload/initialize",
        _SPEC,
        headers=_BEARER,
        body=strict(
            media_category={"enum": ["tweet_gif", "tweet_image", "tweet_video", "amplify_video"]},
            media_type={
                "enum": [
                    "video/mp4",
                    "video/webm",
                    "video/mp2t",
                    "video/quicktime",
                    "image/jpeg",
                    "image/gif",
                    "image/png",
                    "image/webp",
                ]
            },
            total_bytes={"type": "integer", "minimum": 0, "maximum": 17_179_869_184},
        ),
    ),
    Expectation(
        "POST",
        f"/2/media/upload/{ID}/append",
        _SPEC,
        headers=_BEARER,
        fields={"media": "<file>", "segment_index": "[0-9]{1,3}"},
        required=["media", "segment_index"],
    ),
    Expectation("POST", f"/2/media/upload/{ID}/finalize", _SPEC, headers=_BEARER),
    Expectation(
        "GET", "/2/media/upload", _SPEC, {"media_id": ID, "command": "STATUS"}, headers=_BEARER, required=["media_id"]
    ),
    Expectation(
        "POST",
        "/2/media/metadata",
        _SPEC,
        headers=_BEARER,
        body=strict(
            ["id"], id=_ID, metadata=strict(alt_text=strict(["text"], text={"type": "string", "maxLength": 1000}))
        ),
    ),
    Expectation(
        "POST",
        "/2/oauth2/token",
        "docs.x.com, OAuth 2.0: a confidential app",
        headers={"Authorization": r"Basic \S+"},
        fields={
            "grant_type": "refresh_token|authorization_code",
            "refresh_token": ".+",
            "client_id": ".+",
            "code": ".+",
            "redirect_uri": ".+",
            "code_verifier": ".{43,128}",
        },
        required=["grant_type"],
        one_of=(("refresh_token",), ("code", "redirect_uri", "code_verifier")),
    ),
)

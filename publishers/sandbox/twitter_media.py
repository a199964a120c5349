"""X's media upload, v2: one shot for images, or initialize, append, finalize and STATUS; and alt texts."""

from __future__ import annotations

import base64
import binascii
from abc import abstractmethod
from typing import Any

from .accounts import Token
from .films import FILMS
from .forms import form_values, uploaded_file
from .images import Sniffed, sniff
from .processing import FILM_SECONDS, failure, process
from .service import Answer, Route, Service
from .store import Medium
from .twitter_shapes import invalid, media_key, problem
from .wire import Request, Response, json_response

EXPIRES_SECONDS = 86400
MAX_BYTES = {"image/gif": 15 * 1024**2, "video/mp4": 512 * 1024**2, "video/quicktime": 512 * 1024**2}
MAX_IMAGE_BYTES = 5 * 1024**2
MAX_SEGMENT = 999
MAX_SEGMENT_BYTES = 5 * 1024**2
MIN_SECONDS, MAX_SECONDS = 0.5, 140.0
MAX_GIF_PIXELS = 1280 * 1080
MAX_IMAGE_SIDE = 8192
_OF_CATEGORY = {"tweet_image": "image", "tweet_gif": "gif", "tweet_video": "video", "amplify_video": "video"}
_ONE_SHOT = frozenset({"tweet_image", "dm_image", "subtitles"})
_CATEGORIES = _ONE_SHOT | {"amplify_video", "tweet_gif", "tweet_video", "dm_gif", "dm_video"}
_TYPES = frozenset({
    "video/mp4", "video/webm", "video/mp2t", "video/quicktime", "text/srt", "text/vtt", "image/jpeg", "image/gif",
    "image/bmp", "image/png", "image/webp", "image/pjpeg", "image/tiff", "model/gltf-binary", "model/vnd.usdz+zip",
})  # fmt: skip


class TwitterMedia(Service):
    """The upload endpoints of X."""

    key = "twitter"

    def media_routes(self) -> list[Route]:
        return [
            Route("POST", "/2/media/upload", "upload.finish", self.one_shot),
            Route("GET", "/2/media/upload", "upload.status", self.status),
            Route("POST", "/2/media/upload/initialize", "upload.start", self.initialize),
            Route("POST", "/2/media/upload/{}/append", "upload.part", self.append),
            Route("POST", "/2/media/upload/{}/finalize", "upload.finish", self.finalize),
            Route("POST", "/2/media/metadata", "upload.describe", self.metadata),
        ]

    @abstractmethod
    def authorize(self, request: Request, scope: str, *, app: bool = False) -> Token:
        """The caller's token, if it has ``scope``."""

    @abstractmethod
    def spend(self, operation: str, token: Token) -> None:
        """Count a call."""

    def one_shot(self, request: Request) -> Response:
        token = self._uploader(request)
        fields, content = _fields_and_bytes(request)
        category = fields.get("media_category")
        if category not in _ONE_SHOT:
            reason = "media_category must be one of tweet_image, dm_image, subtitles"
            raise invalid("media_category", str(category), reason)
        medium = self._new(token, {"category": category})
        self._complete(request, medium, content)
        return self._told(medium)

    def initialize(self, request: Request) -> Response:
        token = self._uploader(request)
        body = request.json_object() or {}
        category, kind, size = body.get("media_category"), body.get("media_type"), body.get("total_bytes")
        if category is not None and category not in _CATEGORIES:
            raise invalid("media_category", str(category), "media_category is not one of the known categories")
        if kind not in _TYPES:
            raise invalid("media_type", str(kind), "media_type is not one of the known types")
        if not isinstance(size, int) or size < 1:
            raise invalid("total_bytes", str(size), "total_bytes must be a positive integer")
        if size > MAX_BYTES.get(str(kind), MAX_IMAGE_BYTES):
            raise invalid("total_bytes", str(size), f"maxFileSizeBytes exceeded: {size}")
        medium = self._new(token, {"category": category, "size": size, "segments": {}})
        return self._told(medium)

    def append(self, request: Request, medium_id: str) -> Response:
        medium = self._own(request, medium_id)
        fields, content = _fields_and_bytes(request)
        index = str(fields.get("segment_index", ""))
        if not index.isdigit() or int(index) > MAX_SEGMENT:
            raise invalid("segment_index", index, f"segment_index must be between 0 and {MAX_SEGMENT}")
        segments = medium.meta.get("segments")
        if segments is None or medium.kind is not None:
            raise invalid("id", medium_id, "This upload is complete already.")
        if not content or len(content) > MAX_SEGMENT_BYTES:
            raise invalid("media", "media", f"A segment must have 1 to {MAX_SEGMENT_BYTES} bytes.")
        segments[int(index)] = content
        expires_at = int(medium.created_at.timestamp()) + EXPIRES_SECONDS
        return json_response(200, {"data": {"expires_at": expires_at}, "meta": {}})

    def finalize(self, request: Request, medium_id: str) -> Response:
        medium = self._own(request, medium_id)
        segments = medium.meta.get("segments") or {}
        if sorted(segments) != list(range(len(segments))):
            raise invalid("id", medium_id, "Segments do not add up to provided total file size.")
        content = b"".join(segments[index] for index in sorted(segments))
        if len(content) != medium.meta.get("size"):
            raise invalid("id", medium_id, "Size of the appended segments differs from total_bytes.")
        self._complete(request, medium, content)
        medium.meta["segments"] = {}
        return self._told(medium)

    def status(self, request: Request) -> Response:
        if request.query.get("command", "STATUS") != "STATUS":
            raise invalid("command", request.query["command"], "command must be STATUS")
        medium = self._own(request, request.query.get("media_id", ""))
        return self._told(medium)

    def metadata(self, request: Request) -> Response:
        body = request.json_object() or {}
        medium = self._own(request, str(body.get("id", "")))
        metadata = body.get("metadata")
        alt = (metadata if isinstance(metadata, dict) else {}).get("alt_text", {})
        text = alt.get("text") if isinstance(alt, dict) else None
        if not isinstance(text, str) or not 1 <= len(text) <= 1000:
            raise invalid("metadata.alt_text.text", str(text)[:80], "alt_text.text must have 1 to 1000 characters")
        medium.alt = text
        data = {"id": medium.id, "associated_metadata": {"alt_text": {"text": text}}}
        return json_response(200, {"data": data})

    # --- steps ---------------------------------------------------------------------------------------------

    def _uploader(self, request: Request) -> Token:
        token = self.authorize(request, "media.write")
        self.spend("upload", token)
        return token

    def _own(self, request: Request, medium_id: str) -> Medium:
        token = self._uploader(request)
        medium = self.world.store.find_medium(self.key, medium_id)
        if medium is None or medium.owner != token.account.id:
            raise Answer(problem(404, "Not Found", f"Could not find media with id: [{medium_id}]."))
        return medium

    def _new(self, token: Token, meta: dict[str, Any]) -> Medium:
        now = self.world.now()
        medium_id = str(self.world.store.snowflake(self.key, now))
        return self.world.store.add_medium(Medium(medium_id, self.key, token.account.id, now, meta=meta))

    def _complete(self, request: Request, medium: Medium, content: bytes) -> None:
        """Take a file that is all there. What is wrong with a video shows only when it was processed."""
        kind = sniff(content)
        if kind is None or kind.is_document or not _fits(kind, str(medium.meta.get("category"))):
            raise Answer(problem(400, "Bad Request", "media type unrecognized."))
        if len(content) > MAX_BYTES.get(kind.mime, MAX_IMAGE_BYTES):
            raise Answer(problem(400, "Bad Request", f"Image file size must be <= {MAX_IMAGE_BYTES} bytes"))
        if not kind.moves and max(kind.width, kind.height) > MAX_IMAGE_SIDE:
            raise Answer(problem(400, "Bad Request", f"Image dimensions must be <= {MAX_IMAGE_SIDE}x{MAX_IMAGE_SIDE}"))
        seconds = FILM_SECONDS if kind.mime in FILMS else 2.0 if kind.moves else 0.0
        process(self.world, request, medium, content, kind, wrong=_wrong(kind), seconds=seconds)

    def _told(self, medium: Medium) -> Response:
        return json_response(200, {"data": self._data(medium), "meta": {}})

    def _data(self, medium: Medium) -> dict[str, Any]:
        data: dict[str, Any] = {
            "id": medium.id, "media_key": media_key(medium), "expires_after_secs": EXPIRES_SECONDS,
            "size": len(medium.content),
        }  # fmt: skip
        wrong = failure(self.world, medium)
        if wrong:
            error = {"code": 1, "name": "InvalidMedia", "message": wrong}
            data["processing_info"] = {"state": "failed", "progress_percent": 100, "error": error}
        elif medium.kind and medium.meta.get("processed"):
            percent = medium.progress(self.world.now())
            state = "succeeded" if percent == 100 else "in_progress" if percent else "pending"
            again = {} if percent == 100 else {"check_after_secs": 1 if percent else 2}
            data["processing_info"] = {"state": state, "progress_percent": percent, **again}
        return data


def _fields_and_bytes(request: Request) -> tuple[dict[str, Any], bytes]:
    """The plain fields and the file of an upload, from a form or from JSON with the file in base64."""
    if request.content_type == "multipart/form-data":
        part = uploaded_file(request)
        return dict(form_values(request)), part.content if part else b""
    body = request.json_object() or {}
    try:
        return body, base64.b64decode(str(body.get("media", "")), validate=True)
    except binascii.Error:
        raise invalid("media", "media", "media is no base64") from None


def _fits(kind: Sniffed, category: str) -> bool:
    """Whether a file is what its upload was announced as."""
    wanted = _OF_CATEGORY.get(category)
    found = "video" if kind.mime in FILMS else "gif" if kind.mime == "image/gif" else "image"
    return wanted in (None, found) or (wanted == "image" and found == "gif")


def _wrong(kind: Sniffed) -> str:
    if kind.mime == "image/gif" and kind.width * kind.height > MAX_GIF_PIXELS:
        return "GIF dimensions must be <= 1280x1080"
    if kind.mime not in FILMS:
        return ""
    if not kind.width or not kind.height:
        return "file is currently unsupported"
    if not MIN_SECONDS <= kind.seconds <= MAX_SECONDS:
        bounds = f"minimum:{MIN_SECONDS * 1000:.0f}, maximum:{MAX_SECONDS * 1000:.0f}"
        return f"Invalid video duration, {bounds}, actual:{kind.seconds * 1000:.0f} (MediaId: snf)"
    return "" if 1 / 3 <= kind.width / kind.height <= 3 else "Invalid aspect ratio, allowed 1:3 to 3:1"

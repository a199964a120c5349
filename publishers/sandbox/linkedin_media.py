"""LinkedIn's Images, Videos and Documents APIs: an address for each file, the bytes, and what becomes of them."""

from __future__ import annotations

import base64
import hashlib
import secrets
from abc import abstractmethod
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from .accounts import Account, Token
from .films import FILMS
from .images import Sniffed, sniff
from .linkedin_dialogue import LinkedInDialogue
from .linkedin_shapes import error, input_error, not_found
from .processing import FILM_SECONDS, failure, process
from .service import Answer, Route
from .store import Medium
from .wire import Request, Response, as_object, json_response

MAX_PIXELS = 36_152_320
PART_BYTES = 4 * 1024**2
MIN_VIDEO_BYTES, MAX_VIDEO_BYTES = 75_000, 500 * 1024**2
MIN_SECONDS, MAX_SECONDS = 3.0, 1800.0
MAX_DOCUMENT_BYTES, MAX_PAGES = 100 * 1024**2, 300
DOCUMENT_SECONDS = 4.0
_IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif")
_APIS = {"images": "image", "videos": "video", "documents": "document"}


class LinkedInMedia(LinkedInDialogue):
    """The upload endpoints of LinkedIn."""

    def media_routes(self) -> list[Route]:
        return [
            *(Route("POST", f"/rest/{api}", "upload.start", self._action_of(api)) for api in _APIS),
            *(Route("GET", f"/rest/{api}/{{}}", "upload.status", self.state) for api in _APIS),
            Route("PUT", "/dms-uploads/{}", "upload.finish", self.upload),
        ]

    @abstractmethod
    def _author(self, token: Token, urn: Any, what: str) -> Account:
        """The account that is to own a file."""

    def operation_of(self, route: Route, request: Request) -> str:
        if route.operation == "upload.start" and request.query.get("action") == "finalizeUpload":
            return "upload.finish"
        if route.operation == "upload.finish" and "part" in request.query:
            return "upload.part"
        return super().operation_of(route, request)

    def _action_of(self, api: str) -> Any:
        def handle(request: Request) -> Response:
            action = request.query.get("action")
            if action == "finalizeUpload" and api == "videos":
                return self.finalize(request)
            if action != "initializeUpload":
                raise Answer(error(400, "ILLEGAL_ARGUMENT", f"There is no action {action} here", 0))
            return self.initialize(request, api)

        return handle

    def initialize(self, request: Request, api: str) -> Response:
        token = self.authorize(request)
        wanted = as_object(as_object(request.json_object()).get("initializeUploadRequest"))
        owner = self._author(token, wanted.get("owner"), f"partnerApi{api.title()}.ACTION-initializeUpload")
        now = self.world.now()
        name = base64.urlsafe_b64encode(secrets.token_bytes(15)).decode().rstrip("=")
        medium = Medium(f"urn:li:{_APIS[api]}:C4E10AQ{name}", self.key, owner.id, now)
        expires = int((now + timedelta(days=1)).timestamp() * 1000)
        address = f"{request.base_url}/dms-uploads/{quote(medium.id, safe='')}?ca=vector_ads&sync=0"
        value: dict[str, Any] = {_APIS[api]: medium.id}
        if api == "videos":
            value |= {"uploadUrlsExpireAt": expires, **self._instructions(medium, wanted, address)}
        else:
            value |= {"uploadUrlExpiresAt": expires, "uploadUrl": address}
        self.world.store.add_medium(medium)
        return json_response(200, {"value": value})

    def _instructions(self, medium: Medium, wanted: dict[str, Any], address: str) -> dict[str, Any]:
        """Which part of a video goes where. Answers 400 to a size that LinkedIn does not take."""
        size = wanted.get("fileSizeBytes")
        if isinstance(size, bool) or not isinstance(size, int) or not MIN_VIDEO_BYTES <= size <= MAX_VIDEO_BYTES:
            message = f"fileSizeBytes must be from {MIN_VIDEO_BYTES} to {MAX_VIDEO_BYTES}"
            raise input_error(400, "INVALID_FIELD", message, "/initializeUploadRequest/fileSizeBytes")
        spans = [(start, min(start + PART_BYTES, size) - 1) for start in range(0, size, PART_BYTES)]
        medium.meta |= {"spans": spans, "parts": {}, "token": secrets.token_urlsafe(12)}
        instructions = [
            {"uploadUrl": f"{address}&part={number}", "firstByte": first, "lastByte": last}
            for number, (first, last) in enumerate(spans)
        ]
        return {"uploadInstructions": instructions, "uploadToken": medium.meta["token"]}

    def upload(self, request: Request, urn: str) -> Response:
        """Take the bytes. A wrong file is taken too, and only shows in its status, as at LinkedIn."""
        medium = self.world.store.find_medium(self.key, urn)
        if medium is None:
            return Response(404)
        if not request.body:
            return Response(400)
        if "spans" in medium.meta:
            return self._part(medium, request)
        kind = sniff(request.body) or Sniffed("application/octet-stream")
        wrong = _wrong(urn, kind, len(request.body))
        seconds = DOCUMENT_SECONDS if ":document:" in urn else 0.0
        process(self.world, request, medium, request.body, kind, wrong=wrong, seconds=seconds)
        return Response(201)

    def _part(self, medium: Medium, request: Request) -> Response:
        number = request.query.get("part", "")
        spans: list[tuple[int, int]] = medium.meta["spans"]
        if not number.isdigit() or int(number) >= len(spans) or medium.kind is not None:
            return Response(404)
        first, last = spans[int(number)]
        if len(request.body) != last - first + 1:
            return Response(400, b"The part has not the length that was announced.")
        medium.meta["parts"][int(number)] = request.body
        return Response(200, b"", {"ETag": _etag(request.body)})

    def finalize(self, request: Request) -> Response:
        """All parts, in their order, by the ETags that they got."""
        self.authorize(request)
        wanted = as_object(as_object(request.json_object()).get("finalizeUploadRequest"))
        medium = self.world.store.find_medium(self.key, str(wanted.get("video")))
        if medium is None or "spans" not in medium.meta:
            raise not_found(str(wanted.get("video")))
        parts = [medium.meta["parts"].get(number) for number in range(len(medium.meta["spans"]))]
        tags = [None if part is None else _etag(part) for part in parts]
        if wanted.get("uploadToken") != medium.meta["token"] or wanted.get("uploadedPartIds") != tags:
            message = "uploadToken or uploadedPartIds do not match the upload"
            raise input_error(400, "INVALID_FIELD", message, "/finalizeUploadRequest/uploadedPartIds")
        content = b"".join(parts)
        kind = sniff(content) or Sniffed("application/octet-stream")
        wrong = _wrong(medium.id, kind, len(content))
        process(self.world, request, medium, content, kind, wrong=wrong, seconds=FILM_SECONDS)
        medium.meta["parts"] = {}
        return Response(200)

    def state(self, request: Request, urn: str) -> Response:
        self.authorize(request)
        medium = self.world.store.find_medium(self.key, urn)
        if medium is None:
            raise not_found(urn)
        shown: dict[str, Any] = {"id": urn, "owner": medium.owner, "status": "WAITING_UPLOAD"}
        wrong = failure(self.world, medium)
        if wrong:
            shown |= {"status": "PROCESSING_FAILED", "processingFailureReason": wrong}
        elif medium.kind is not None:
            shown["status"] = "AVAILABLE" if medium.ready(self.world.now()) else "PROCESSING"
        if shown["status"] == "AVAILABLE" and medium.kind and medium.kind.seconds:
            shown["duration"] = round(medium.kind.seconds * 1000)
        return json_response(200, shown)


def _etag(part: bytes) -> str:
    return hashlib.md5(part, usedforsecurity=False).hexdigest()


def _wrong(urn: str, kind: Sniffed, size: int) -> str:
    """What LinkedIn finds fault with in a file, by the kind that it was announced as."""
    if ":video:" in urn:
        return _wrong_film(kind)
    if ":document:" in urn:
        if not kind.is_document:
            return "The document is none of PDF, DOC, DOCX, PPT and PPTX."
        too_much = size > MAX_DOCUMENT_BYTES or kind.pages > MAX_PAGES
        return f"The document exceeds {MAX_DOCUMENT_BYTES} bytes or {MAX_PAGES} pages." if too_much else ""
    if kind.mime not in _IMAGE_TYPES:
        return "The image is none of JPG, PNG and GIF."
    return f"The image exceeds {MAX_PIXELS} pixels." if kind.width * kind.height >= MAX_PIXELS else ""


def _wrong_film(kind: Sniffed) -> str:
    if kind.mime not in FILMS:
        return "The video is no MP4."
    if MIN_SECONDS <= kind.seconds <= MAX_SECONDS:
        return ""
    return f"The video must run for {MIN_SECONDS:g} to {MAX_SECONDS:g} seconds."

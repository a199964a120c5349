"""Facebook's videos: sent in pieces, processed unseen, then shown (Graph API, Page videos and Video)."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import Any

from .accounts import Account, Token
from .facebook_dialogue import FacebookDialogue
from .facebook_shapes import error, parameter_error, unknown_object
from .forms import uploaded_file
from .images import sniff
from .processing import FILM_SECONDS, failure, process
from .service import Answer, Route
from .store import Medium, Post
from .wire import Request, Response, json_response

MAX_BYTES = 10 * 1024**3
MAX_SECONDS = 14_400.0
PIECE_BYTES = 1024**2
"""Graph names the stretch that it wants next; how long it is, it decides by itself."""

#: A few of the languages that the targeting search knows; each has a key.
LOCALES = {
    5: "German", 6: "English (US)", 24: "English (UK)", 1001: "English (All)", 9: "French (France)",
    1003: "French (All)", 10: "Italian", 14: "Dutch", 15: "Polish", 23: "Spanish", 1002: "Spanish (All)",
    2: "Czech", 19: "Turkish",
}  # fmt: skip


class FacebookVideo(FacebookDialogue):
    """The edge ``videos``, a video by its id, and the search for languages."""

    def video_routes(self) -> list[Route]:
        return [
            Route("POST", "/{}/videos", "upload", self.video),
            Route("GET", "/search", "read", self.search),
        ]

    @abstractmethod
    def authorize_page(self, request: Request, page_id: str) -> tuple[Token, Account]:
        """The Page that is to publish."""

    @abstractmethod
    def _accept(
        self,
        request: Request,
        page: Account,
        message: str,
        link: str | None,
        media: list[Medium],
        targeting: Any = None,
    ) -> Post:
        """Take a post."""

    @abstractmethod
    def _new_id(self, moment: Any) -> str:
        """An id for what is made at a moment."""

    def video_operation(self, request: Request) -> str | None:
        """What a request does to a video: a step of its upload, or showing it; None where it is about none."""
        form = self.parameters(request)
        if request.method == "POST" and request.path.endswith("/videos"):
            steps = {"start": "upload.start", "transfer": "upload.part"}
            return steps.get(form.get("upload_phase", ""), "upload.finish")
        if self.world.store.find_medium(self.key, request.path.strip("/")) is None:
            return None
        return "publish" if request.method == "POST" else "upload.status"

    def video(self, request: Request, page_id: str) -> Response:
        """One of the three phases of an upload."""
        _, page = self.authorize_page(request, page_id)
        form = self.parameters(request)
        phases = {"start": self._start, "transfer": self._transfer, "finish": self._finish}
        phase = phases.get(form.get("upload_phase", ""))
        if phase is None:
            raise parameter_error("upload_phase must be one of start, transfer, finish")
        return phase(request, page, form)

    def _start(self, request: Request, page: Account, form: dict[str, str]) -> Response:  # noqa: ARG002 - phases are alike
        size = form.get("file_size", "")
        if not size.isdigit() or not 1 <= int(size) <= MAX_BYTES:
            raise Answer(error(6001, "(#6001) The video file size is too small or too large", subcode=1363026))
        now = self.world.now()
        medium = Medium(self._new_id(now), self.key, page.id, now)
        medium.meta |= {"size": int(size), "pieces": [], "session": self._new_id(now), "edge": "videos"}
        self.world.store.add_medium(medium)
        return json_response(200, {"video_id": medium.id, "upload_session_id": medium.meta["session"], **_next(medium)})

    def _transfer(self, request: Request, page: Account, form: dict[str, str]) -> Response:
        medium, file = self._uploading(page, form), uploaded_file(request)
        wanted = _next(medium)
        if form.get("start_offset") != wanted["start_offset"]:
            data = {"start_offset": int(wanted["start_offset"]), "end_offset": int(wanted["end_offset"])}
            raise Answer(
                error(6001, "(#6001) Your video upload timed out or the offset is wrong", subcode=1363037,
                      error_data=json.dumps(data))
            )  # fmt: skip
        room = int(wanted["end_offset"]) - int(wanted["start_offset"])
        if file is None or not file.content or len(file.content) > room:
            raise Answer(error(6001, "(#6001) There was a problem uploading your video chunk", subcode=1363037))
        medium.meta["pieces"].append(file.content)
        return json_response(200, _next(medium))

    def _finish(self, request: Request, page: Account, form: dict[str, str]) -> Response:
        medium = self._uploading(page, form)
        content = b"".join(medium.meta["pieces"])
        if len(content) != medium.meta["size"]:
            raise Answer(error(6000, "(#6000) There was a problem with your video file", subcode=1363030))
        targeting = self.targeting(form)
        kind = sniff(content)
        if kind is None or not kind.moves:
            raise Answer(error(352, "(#352) The video file you selected is in a format that we don't support."))
        wrong = "The video is too long." if kind.seconds > MAX_SECONDS else ""
        process(self.world, request, medium, content, kind, wrong=wrong, seconds=FILM_SECONDS)
        medium.meta |= {"pieces": [], "title": form.get("title", ""), "text": form.get("description", "")}
        medium.meta["targeting"] = targeting
        if form.get("published") != "false":
            left = (medium.ready_at - self.world.now()).total_seconds() if medium.ready_at else 0.0
            self.world.postpone(left, lambda: self._show(request, page, medium))
        return json_response(200, {"success": True})

    def show_video(self, request: Request, video_id: str) -> Response:
        """The call that publishes a video which was uploaded unseen."""
        token = self.authorize(request, "pages_manage_posts")
        medium = self.world.store.find_medium(self.key, video_id)
        page = self.world.directory.reachable(token, medium.owner) if medium else None
        if medium is None or page is None:
            raise unknown_object(video_id)
        if self.parameters(request).get("published") not in ("true", "1"):
            raise parameter_error("Only published=true changes a video here")
        if not medium.ready(self.world.now()):
            raise Answer(error(100, "(#100) The video is not ready to be published", subcode=1363047))
        if not medium.meta.get("post_id"):
            self._show(request, page, medium)
        return json_response(200, {"success": True})

    def video_object(self, request: Request, medium: Medium) -> dict[str, Any]:
        """A video with the fields asked for."""
        wanted = {name for name in request.query.get("fields", "").split(",") if name}
        post_id = medium.meta.get("post_id")
        everything = {
            "id": medium.id, "status": self._status(medium), "title": medium.meta.get("title"),
            "description": medium.meta.get("text"), "published": post_id is not None,
            "post_id": post_id and post_id.partition("_")[2], "length": medium.kind.seconds if medium.kind else None,
            "permalink_url": f"/{medium.owner}/videos/{medium.id}/",
        }  # fmt: skip
        unknown = wanted - set(everything)
        if unknown:
            raise parameter_error(f"Tried accessing nonexisting field ({min(unknown)}) on node type (Video)")
        return {
            name: everything[name] for name in everything if name in wanted | {"id"} and everything[name] is not None
        }

    def search(self, request: Request) -> Response:
        """``type=adlocale``: languages whose name begins with ``q``."""
        self.authorize(request)
        if request.query.get("type") != "adlocale":
            raise parameter_error("Only type=adlocale is searched here")
        asked = request.query.get("q", "").casefold()
        found = [{"key": key, "name": name} for key, name in LOCALES.items() if name.casefold().startswith(asked)]
        return json_response(200, {"data": found})

    def targeting(self, form: dict[str, str]) -> dict[str, Any]:
        """Who may see a post. Answers 100 to a language that is none."""
        if "targeting" not in form:
            return {}
        try:
            value = json.loads(form["targeting"])
        except ValueError:
            value = None
        locales = value.get("locales", []) if isinstance(value, dict) else None
        if not isinstance(locales, list) or not all(isinstance(key, int) and key in LOCALES for key in locales):
            raise parameter_error("Invalid parameter: targeting")
        return {"locales": locales}

    def _show(self, request: Request, page: Account, medium: Medium) -> None:
        if failure(self.world, medium):
            return
        targeting = medium.meta.get("targeting")
        post = self._accept(request, page, medium.meta.get("text", ""), None, [medium], targeting)
        medium.meta["post_id"] = post.id

    def _uploading(self, page: Account, form: dict[str, str]) -> Medium:
        session = form.get("upload_session_id")
        found = [m for m in self.world.store.media.values() if m.owner == page.id and m.meta.get("session") == session]
        if not found or found[0].kind is not None:
            raise Answer(error(6001, "(#6001) The upload session is not known or has ended", subcode=1363041))
        return found[0]

    def _status(self, medium: Medium) -> dict[str, Any]:
        wrong, percent = failure(self.world, medium), medium.progress(self.world.now())
        over = medium.kind is not None and percent == 100
        state = "error" if wrong else "ready" if over else "processing" if medium.kind else "uploading"
        processing: dict[str, Any] = {"status": "error" if wrong else "complete" if over else "in_progress"}
        if wrong:
            processing["error"] = {"message": wrong}
        return {
            "video_status": state, "processing_progress": percent,
            "uploading_phase": {"status": "complete" if medium.kind else "in_progress"}, "processing_phase": processing,
            "publishing_phase": {"status": "complete" if medium.meta.get("post_id") else "not_started"},
        }  # fmt: skip


def _next(medium: Medium) -> dict[str, str]:
    """The stretch that Graph wants next, as it writes it: numbers in strings."""
    start, size = sum(len(piece) for piece in medium.meta["pieces"]), medium.meta["size"]
    return {"start_offset": str(start), "end_offset": str(min(start + PIECE_BYTES, size))}

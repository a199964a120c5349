"""The workspace, its people, its crisis switch and its files."""

from __future__ import annotations

from sqlalchemy import select

from planner import models
from planner.domain.roles import Permission
from planner.services import media
from planner.services.publishing import pause
from planner.web.api import present
from planner.web.api.operations import Call, Router
from planner.web.api.shapes import success as shapes
from planner.web.api.shapes.channels import PausePut
from planner.web.api.shapes.common import Page, PageQuery
from planner.web.api.uploads import CONTENT, Upload, read_upload

router = Router("workspace")


@router.get("/me")
def get_me(call: Call) -> shapes.Me:
    """What this token is."""
    return shapes.Me(token=call.actor.label, role=call.actor.role, workspace=str(call.workspace_id))


@router.get("/workspace")
def get_workspace(call: Call) -> shapes.Workspace:
    """The company or brand that the token is of."""
    found = call.session.get_one(models.Workspace, call.workspace_id)
    return shapes.Workspace(
        id=str(found.id),
        name=found.name,
        zone=found.zone,
        language=found.language,
        approval_required=found.approval_required,
        paused=present.pause(found),
    )


@router.get("/members")
def list_members(call: Call, query: PageQuery) -> Page[shapes.Member]:
    """The people of the workspace."""
    wanted = select(models.Member).where(models.Member.workspace_id == call.workspace_id)
    if query.cursor:
        wanted = wanted.where(models.Member.id > int(query.cursor))
    found = call.session.scalars(wanted.order_by(models.Member.id).limit(query.limit + 1)).all()
    shown = found[: query.limit]
    return Page[shapes.Member](
        items=[
            shapes.Member(id=str(m.id), user=str(m.user_id), name=m.user.name, email=m.user.email, role=m.role)
            for m in shown
        ],
        next=str(shown[-1].id) if len(found) > query.limit else None,
    )


@router.get("/pause")
def get_pause(call: Call) -> shapes.WorkspacePause:
    """Whether the crisis switch is pulled."""
    return _pause(call.session.get_one(models.Workspace, call.workspace_id))


@router.put("/pause", Permission.PAUSE)
def pause_everything(call: Call, body: PausePut) -> shapes.WorkspacePause:
    """Pull the crisis switch. Nothing new goes out; what is being sent is finished and noted."""
    return _pause(pause.pause_workspace(call.session, call.actor, body.reason, now=call.now))


@router.delete("/pause", Permission.RELEASE)
def release_everything(call: Call) -> shapes.WorkspacePause:
    """Release the crisis switch. What is within its limit goes out, the rest is missed."""
    return _pause(pause.release_workspace(call.session, call.actor, now=call.now))


@router.post("/media", Permission.EDIT, reader=read_upload, request_content=CONTENT)
def upload_media(call: Call, body: Upload) -> shapes.Media:
    """Upload an image (JPEG, PNG, GIF, WebP), a video (MP4, MOV) or a document (PDF, DOCX, PPTX).

    What it is comes from its bytes, not from its name or type.
    """
    stored = media.keep(
        call.session,
        call.actor,
        body.incoming,
        body.filename,
        now=call.now,
        folder=call.platform.settings.media_folder,
        alt=body.alt,
        title=body.title,
    )
    return _media(stored)


@router.get("/media/{media_id}")
def get_media(call: Call, media_id: int) -> shapes.Media:
    """What is known of an uploaded file."""
    return _media(media.get(call.session, call.workspace_id, media_id))


def _pause(found: models.Workspace) -> shapes.WorkspacePause:
    return shapes.WorkspacePause(
        paused=found.paused_at is not None, since=found.paused_at, reason=found.pause_reason, by=found.paused_by
    )


def _media(found: models.Media) -> shapes.Media:
    return shapes.Media(
        id=str(found.id),
        filename=found.filename,
        mime=found.mime,
        size=found.size,
        width=found.width,
        height=found.height,
        alt=found.alt,
        seconds=found.seconds,
        pages=found.pages,
        title=found.title,
        created_at=found.created_at,
    )

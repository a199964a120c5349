"""Conversations: what people say about our posts and about us, and what we answer."""

from __future__ import annotations

from typing import Any

from planner import models
from planner.bootstrap import Platform
from planner.domain.roles import Permission
from planner.services import dialogue
from planner.services.actor import Actor
from planner.services.dialogue.answers import rules_of
from planner.services.dialogue.reading import get_message
from planner.services.errors import Conflict
from planner.web.api.operations import Call, Router
from planner.web.api.present import ref
from planner.web.api.shapes import dialogue as shapes
from planner.web.api.shapes.common import Page
from publishers.base import DialogueRules

router = Router("conversations")


@router.get("/conversations")
def list_conversations(call: Call, query: shapes.ConversationQuery) -> Page[shapes.Conversation]:
    """Comments and mentions; those in which something was said last come first."""
    wanted = dialogue.Filter(query.state, query.channel, query.kind, query.assignee, query.post)
    listed = dialogue.page(call.session, call.workspace_id, wanted, after=query.cursor, size=query.limit)
    return Page[shapes.Conversation](items=[_conversation(c) for c in listed.items], next=listed.next)


@router.get("/conversations/{conversation_id}")
def get_conversation(call: Call, conversation_id: int) -> shapes.ConversationDetail:
    """One conversation, with all that was said, our answers on their way, and what can be done here."""
    found = dialogue.thread(call.session, call.workspace_id, conversation_id)
    rules = _rules(call, found.conversation.channel_id)
    return shapes.ConversationDetail(
        **dict(_conversation(found.conversation)),
        messages=[_message(m) for m in found.messages],
        answers=[_answer(a) for a in found.answers],
        possible=shapes.Possible(
            answer=rules.answer and (not rules.only_to_us or any(m.to_us for m in found.messages if not m.own)),
            hide=rules.hide,
            like=rules.like,
            remove=rules.remove,
            answer_limit=rules.answer_limit,
        ),
    )


@router.patch("/conversations/{conversation_id}", Permission.EDIT)
def change_conversation(call: Call, conversation_id: int, body: shapes.ConversationPatch) -> shapes.Conversation:
    """Set the state of a conversation, or who looks after it."""
    found = dialogue.get(call.session, call.workspace_id, conversation_id)
    named: Any = body.model_fields_set
    changed = dialogue.update(
        call.session,
        call.actor,
        conversation_id,
        state=body.state if "state" in named else found.state,
        assignee_id=body.assignee if "assignee" in named else found.assignee_id,
        now=call.now,
    )
    return _conversation(changed)


@router.post("/conversations/{conversation_id}/messages", Permission.EDIT, home="/answers")
def answer_conversation(call: Call, conversation_id: int, body: shapes.AnswerIn) -> shapes.Answer:
    """Answer, visibly and exactly once. It goes out at once, or once a lead said yes where the workspace wants that.

    A pause of publishing does not hold answers back. 409 `answer_only_to_us` where the network takes an answer only to
    who spoke to the account.
    """
    written = dialogue.write(
        call.session, call.platform, call.actor, conversation_id, body.text, to=body.to, now=call.now
    )
    return _answer(written)


@router.get("/answers/{answer_id}")
def get_answer(call: Call, answer_id: int) -> shapes.Answer:
    """How an answer stands."""
    return _answer(dialogue.get_answer(call.session, call.workspace_id, answer_id))


@router.post("/answers/{answer_id}/approval", Permission.APPROVE, status=200)
def approve_answer(call: Call, answer_id: int) -> shapes.Answer:
    """A lead's yes: it goes out."""
    return _answer(dialogue.approve(call.session, call.actor, answer_id, now=call.now))


@router.post("/answers/{answer_id}/retry", Permission.EDIT, status=200)
def retry_answer(call: Call, answer_id: int) -> shapes.Answer:
    """Send a failed answer after all."""
    return _answer(dialogue.retry(call.session, call.actor, answer_id, now=call.now))


@router.post("/answers/{answer_id}/resolution", Permission.EDIT, status=200)
def resolve_answer(call: Call, answer_id: int, body: shapes.AnswerResolution) -> shapes.Answer:
    """Say whether an answer that needs a decision stands there. Where not, it goes out again."""
    return _answer(dialogue.resolve(call.session, call.actor, answer_id, live=body.live, now=call.now))


@router.delete("/answers/{answer_id}", Permission.EDIT)
def withdraw_answer(call: Call, answer_id: int) -> shapes.Answer:
    """It does not go out. 409 once it is being sent."""
    return _answer(dialogue.withdraw(call.session, call.actor, answer_id, now=call.now))


def _hide(platform: Platform, actor: Actor, message_id: int) -> None:
    dialogue.hide(platform, actor, message_id, hidden=True)


def _show(platform: Platform, actor: Actor, message_id: int) -> None:
    dialogue.hide(platform, actor, message_id, hidden=False)


def _like(platform: Platform, actor: Actor, message_id: int) -> None:
    dialogue.like(platform, actor, message_id, liked=True)


def _unlike(platform: Platform, actor: Actor, message_id: int) -> None:
    dialogue.like(platform, actor, message_id, liked=False)


def _remove(platform: Platform, actor: Actor, message_id: int) -> None:
    dialogue.remove(platform, actor, message_id)


@router.put("/messages/{message_id}/hiding", Permission.EDIT, prepare=_hide)
def hide_message(call: Call, message_id: int) -> shapes.Message:
    """Hide a message from others at the network, where that is offered."""
    return _message(get_message(call.session, call.workspace_id, message_id))


@router.delete("/messages/{message_id}/hiding", Permission.EDIT, prepare=_show)
def show_message(call: Call, message_id: int) -> shapes.Message:
    """Show a hidden message again."""
    return _message(get_message(call.session, call.workspace_id, message_id))


@router.put("/messages/{message_id}/like", Permission.EDIT, prepare=_like)
def like_message(call: Call, message_id: int) -> shapes.Message:
    """Like a message as the account, where that is offered."""
    return _message(get_message(call.session, call.workspace_id, message_id))


@router.delete("/messages/{message_id}/like", Permission.EDIT, prepare=_unlike)
def unlike_message(call: Call, message_id: int) -> shapes.Message:
    """Take the like back."""
    return _message(get_message(call.session, call.workspace_id, message_id))


@router.delete("/messages/{message_id}", Permission.EDIT, prepare=_remove)
def remove_message(call: Call, message_id: int) -> shapes.Message:
    """Delete an answer of ours at the network. This cannot be undone."""
    return _message(get_message(call.session, call.workspace_id, message_id))


def _rules(call: Call, channel_id: int) -> DialogueRules:
    try:
        return rules_of(call.platform, call.session.get_one(models.Channel, channel_id))[1]
    except Conflict:
        return DialogueRules()


def _conversation(found: models.Conversation) -> shapes.Conversation:
    return shapes.Conversation(
        id=str(found.id),
        channel=str(found.channel_id),
        delivery=ref(found.delivery_id),
        kind=found.kind,
        author=found.author,
        text=found.text,
        said_at=found.said_at,
        last_at=found.last_at,
        state=found.state,
        assignee=ref(found.assignee_id),
    )


def _message(found: models.Message) -> shapes.Message:
    return shapes.Message(
        id=str(found.id),
        conversation=str(found.conversation_id),
        kind=found.kind,
        author=found.author,
        author_url=found.author_url,
        text=found.text,
        url=found.url,
        said_at=found.said_at,
        own=found.own,
        to_us=found.to_us,
        hidden=found.hidden,
        liked=found.liked,
        gone_at=found.gone_at,
        forgotten=found.forgotten_at is not None,
    )


def _answer(found: models.Answer) -> shapes.Answer:
    return shapes.Answer(
        id=str(found.id),
        conversation=str(found.conversation_id),
        message=str(found.message_id),
        text=found.text,
        status=found.state,
        created_by=found.created_by,
        created_at=found.created_at,
        approved_by=found.approved_by,
        answered_at=found.answered_at,
        remote_id=found.remote_id,
        remote_url=found.remote_url,
        error=found.error_code,
        network_message=found.network_message,
    )

"""Pieces of the story become posts, by the same services that the composer uses."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.bootstrap import Platform
from planner.demo.company import LEAD, Company
from planner.demo.pictures import FILM, picture
from planner.demo.story import ENCORES, Piece
from planner.domain.roles import Role
from planner.domain.states import TopicStage
from planner.models import Category, Channel, Member as Place, Post, Topic, User
from planner.services import approvals, media, posts
from planner.services.actor import Actor
from planner.services.posts import Content, VariantInput, When

SOON = timedelta(seconds=30)


def write(
    platform: Platform,
    company: Company,
    piece: Piece,
    when: When,
    *,
    number: int,
    approve: bool = True,
    stage: TopicStage = TopicStage.DONE,
) -> Post:
    """The editor writes, the lead approves. ``number`` seeds the picture, ``stage`` is the topic's."""
    now, folder = platform.clock.now(), platform.settings.media_folder
    with platform.database.write() as session:
        content = _content(session, platform, company, piece, number, stage)
        post = posts.create(session, company.editor, content, when, now=now, folder=folder)
        if approve and when.is_set:
            approvals.approve(session, company.lead, post.id, now=now)
        return post


def write_encore(platform: Platform) -> Post | None:
    """One more post for every connected channel, due in half a minute, so that one is seen going out.

    None where all of them were used in earlier starts.
    """
    now, folder = platform.clock.now(), platform.settings.media_folder
    with platform.database.write() as session:
        used = set(session.scalars(select(Post.text).where(Post.text.in_([e.text for e in ENCORES]))))
        piece = next((e for e in ENCORES if e.text not in used), None)
        lead = _lead(session)
        if piece is None or lead is None:
            return None
        company = Company(editor=lead, lead=lead, admin=lead)
        company.channels = _connected(session, lead.workspace_id)
        company.categories = _by_name(session, lead.workspace_id)
        content = _content(session, platform, company, piece, len(used), TopicStage.DONE)
        return posts.create(session, lead, content, When(at=now + SOON), now=now, folder=folder, approve=True)


def _content(
    session: Session, platform: Platform, company: Company, piece: Piece, number: int, stage: TopicStage
) -> Content:
    targets = [company.channels[key] for key in piece.channels.split() if key in company.channels]
    return Content(
        text=piece.text,
        link=piece.link,
        media=_media(session, platform, company, piece, number),
        channels=tuple(targets),
        variants={c: v for c, v in _variants(company, piece).items() if c in targets},
        topic_id=_topic(session, platform, company, piece, stage),
        campaign_id=company.campaigns.get(piece.campaign),
        goal_id=_goal(company, piece),
        category_id=company.categories.get(piece.category),
        owner_id=company.editor.user_id,
    )


def _variants(company: Company, piece: Piece) -> dict[int, VariantInput]:
    variants = {}
    if piece.short and "twitter" in company.channels:
        variants[company.channels["twitter"]] = VariantInput(text=piece.short)
    if piece.picture and "xing" in company.channels:
        variants[company.channels["xing"]] = VariantInput(media=())  # its API takes no picture
    return variants


def _media(session: Session, platform: Platform, company: Company, piece: Piece, number: int) -> tuple[int, ...]:
    if not piece.picture:
        return ()
    film = piece.picture == "film"
    image = media.add(
        session,
        company.editor,
        FILM.read_bytes() if film else picture(piece.picture, number),
        f"zahnraeder-{number}.mp4" if film else f"{piece.picture}-{number}.png",
        now=platform.clock.now(),
        folder=platform.settings.media_folder,
        alt=f"{'Film' if film else 'Zeichnung'} zum Thema „{piece.topic}“",
    )
    return (image.id,)


def _topic(session: Session, platform: Platform, company: Company, piece: Piece, stage: TopicStage) -> int:
    now = platform.clock.now()
    topic = Topic(
        workspace_id=company.editor.workspace_id,
        title=piece.topic,
        stage=stage,
        owner_id=company.editor.user_id,
        category_id=company.categories.get(piece.category),
        campaign_id=company.campaigns.get(piece.campaign),
        channel_ids=[],
        created_at=now,
        updated_at=now,
    )
    session.add(topic)
    session.flush()
    return topic.id


def _goal(company: Company, piece: Piece) -> int | None:
    if piece.campaign == "Fachkräfte gewinnen":
        return company.goals.get("Besuche auf der Karriereseite")
    return company.goals.get("Mehr Gespräche auf LinkedIn") if "linkedin" in piece.channels else None


def _lead(session: Session) -> Actor | None:
    query = select(Place).join(User).where(User.email == LEAD.email, Place.role == Role.APPROVER)
    place = session.scalar(query)
    return Actor(place.workspace_id, place.role, place.user.name, place.user_id) if place else None


def _connected(session: Session, workspace_id: int) -> dict[str, int]:
    query = select(Channel.network, Channel.id).where(
        Channel.workspace_id == workspace_id, Channel.credentials.is_not(None), Channel.archived_at.is_(None)
    )
    return {row.network: row.id for row in session.execute(query)}


def _by_name(session: Session, workspace_id: int) -> dict[str, int]:
    query = select(Category.name, Category.id).where(Category.workspace_id == workspace_id)
    return {row.name: row.id for row in session.execute(query)}

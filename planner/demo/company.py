"""Brandt Maschinenbau as rows: people, plan and channels, made by the services a person would use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from planner.bootstrap import Platform
from planner.demo.story import AUDIENCES, CATEGORIES, FORMATS, TOPICS
from planner.domain.roles import Role
from planner.domain.states import TopicStage
from planner.models import Audience, Campaign, Category, Channel, Format, Goal, Topic
from planner.services import channels, installation, members, slots
from planner.services.actor import Actor, machine
from planner.services.slots import SlotInput

PASSWORD = "sendeplan-demo"  # noqa: S105 - opens a demonstration on one's own machine, and is printed at its start


@dataclass(frozen=True, slots=True)
class SignIn:
    """Someone who can sign in to the demonstration."""

    name: str
    email: str
    role: Role


EDITOR = SignIn("Lena Hartmann", "lena@brandt-maschinenbau.example", Role.EDITOR)
LEAD = SignIn("Katrin Vogel", "katrin@brandt-maschinenbau.example", Role.APPROVER)
ADMIN = SignIn("Jonas Brandt", "jonas@brandt-maschinenbau.example", Role.ADMIN)
SIGN_INS = (EDITOR, LEAD, ADMIN)

#: Key, network, name, posts a week, slots as weekday (0 is Monday) and time.
CHANNELS: tuple[tuple[str, str, str, int, tuple[tuple[int, str], ...]], ...] = (
    ("linkedin", "linkedin", "Brandt Maschinenbau GmbH", 3, ((1, "08:30"), (2, "08:30"), (3, "08:30"))),
    ("facebook", "facebook", "Brandt Maschinenbau", 2, ((0, "17:00"), (2, "17:00"), (3, "17:00"))),
    ("twitter", "twitter", "@BrandtMaschinen", 2, ((0, "09:15"), (2, "09:15"), (4, "09:15"))),
    ("xing", "xing", "Katrin Vogel", 1, ((2, "11:00"), (4, "11:00"))),
    ("by_hand", "xing", "XING-Profil von Jonas Brandt", 0, ()),
    ("instagram", "instagram", "@brandt.maschinenbau", 1, ((1, "12:15"), (4, "12:15"))),
    ("youtube", "youtube", "Brandt Maschinenbau", 0, ((3, "16:00"),)),
)

#: Where people find what no program publishes on.
PROFILES = {
    "by_hand": "https://www.xing.com/profile/Jonas_Brandt",
    "instagram": "https://www.instagram.com/brandt.maschinenbau/",
    "youtube": "https://www.youtube.com/@brandtmaschinenbau",
}


@dataclass(slots=True)
class Company:
    """What the story needs to know of the rows: people as actors, the rest as ids by name."""

    editor: Actor
    lead: Actor
    admin: Actor
    channels: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    campaigns: dict[str, int] = field(default_factory=dict)
    audiences: dict[str, int] = field(default_factory=dict)
    goals: dict[str, int] = field(default_factory=dict)


def found(platform: Platform, accounts: list[dict[str, str]], today: datetime) -> Company:
    """Make the company. ``accounts`` are the sandbox's credentials, ``today`` is where the story ends."""
    now = platform.clock.now()
    with platform.database.write() as session:
        company = _people(session, now)
        _plan(session, company, now, today)
        _channels(session, platform, company, accounts, now)
        return company


def _people(session: Session, now: datetime) -> Company:
    workspace, _ = installation.first_workspace(session, now=now)
    workspace.name = "Brandt Maschinenbau"
    boss = machine(workspace.id)
    places = {
        person.role: members.create(
            session, boss, person.email, person.role, password=PASSWORD, name=person.name, now=now
        )
        for person in SIGN_INS
    }
    actors = {role: Actor(workspace.id, role, place.user.name, place.user_id) for role, place in places.items()}
    return Company(editor=actors[Role.EDITOR], lead=actors[Role.APPROVER], admin=actors[Role.ADMIN])


def _plan(session: Session, company: Company, now: datetime, today: datetime) -> None:
    home = company.admin.workspace_id
    categories = {name: Category(workspace_id=home, name=name, color=color) for name, color in CATEGORIES.items()}
    audiences = {
        name: Audience(workspace_id=home, name=name, description=text, networks=networks)
        for name, (text, networks) in AUDIENCES.items()
    }
    campaigns = {c.name: c for c in _campaigns(home, today)}
    session.add_all([*categories.values(), *audiences.values(), *campaigns.values()])
    session.flush()
    goals = {g.name: g for g in _goals(home, today, campaigns)}
    session.add_all(goals.values())
    for name, (description, rhythm, category) in FORMATS.items():
        session.add(
            Format(
                workspace_id=home,
                name=name,
                description=description,
                rhythm=rhythm,
                category_id=categories[category].id,
            )
        )
    session.flush()
    for attribute, rows in (
        ("categories", categories),
        ("audiences", audiences),
        ("campaigns", campaigns),
        ("goals", goals),
    ):
        setattr(company, attribute, {name: row.id for name, row in rows.items()})
    _topics(session, company, now, today)


def _campaigns(home: int, today: datetime) -> list[Campaign]:
    return [
        Campaign(
            workspace_id=home,
            name="Frühjahrsmesse",
            description="Termine am Stand füllen, bevor die Messe beginnt.",
            starts_on=(today - timedelta(days=40)).date(),
            ends_on=(today + timedelta(days=120)).date(),
            budget_cents=1_200_000,
            spent_cents=345_000,
        ),
        Campaign(
            workspace_id=home,
            name="Fachkräfte gewinnen",
            description="Zwei Stellen im Service, sechs Ausbildungsplätze.",
            starts_on=(today - timedelta(days=42)).date(),
            ends_on=(today + timedelta(days=60)).date(),
            budget_cents=500_000,
            spent_cents=181_500,
        ),
    ]


def _goals(home: int, today: datetime, campaigns: dict[str, Campaign]) -> list[Goal]:
    start, end = (today - timedelta(days=42)).date(), (today + timedelta(days=42)).date()
    return [
        Goal(
            workspace_id=home,
            name="Mehr Gespräche auf LinkedIn",
            metric="interactions",
            target=3_400,
            starts_on=start,
            ends_on=end,
            network="linkedin",
        ),
        Goal(
            workspace_id=home,
            name="Besuche auf der Karriereseite",
            metric="clicks",
            target=420,
            starts_on=start,
            ends_on=end,
            campaign_id=campaigns["Fachkräfte gewinnen"].id,
        ),
    ]


def _topics(session: Session, company: Company, now: datetime, today: datetime) -> None:
    owners = (company.editor.user_id, company.lead.user_id)
    for number, (title, brief, stage, category, days) in enumerate(TOPICS):
        session.add(
            Topic(
                workspace_id=company.admin.workspace_id,
                title=title,
                brief=brief,
                stage=TopicStage(stage),
                owner_id=owners[number % 2],
                due_on=(today + timedelta(days=days)).date() if days is not None else None,
                audience_id=list(company.audiences.values())[number % len(company.audiences)],
                category_id=company.categories[category],
                channel_ids=[],
                created_at=now,
                updated_at=now,
            )
        )


def _channels(
    session: Session, platform: Platform, company: Company, accounts: list[dict[str, str]], now: datetime
) -> None:
    known = {account["network"]: account for account in reversed(accounts)}
    for key, network, name, rhythm, times in CHANNELS:
        given = known[network] if key not in PROFILES else {}
        credentials = {k: v for k, v in given.items() if k not in ("network", "name") and v}
        renews = platform.connections.can_renew(network, credentials)
        channel = channels.connect(
            session,
            company.admin,
            platform.vault,
            network,
            credentials,
            now=now,
            name=name,
            renews=renews,
            profile_url=PROFILES.get(key, ""),
        )
        _settings(session, company, channel, rhythm, times, now)
        company.channels[key] = channel.id


def _settings(
    session: Session,
    company: Company,
    channel: Channel,
    rhythm: int,
    times: tuple[tuple[int, str], ...],
    now: datetime,
) -> None:
    channels.update(
        session, company.admin, channel.id, now=now, rhythm_per_week=rhythm, owner_id=company.editor.user_id
    )
    wanted = [SlotInput(weekday, time.fromisoformat(at), None) for weekday, at in times]
    if wanted:
        slots.set_slots(session, company.admin, channel.id, wanted, now=now)

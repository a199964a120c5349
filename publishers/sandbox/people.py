"""Further people and accounts at the sandbox networks: something to choose from when connecting."""

from __future__ import annotations

from .accounts import Account, Directory, Portfolio


def seed_people(directory: Directory) -> None:
    """Katrin Vogel looks after more than one Page and organisation; others have accounts of their own."""
    _seed_facebook(directory)
    _seed_linkedin(directory)
    directory.add(Account("twitter", "1733890412265500672", "Brandt Karriere", "BrandtKarriere", "user", 240))
    directory.add(Account("xing", "30917745_ab12cd", "Jonas Weber", "Jonas_Weber", "user", 410))


def _seed_facebook(directory: Directory) -> None:
    service = Account("facebook", "118240667301955", "Brandt Service & Ersatzteile", "brandt.service", "page", 640)
    career = Account("facebook", "131907745582213", "Ausbildung bei Brandt", "brandt.ausbildung", "page", 415)
    for page in (service, career):
        directory.add(page)
    katrin = directory.accounts["facebook", "10229384756102938"]
    katrin.administers.append(service.id)
    katrin.analyses.append(career.id)
    jonas = Account("facebook", "10230011223344556", "Jonas Weber", "jonas.weber", "user", administers=[career.id])
    directory.add(jonas)
    _seed_portfolio(directory)


def _seed_portfolio(directory: Directory) -> None:
    """Petra Lindner has no task on a Page by herself: she reaches one through the portfolio, and sees two more there
    that are not assigned to her."""
    hydraulics = Account("facebook", "126650412889017", "Brandt Hydraulik", "brandt.hydraulik", "page", 980)
    fair = Account("facebook", "140228771905563", "Maschinenbautage Chemnitz", "maschinenbautage", "page", 2210)
    for page in (hydraulics, fair):
        directory.add(page)
    group = Portfolio("293847561029384", "Brandt Gruppe", (hydraulics.id, "104872951638204"), (fair.id,))
    directory.add(
        Account(
            "facebook", "10231144556677889", "Petra Lindner", "petra.lindner", "user", portfolios=(group,),
            assigned=(hydraulics.id,),
        )
    )  # fmt: skip


def _seed_linkedin(directory: Directory) -> None:
    academy = Account(
        "linkedin", "urn:li:organization:90117342", "Brandt Akademie", "brandt-akademie", "organization", 730
    )
    trade_fair = Account(
        "linkedin", "urn:li:organization:90220518", "Messe Chemnitz", "messe-chemnitz", "organization", 2100
    )
    directory.add(academy)
    directory.add(trade_fair)
    katrin = directory.accounts["linkedin", "urn:li:person:Kv7QmZ2xTa"]
    katrin.administers.append(academy.id)
    katrin.analyses.append(trade_fair.id)
    directory.add(Account("linkedin", "urn:li:person:Jw3RtY8bNc", "Jonas Weber", "jonas-weber", "person", 520))

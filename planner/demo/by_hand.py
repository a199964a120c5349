"""What people publish in the story by hand: on XING, Instagram and YouTube, some of it done, some of it due now."""

from __future__ import annotations

from datetime import timedelta

from planner.bootstrap import Platform
from planner.demo.company import Company
from planner.demo.story import Piece
from planner.demo.writing import write
from planner.models import Delivery
from planner.services import metrics, taking
from planner.services.posts import When

#: What was published by a person: the piece, where it stands, and the figures that were read off the screen.
DONE: tuple[tuple[Piece, str, dict[str, int]], ...] = (
    (
        Piece(
            "Gedanken zum Mittelstand",
            "Wissen",
            "Wir haben dieses Jahr eine Maschine verschoben, um einen Menschen nicht zu verlieren. Gerechnet hat sich "
            "beides.",
            channels="by_hand",
        ),
        "https://www.xing.com/profile/Jonas_Brandt/posts/4711",
        {"impressions": 412, "reactions": 23, "comments": 4},
    ),
    (
        Piece(
            "Späne in Nahaufnahme",
            "Produkt",
            "Kein Kunstwerk, nur Edelstahl bei 180 Metern in der Minute. Wer errät die Legierung?\n\n"
            "#Maschinenbau #Zerspanung #MadeInNordhessen",
            channels="instagram",
            picture="mill",
        ),
        "https://www.instagram.com/p/C8brandt1/",
        {"reach": 1_280, "reactions": 164, "comments": 19, "views": 2_140, "saves": 31},
    ),
    (
        Piece(
            "Drei Zahnräder",
            "Wissen",
            "Warum drei Zahnräder im Kreis sich nicht drehen\n\nUnd warum unsere es doch tun: Das dritte sitzt eine "
            "Ebene höher. Die Rechnung dazu steht auf unserer Seite.\n\n#Getriebe #Maschinenbau",
            channels="youtube",
            picture="film",
            path="/wissen/getriebe",
        ),
        "https://www.youtube.com/watch?v=brandt00001",
        {"reactions": 47, "comments": 6, "views": 903, "watch_minutes": 84},
    ),
)

#: What is due a little while ago and waits for a hand.
DUE = Piece(
    "Drei Wünsche an die Politik",
    "Wissen",
    "Drei Wünsche an die Politik: weniger Formulare, mehr Berufsschullehrer, und einmal im Jahr eine Schicht "
    "mitlaufen.",
    channels="by_hand",
)

#: What takes the next free slots.
AHEAD: tuple[Piece, ...] = (
    Piece(
        "Hände der Montage",
        "Menschen",
        "Diese Hände haben die erste BX 500 verdrahtet. Und die zweihundertste.\n\n#Montage #Handwerk #BX500",
        channels="instagram",
        picture="people",
        path="/karriere",
    ),
    Piece(
        "Zahnrad der Woche",
        "Produkt",
        "Modul 4, 61 Zähne, 2 Mikrometer Rundlauf. Unser Zahnrad der Woche.\n\n#Verzahnung #Maschinenbau",
        channels="instagram",
        picture="gear",
    ),
    Piece(
        "BX 500 in einer Minute",
        "Produkt",
        "Die BX 500 in einer Minute\n\nVom Rohteil zum Gehäuse, ungekürzt, in Zeitraffer.\n\n#BX500 #Zerspanung",
        channels="youtube",
        picture="film",
        path="/bx-500",
    ),
)


def published(platform: Platform, company: Company, delivery: Delivery, url: str, figures: dict[str, int]) -> None:
    """A person took it on, published it and read its figures off the screen."""
    now = platform.clock.now()
    with platform.database.write() as session:
        taking.take(session, company.editor, delivery.id, now=now - timedelta(minutes=10))
        taking.published(session, company.editor, delivery.id, url, now=now)
    with platform.database.write() as session:
        metrics.record_manual(session, company.editor, delivery.id, figures, now=now)


def look_ahead(platform: Platform, company: Company) -> int:
    """Put what lies ahead into the queue; returns how many."""
    for number, piece in enumerate(AHEAD):
        write(platform, company, piece, When(queue=True), number=70 + number)
    return len(AHEAD)

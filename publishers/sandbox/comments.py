"""What people write under a post: German sample comments, always the same under the same post."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from .engagement import comment_moments
from .store import Comment, Post

_PEOPLE = (
    ("Jens Hartwig", "1847362"), ("Sabine Rother", "2093847"), ("Mehmet Aydin", "3310942"),
    ("Ulrike Feldmann", "1029384"), ("Tobias Krämer", "4482190"), ("Annette Sommer", "5520183"),
    ("Piotr Zieliński", "6091827"), ("Heike Baumann", "7283910"), ("Dr. Rainer Oswald", "8193746"),
    ("Lena Trautmann", "9028374"), ("Carsten Möhring", "1192837"), ("Nadja Pfeiffer", "1283746"),
)  # fmt: skip

_TEXTS = (
    "Sehr anschaulich gezeigt. Läuft die Anlage bei Ihnen schon im Dreischichtbetrieb?",
    "Glückwunsch an das ganze Team, da steckt sichtbar viel Arbeit drin.",
    "Wir stehen vor derselben Frage. Gibt es dazu ein Datenblatt?",
    "Wie lange hat die Umrüstung vom ersten Gespräch bis zur Abnahme gedauert?",
    "Das haben wir auf der Messe gesehen, der Stand war gut besucht.",
    "Endlich jemand, der auch über die Wartungskosten spricht. Danke dafür.",
    "Ist der Greifer auch für lackierte Teile geeignet?",
    "Bei uns hat sich genau dieser Schritt nach acht Monaten gerechnet.",
    "Schöner Einblick in die Halle! Sucht ihr noch Auszubildende für den Herbst?",
    "Welche Schnittstelle nutzen Sie zur Steuerung, OPC UA?",
    "Danke für den Beitrag, ich habe ihn an unsere Fertigungsleitung weitergegeben.",
    "Interessant wäre der Energieverbrauch im Vergleich zum Vorgänger.",
    "Liefern Sie auch nach Österreich und in die Schweiz?",
    "Ein Video vom Einrichten wäre toll, das ist bei uns immer der Engpass.",
    "Saubere Lösung. Wir melden uns nächste Woche bei Ihrem Vertrieb.",
    "Mich würde interessieren, wie Sie die Mitarbeitenden geschult haben.",
)

_THANKS = (
    "Danke für die schnelle Antwort!",
    "Super, das hilft uns weiter. Vielen Dank.",
    "Verstanden. Und wie ist das bei größeren Teilen?",
    "Danke! An wen wende ich mich für ein Angebot?",
)


def comments_on(post: Post, seed: int, age: timedelta) -> list[Comment]:
    """The comments a post has at this age, earliest first: those people wrote, those written through the API, and
    what people say to those. What was deleted is not there."""
    moments = comment_moments(
        seed, post.network, post.id, post.account.followers, age, images=len(post.media), link=bool(post.link)
    )
    written = [_comment(post, seed, number, moment) for number, moment in enumerate(moments)]
    said = [*written, *post.replies]
    said += _thanks(post, said, seed, post.created_at + age)
    return sorted((c for c in said if c.id not in post.gone), key=lambda comment: comment.created_at)


def _thanks(post: Post, said: list[Comment], seed: int, until: datetime) -> list[Comment]:
    """Some of those who got an answer say something to it, hours later."""
    by_id = {comment.id: comment for comment in said}
    found = []
    for answer in post.replies:
        asked = by_id.get(answer.parent_id or "") if answer.own and answer.id not in post.gone else None
        dice = int.from_bytes(hashlib.sha256(f"{seed}/thanks/{answer.id}".encode()).digest()[:6], "big")
        at = answer.created_at + timedelta(minutes=50 + dice % 400)
        if asked is None or asked.own or dice % 5 < 3 or at > until:
            continue
        text = _THANKS[dice // 7 % len(_THANKS)]
        parent = answer.parent_id if post.network == "facebook" else answer.id
        number = f"{asked.id.rpartition('_')[0]}_{dice}" if post.network == "facebook" else str(dice)
        found.append(Comment(number, asked.author, asked.author_id, text, at, parent_id=parent))
    return found


def person(dice: int) -> tuple[str, str]:
    """Somebody: name and number."""
    return _PEOPLE[dice % len(_PEOPLE)]


def _comment(post: Post, seed: int, number: int, moment: timedelta) -> Comment:
    dice = int.from_bytes(hashlib.sha256(f"{seed}/{post.network}/{post.id}".encode()).digest()[:6], "big")
    author, author_id = _PEOPLE[(dice // 17 + number * 5) % len(_PEOPLE)]
    text = _TEXTS[(dice + number * 7) % len(_TEXTS)]
    comment_id = _comment_id(post, dice, number, moment)
    return Comment(comment_id, author, author_id, text, post.created_at + moment)


def _comment_id(post: Post, dice: int, number: int, moment: timedelta) -> str:
    """Comment ids look like the network's: X numbers its replies by their time, Facebook joins the post's id."""
    own = post.id.rpartition("_" if post.network == "facebook" else ":")[2]
    if post.network == "twitter":
        later = (int(moment.total_seconds() * 1000) << 22) + number
        return str(int(post.id) + later + 1_000_003)
    if post.network == "facebook":
        return f"{own}_{dice % 10**12 + number}"
    return str(dice % 10**15 + number)

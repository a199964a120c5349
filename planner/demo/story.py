"""What Brandt Maschinenbau has to say: an invented machine builder near Kassel, told in its own German.

Each :class:`Piece` is one post. ``short`` is the variant for X where the text is too long for it.
"""

from __future__ import annotations

from dataclasses import dataclass

#: A host that X takes for a link: it knows no ending ``.example``.
SITE = "https://www.example.com"


@dataclass(frozen=True, slots=True)
class Piece:
    """One post of the story. ``picture`` names a drawing, ``channels`` the channels' keys."""

    topic: str
    category: str
    text: str
    channels: str = "linkedin facebook twitter xing"
    short: str = ""
    path: str = ""
    picture: str = ""
    campaign: str = ""

    @property
    def link(self) -> str | None:
        """The full address of the page it points to."""
        return SITE + self.path if self.path else None


CATEGORIES = {"Produkt": "blue", "Menschen": "green", "Wissen": "purple", "Messe": "orange"}

AUDIENCES = {
    "Fertigungsleitung": (
        "Leitet die Fertigung in Betrieben mit 50 bis 500 Leuten. Will wissen, was eine Maschine im Alltag bringt.",
        ["linkedin", "xing"],
    ),
    "Fachkräfte und Azubis": (
        "Sucht einen Ausbildungsplatz oder eine Stelle im Umkreis von 50 km. Will sehen, wie es bei uns zugeht.",
        ["facebook", "xing"],
    ),
    "Fachpresse": (
        "Redaktionen der Branche. Brauchen Zahlen, Bilder und eine Ansprechperson.",
        ["twitter", "linkedin"],
    ),
}

FORMATS = {
    "Werkstück des Monats": ("Ein Bauteil, eine Geschichte, ein Bild.", "jeden ersten Dienstag", "Produkt"),
    "Drei Fragen an …": ("Jemand aus dem Haus antwortet kurz.", "jeden zweiten Donnerstag", "Menschen"),
}

PAST: tuple[Piece, ...] = (
    Piece(
        "Vorstellung BX 500",
        "Produkt",
        "Heute verlässt die erste BX 500 unsere Halle. Fünf Achsen, 24 Werkzeuge, und ein Arbeitsraum, in den man "
        "wirklich hineinkommt. Was uns daran am meisten freut: Drei der Ideen dahinter stammen aus der Montage.",
        short="Die erste BX 500 verlässt unsere Halle: fünf Achsen, 24 Werkzeuge und ein Arbeitsraum, in den man "
        "wirklich hineinkommt.",
        path="/bx-500",
        picture="mill",
    ),
    Piece(
        "Drei Fragen an Mehmet aus der Montage",
        "Menschen",
        "Drei Fragen an Mehmet, seit elf Jahren in der Montage. Was war dein schwierigster Aufbau? „Ein Kunde, "
        "dessen Hallentor zwölf Zentimeter zu schmal war.“ Was hast du gelernt? „Vorher messen.“ Und was würdest du "
        "Neuen raten? „Fragen. Niemand weiß alles, und das ist auch nicht schlimm.“",
        channels="linkedin facebook xing",
        picture="people",
    ),
    Piece(
        "Rüstzeit halbieren",
        "Wissen",
        "Wo geht die Rüstzeit hin? Wir haben bei vier Kunden mitgestoppt. Ein Drittel entfällt auf das Suchen von "
        "Spannmitteln. Ein beschrifteter Wagen kostet 400 Euro und spart im Schnitt elf Minuten je Auftrag.",
        short="Ein Drittel der Rüstzeit ist Suchen. Ein beschrifteter Spannmittelwagen spart im Schnitt elf Minuten "
        "je Auftrag.",
        path="/wissen/ruestzeit",
        picture="chart",
        channels="linkedin twitter",
    ),
    Piece(
        "Ausbildungsstart",
        "Menschen",
        "Sechs neue Gesichter in der Lehrwerkstatt. In der ersten Woche wird gefeilt, ganz ohne Strom. Wer das "
        "Material kennt, versteht später die Maschine. Willkommen, ihr sechs!",
        channels="facebook xing linkedin",
        picture="people",
        campaign="Fachkräfte gewinnen",
    ),
    Piece(
        "Werkstück des Monats: Pumpengehäuse",
        "Produkt",
        "Werkstück des Monats: ein Pumpengehäuse aus Edelstahl, 38 Kilo, Toleranz acht Mikrometer. Früher drei "
        "Aufspannungen, heute eine. Der Kunde hat uns die Späne zurückgeschickt. Als Gruß.",
        short="Werkstück des Monats: ein Pumpengehäuse, 38 kg, Toleranz 8 µm. Früher drei Aufspannungen, heute eine.",
        picture="gear",
    ),
    Piece(
        "Späne sind kein Abfall",
        "Wissen",
        "Wer Späne sortenrein trennt, bekommt für Aluminium bis zum Doppelten. Drei Behälter, drei Farben, fertig. "
        "Unsere Anleitung passt auf eine Seite.",
        path="/wissen/spaene",
        channels="twitter linkedin",
    ),
    Piece(
        "Energie im Stillstand",
        "Wissen",
        "Eine Maschine, die nur wartet, braucht bei uns noch 1,1 kW. Vor fünf Jahren waren es 4,6. Gemessen, nicht "
        "geschätzt; die Messprotokolle stehen offen auf unserer Seite.",
        path="/energie",
        picture="chart",
        channels="linkedin twitter xing",
    ),
    Piece(
        "Tag der offenen Tür: Rückblick",
        "Menschen",
        "Über 900 Menschen waren am Samstag bei uns, der jüngste Gast vier Monate alt. Am beliebtesten: der Roboter, "
        "der Waffeln wendet. Danke an alle, die früh gekommen und spät gegangen sind.",
        channels="facebook linkedin",
        picture="fair",
    ),
    Piece(
        "Ersatzteile in 24 Stunden",
        "Produkt",
        "96 von 100 Ersatzteilen waren im letzten Quartal am nächsten Werktag beim Kunden. Die anderen vier ärgern "
        "uns. Was wir dagegen tun, steht im Bericht.",
        path="/service/ersatzteile",
        channels="linkedin twitter xing",
    ),
    Piece(
        "Drei Fragen an Jule aus dem Einkauf",
        "Menschen",
        "Drei Fragen an Jule aus dem Einkauf. Was macht guten Stahl aus? „Dass er kommt, wenn er soll.“ Dein "
        "Lieblingslieferant? „Der mich anruft, bevor ich ihn anrufe.“ Und was kaufst du nie wieder? „Billige "
        "Handschuhe.“",
        channels="linkedin facebook",
        picture="people",
    ),
    Piece(
        "Bohrer richtig lagern",
        "Wissen",
        "Kleiner Tipp mit großer Wirkung: Bohrer stehend lagern, Schneide nach oben, Größe lesbar. Klingt banal. "
        "Spart in unserer Lehrwerkstatt vier Bohrer im Monat.",
        channels="twitter facebook",
    ),
    Piece(
        "BX 500 im Dauerlauf",
        "Produkt",
        "1.000 Stunden Dauerlauf, eine ungeplante Pause: Ein Vogel saß auf der Lichtschranke. Die Messwerte der "
        "BX 500 aus unserem Versuch gibt es jetzt zum Nachlesen.",
        path="/bx-500/dauerlauf",
        picture="mill",
        channels="linkedin twitter facebook xing",
    ),
    Piece(
        "Stellen: Servicetechnik",
        "Menschen",
        "Wir suchen zwei Menschen für den Service im Raum Kassel. Vier Tage unterwegs, einen Tag zu Hause. Und das "
        "Auto darf am Wochenende in den Urlaub mit.",
        path="/karriere/servicetechnik",
        channels="facebook xing linkedin",
        campaign="Fachkräfte gewinnen",
        picture="people",
    ),
    Piece(
        "Kühlschmierstoff prüfen",
        "Wissen",
        "Montags die Konzentration messen, mittwochs riechen, freitags filtern. Drei Handgriffe, und der "
        "Kühlschmierstoff hält ein Jahr statt vier Monate.",
        channels="linkedin twitter",
        picture="chart",
    ),
    Piece(
        "Werkstück des Monats: Zahnkranz",
        "Produkt",
        "Werkstück des Monats: ein Zahnkranz mit 1,40 m Durchmesser für ein Wasserkraftwerk an der Fulda. Er soll "
        "vierzig Jahre laufen. Wir haben uns den Termin für die Inspektion schon eingetragen: 2066.",
        picture="gear",
        channels="linkedin facebook twitter",
    ),
    Piece(
        "Messe: Wir kommen",
        "Messe",
        "Im Frühjahr stehen wir in Halle 4. Wir bringen die BX 500 mit, einen Tisch zum Sitzen und Kaffee, der diesen "
        "Namen verdient. Termine kann man ab heute buchen.",
        path="/messe",
        campaign="Frühjahrsmesse",
        picture="fair",
    ),
    Piece(
        "Digitale Wartung",
        "Produkt",
        "Eine Maschine, die sagt, was ihr fehlt, ist gut. Eine, die auch sagt, wie lange es noch Zeit hat, ist besser. "
        "Unser Wartungsmodul schätzt die Restlaufzeit der Spindel auf zwei Tage genau.",
        path="/service/wartung",
        channels="linkedin xing twitter",
    ),
    Piece(
        "Blutspende in Halle 2",
        "Menschen",
        "61 Kolleginnen und Kollegen haben gestern in Halle 2 Blut gespendet. Danach gab es Linsensuppe. Beides "
        "tat gut.",
        channels="facebook",
        picture="people",
    ),
    Piece(
        "Messtechnik ohne Klimaraum",
        "Wissen",
        "Genau messen ohne Klimaraum? Geht, wenn man Werkstück und Messmittel eine Stunde nebeneinanderlegt. Die "
        "Rechnung dazu, mit Beispiel, haben wir aufgeschrieben.",
        path="/wissen/messen",
        channels="linkedin twitter xing",
        picture="chart",
    ),
    Piece(
        "Lieferzeiten, ehrlich",
        "Produkt",
        "Unsere Lieferzeit beträgt zurzeit 19 Wochen. Das ist lang. Wir schreiben es trotzdem hin, weil Planung mit "
        "ehrlichen Zahlen leichter ist als mit schönen.",
        channels="linkedin twitter facebook xing",
    ),
    Piece(
        "Messe: Vortrag",
        "Messe",
        "Unser Vortrag auf der Messe steht fest: „Eine Aufspannung reicht“. Dr. Sabine Roth zeigt an drei echten "
        "Teilen, wann das stimmt. Und wann nicht.",
        path="/messe/vortrag",
        campaign="Frühjahrsmesse",
        channels="linkedin xing twitter",
    ),
    Piece(
        "Drei Fragen an Tom, Azubi",
        "Menschen",
        "Drei Fragen an Tom, zweites Lehrjahr. Bestes Werkzeug? „Die Fühlerlehre.“ Peinlichster Moment? „Maschine "
        "gelobt, war aus.“ Dein Ziel? „Die BX 500 allein einfahren.“ Wir halten die Daumen.",
        channels="facebook linkedin",
        picture="people",
        campaign="Fachkräfte gewinnen",
    ),
    Piece(
        "Nachrüsten statt neu kaufen",
        "Wissen",
        "Nicht jede alte Maschine muss weg. Mit neuer Steuerung und frischen Führungen laufen unsere Baujahre ab 2004 "
        "noch zehn Jahre. Eine Rechnung mit offenen Annahmen.",
        path="/wissen/nachruesten",
        channels="linkedin twitter xing facebook",
        picture="gear",
    ),
    Piece(
        "Solardach am Netz",
        "Produkt",
        "Seit Montag kommt ein Viertel unseres Stroms vom eigenen Dach. Die erste Woche war grau. Trotzdem: 9,4 "
        "Megawattstunden.",
        channels="facebook linkedin twitter",
        picture="chart",
    ),
)

AHEAD: tuple[Piece, ...] = (
    Piece(
        "Werkstück des Monats: Turbinenschaufel",
        "Produkt",
        "Werkstück des Monats: eine Turbinenschaufel, 412 Gramm leicht und in 47 Minuten fertig. Was sie besonders "
        "macht, sieht man erst im Gegenlicht.",
        picture="gear",
    ),
    Piece(
        "Stellen: Mechatronik",
        "Menschen",
        "Mechatronikerin oder Mechatroniker gesucht, gern mit Neugier statt mit zehn Jahren Erfahrung. Die Maschine "
        "erklären wir.",
        path="/karriere/mechatronik",
        channels="facebook xing",
        campaign="Fachkräfte gewinnen",
        picture="people",
    ),
    Piece(
        "Messe: Standplan",
        "Messe",
        "So sieht unser Stand aus: in der Mitte die BX 500, links die Ersatzteile, rechts der Kaffee. Der Weg "
        "dazwischen ist kurz.",
        path="/messe",
        campaign="Frühjahrsmesse",
        picture="fair",
        channels="linkedin twitter",
    ),
    Piece(
        "Spindel schonen",
        "Wissen",
        "Zehn Minuten Warmlauf am Morgen verlängern das Leben einer Spindel um etwa ein Drittel. Unser Programm dafür "
        "gibt es kostenlos.",
        path="/wissen/spindel",
        channels="linkedin twitter",
        picture="chart",
    ),
    Piece(
        "Drei Fragen an Sabine, Konstruktion",
        "Menschen",
        "Drei Fragen an Dr. Sabine Roth, Konstruktion. Was zeichnest du zuerst? „Den Griff. Da fasst jeder hin.“ Was "
        "streichst du am häufigsten? „Schrauben.“ Und was bleibt immer? „Der Fehler, den ich nicht sehe.“",
        channels="linkedin facebook",
        picture="people",
    ),
    Piece(
        "Ersatzteil-App",
        "Produkt",
        "Typenschild fotografieren, Teil finden, bestellen: Unsere Ersatzteil-App kann ab sofort auch offline suchen. "
        "In der Halle ist das Netz ja bekanntlich dünn.",
        path="/service/app",
        channels="linkedin twitter facebook",
    ),
    Piece(
        "Weihnachtsbaum aus Spänen",
        "Menschen",
        "Die Lehrwerkstatt hat einen Baum aus Drehspänen gebaut. Er ist 2,10 m hoch, nadelt nicht und darf "
        "ausdrücklich nicht berührt werden.",
        channels="facebook xing",
        picture="fair",
    ),
    Piece(
        "Genauigkeit, erklärt",
        "Wissen",
        "Was heißt eigentlich „auf den Mikrometer“? Ein Haar ist etwa 70 davon dick. Unsere BX 500 hält fünf. Auf "
        "einem halben Meter. Im Sommer.",
        channels="linkedin twitter",
        picture="chart",
    ),
)

#: One of these goes out shortly after each start, the next that was not used yet.
ENCORES: tuple[Piece, ...] = (
    Piece(
        "Guten Morgen aus Halle 1",
        "Menschen",
        "Guten Morgen aus Halle 1! Die Frühschicht hat heute die zweihundertste BX 500 ausgerichtet. Kuchen gibt es "
        "um zehn, für alle, die leise sind.",
        picture="mill",
    ),
    Piece(
        "Neue Messwerte",
        "Wissen",
        "Frisch gemessen: 0,8 Mikrometer Rundlauf nach 300 Stunden. Der Versuch läuft weiter, die Werte stehen "
        "jede Woche auf unserer Seite.",
        path="/bx-500/messwerte",
        picture="chart",
    ),
    Piece(
        "Besuch aus der Schule",
        "Menschen",
        "Heute zu Gast: die Klasse 9b mit 24 Fragen und einem selbst gebauten Getriebe. Es läuft. Wir haben es "
        "nachgemessen.",
        picture="people",
    ),
    Piece(
        "Schicht im Schaltschrank",
        "Produkt",
        "Aufgeräumt: Unser neuer Schaltschrank kommt mit 41 Klemmen weniger aus. Jede davon war einmal eine "
        "mögliche Störung.",
        picture="gear",
    ),
)

TOPICS: tuple[tuple[str, str, str, str, int | None], ...] = (
    # title, brief, stage, category, days until it is due
    ("Kundenbesuch bei Pumpen-Weber", "Film und drei Zitate aus der Fertigung.", "in_work", "Produkt", 9),
    ("Girls' Day 2027", "Was zeigen wir, wer begleitet? Fotos mit Einverständnis.", "planned", "Menschen", 34),
    ("Lexikon: Spannmittel", "Reihe in fünf Teilen, je eine Skizze.", "idea", "Wissen", None),
    ("Messe: Countdown", "Zehn Tage, zehn Bilder.", "planned", "Messe", 41),
    ("Jubiläum 75 Jahre", "Archivbilder sichten, Zeitzeugen fragen.", "idea", "Menschen", 80),
    ("Preisanpassung Service", "Ehrlich erklären, bevor jemand fragt.", "ready", "Produkt", 4),
)

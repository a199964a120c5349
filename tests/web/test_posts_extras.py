"""Polls, threads, first comments, languages and mentions in the form: stored, shown again, and never lost."""

from __future__ import annotations

import io
import re
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from planner.bootstrap import Platform
from planner.models import Channel, Media, Post
from tests.support import files
from tests.support.factories import Company, make_channel, make_media
from tests.support.web import ClientOf

TOMORROW = "2026-03-17T10:00"


def test_everything_beyond_the_text_is_stored_and_stands_in_the_form_again(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    image = make_media(platform, company.charlie)
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    own = f"variants.{linkedin.id}"
    form = filled(linkedin, twitter, variant=[linkedin.id]) | everything(image)
    form |= {f"{own}.own_first_comment": "yes", f"{own}.first_comment": "Nur hier."}
    charlie.send("/posts/new", **form, action="draft")
    post = only_post(platform)
    assert post.poll == {"question": "Welche Maschine?", "options": ["FX 400", "FX 500"], "hours": 168}
    assert post.thread == ["Zweiter Teil", "Dritter Teil"]
    assert [(m.media_id, m.part) for m in post.media] == [(image, 2)]
    assert (post.first_comment, post.languages) == ("Mehr im Shop.", ["de", "nl"])
    assert post.variants[0].first_comment == "Nur hier."
    urn = "urn:li:organization:2414183"
    assert post.mentions == [{"name": "@Messe München", "network": "linkedin", "remote_id": urn}]
    page = charlie.get(f"/posts/{post.id}/edit").text
    for kind in ("poll", "thread", "first_comment", "languages", "mentions"):
        assert f'name="with" value="{kind}" checked' in page
    assert re.findall(r'name="poll.option" value="([^"]*)"', page.split("<template")[0]) == ["FX 400", "FX 500"]
    assert '<option value="168" selected>' in page
    for text in ("Dritter Teil</textarea>", "Mehr im Shop.</textarea>", "Nur hier.</textarea>", urn):
        assert text in page
    shown = charlie.get(f"/posts/{post.id}").text
    for text in ("Welche Maschine?", "FX 500", "7 Tage", "Dritter Teil", "Mehr im Shop.", "Nur hier.", "Deutsch", urn):
        assert text in shown


def test_what_is_switched_off_does_not_go_out_and_stays_in_the_form(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    form = filled(linkedin) | everything() | {"with": []}
    again = charlie.send("/posts/new", **form | {"publish_at": "2020-01-01T10:00"}, action="schedule")
    assert again.status_code == 422
    for text in ("Welche Maschine?", "FX 500", "Zweiter Teil</textarea>", "Mehr im Shop.</textarea>", "@Messe München"):
        assert text in again.text
    charlie.send("/posts/new", **form, action="draft")
    post = only_post(platform)
    assert (post.poll, post.thread, post.first_comment, post.languages, post.mentions) == (None, [], "", [], [])


def test_problems_stand_at_their_fields_and_what_a_network_lacks_is_said(
    client_of: ClientOf, company: Company, linkedin: Channel, twitter: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    form = filled(linkedin, twitter) | everything()
    form |= {"poll.question": "", "poll.option": ["FX 400", "x" * 40], "part": ["1", "2", "3"], "part.2.text": " "}
    form |= {"part.3.text": "ä" * 300, "first_comment": "x" * 1300}
    found = charlie.ask("/posts/check", **form).json
    assert found is not None
    errors = found["errors"]
    assert {"poll.question", "poll.options", "thread.1.text", "thread.2.text", "first_comment"} <= errors.keys()
    assert "Folgeteil 2" in errors["thread.1.text"]
    said = " ".join(warning["text"] for warning in found["warnings"])
    assert "@brandt" in said, "X has no first comment"
    page = charlie.send("/posts/new", **form, action="schedule")
    assert page.status_code == 422
    assert errors["thread.2.text"] in page.text
    assert errors["first_comment"] in page.text


def test_rows_and_files_of_a_part_work_without_javascript(
    client_of: ClientOf, company: Company, platform: Platform, twitter: Channel
) -> None:
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    form = filled(twitter) | everything()
    added = charlie.send("/posts/new", **form, button="add:part:")
    assert re.findall(r'name="part" value="(\w+)"', added.text.split("<template")[0]) == ["1", "2", "3"]
    removed = charlie.send("/posts/new", **form, button="remove:option:0")
    assert re.findall(r'name="poll.option" value="([^"]*)"', removed.text.split("<template")[0]) == ["FX 500", ""]
    film = (io.BytesIO(files.video(data=10)), "messe.mp4")
    charlie.send("/posts/new", **form, **{"upload.part.2": film, "title.1": "Die Messe"}, action="draft")
    post = only_post(platform)
    assert [(m.part, m.medium.mime, m.medium.seconds) for m in post.media] == [(2, "video/mp4", 42.0)]


def test_titles_of_files_are_noted_and_those_of_another_company_are_not(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    mine = make_media(platform, company.charlie, files.pdf(), "katalog.pdf")
    theirs = make_media(platform, company.oscar, files.pdf(2), "fremd.pdf")
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    titles = {f"title.{mine}": "Katalog 2027", f"title.{theirs}": "Gestohlen"}
    charlie.send("/posts/new", **filled(linkedin, media=[mine]), **titles, action="draft")
    with platform.database.read() as session:
        assert [session.get_one(Media, i).title for i in (mine, theirs)] == ["Katalog 2027", None]


def test_a_file_that_does_not_fit_comes_with_an_offer(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel, twitter: Channel
) -> None:
    film = make_media(platform, company.charlie, files.video(200, codec=b"hvc1"), "lang.mp4")
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    found = charlie.ask("/posts/check", **filled(linkedin, twitter, media=[film])).json
    assert found is not None
    offers = {offer["name"]: offer for offer in found["offers"]}
    assert offers["@brandt"]["list"] == "base"
    assert "FFmpeg" in offers["@brandt"]["text"]
    assert offers["@brandt"]["label"] == "", "what cannot be done here is no button"
    assert "HEVC" in offers["Brandt"]["text"]


def test_an_alternative_text_that_a_network_does_not_take_is_told_beside_the_file(
    client_of: ClientOf, company: Company, platform: Platform, linkedin: Channel
) -> None:
    now = platform.clock.now()
    facebook = make_channel(platform.database, company, now, "facebook", name="Seite", credentials="sealed")
    turning = io.BytesIO()
    Image.new("P", (64, 64)).save(turning, "GIF", save_all=True, append_images=[Image.new("P", (64, 64), 1)])
    gif = make_media(platform, company.charlie, turning.getvalue(), "dreht.gif")
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    form = filled(linkedin, facebook, media=[gif])

    def said(alt: str) -> list[tuple[str, str]]:
        found = charlie.ask("/posts/check", **form, **{f"alt.{gif}": alt}).json
        assert found is not None
        assert not any("Alternativtext" in one["text"] for one in found["warnings"]), "it is said once"
        return [(one["list"], one["text"]) for one in found["offers"]]

    assert said("") == []
    assert said("Ein Zahnrad dreht sich") == [
        ("base", "Seite nimmt zu einem GIF keinen Alternativtext: Er entfällt dort.")
    ]


def filled(*channels: Channel, **changes: Any) -> dict[str, Any]:
    form: dict[str, Any] = {"text": "Neue Fräse.", "channels": [c.id for c in channels], "when": "time"}
    return form | {"publish_at": TOMORROW, "submission": "the-form"} | changes


def everything(image: int | None = None) -> dict[str, Any]:
    """All that goes beyond text and files; ``image`` hangs on the second part."""
    return {
        "with": ["poll", "thread", "first_comment", "languages", "mentions"],
        "poll.question": "Welche Maschine?",
        "poll.option": ["FX 400", "FX 500"],
        "poll.hours": "168",
        "part": ["1", "2"],
        "part.1.text": "Zweiter Teil",
        "part.2.text": "Dritter Teil",
        "part.2.media": [image] if image else [],
        "first_comment": "Mehr im Shop.",
        "languages": ["de", "nl"],
        "mention.name": "@Messe München",
        "mention.network": "linkedin",
        "mention.id": "https://www.linkedin.com/company/2414183/",
    }


def only_post(platform: Platform) -> Post:
    with platform.database.read() as session:
        query = select(Post).options(selectinload(Post.variants), selectinload(Post.media))
        post = session.scalars(query).one()
        session.expunge_all()
        return post

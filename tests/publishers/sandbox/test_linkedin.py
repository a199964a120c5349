"""The sandbox's LinkedIn speaks the versioned Posts and Images APIs."""

from __future__ import annotations

from urllib.parse import quote

import pytest
import requests

from publishers.sandbox import Sandbox
from publishers.sandbox.littletext import cut, escaped, plain
from tests.publishers.sandbox.callers import ORGANIZATION, PERSON, LinkedIn, png
from tests.support.clock import FakeClock

POSTS = f"/rest/posts?q=author&author={quote(ORGANIZATION, safe='')}"


def test_a_post_is_answered_with_its_urn_in_a_header_and_no_body(linkedin: LinkedIn, sandbox: Sandbox) -> None:
    answer = linkedin.post("Neue Drehmaschine in Halle 3")
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["x-restli-id"].startswith("urn:li:share:")
    assert [post["id"] for post in sandbox.posts()] == [answer.headers["x-restli-id"]]


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [
        ("", 400, "VERSION_MISSING"),
        ("newest", 400, "INVALID_VERSION"),
        ("202511", 426, "NONEXISTENT_VERSION"),
        ("203001", 426, "NONEXISTENT_VERSION"),
    ],
)
def test_a_version_that_is_missing_or_over_is_refused(linkedin: LinkedIn, version: str, status: int, code: str) -> None:
    refused = linkedin.call("GET", POSTS, headers={"LinkedIn-Version": version})
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_list_parameters_need_the_second_protocol_version(linkedin: LinkedIn) -> None:
    path = f"/rest/posts?ids=List({quote('urn:li:share:1', safe='')})"
    assert linkedin.call("GET", path, without="X-Restli-Protocol-Version").status_code == 400
    assert linkedin.call("GET", path).json()["errors"]["urn:li:share:1"]["status"] == 404


@pytest.mark.parametrize(("token", "code"), [("", "UNAUTHORIZED"), ("nobody-knows-it", "INVALID_ACCESS_TOKEN")])
def test_a_token_that_is_unknown_is_a_401(linkedin: LinkedIn, token: str, code: str) -> None:
    linkedin.token = token
    refused = linkedin.post("Hallo")
    assert (refused.status_code, refused.json()["code"]) == (401, code)


def test_a_token_expires_after_sixty_days(linkedin: LinkedIn, clock: FakeClock) -> None:
    clock.advance(days=61)
    refused = linkedin.post("Hallo")
    assert (refused.status_code, refused.json()["code"]) == (401, "EXPIRED_ACCESS_TOKEN")


def test_a_refresh_token_ends_a_year_after_the_sign_in_however_often_it_was_used(clock: FakeClock) -> None:
    with Sandbox(clock=clock) as sandbox, requests.Session() as http:
        linkedin = LinkedIn(http, sandbox.api_url("linkedin"))
        account = ("linkedin", "urn:li:person:partner", "Katrin Vogel", "partner-token")
        sandbox.add_account(*account, refresh="refresh-0")
        fresh = {"refresh_token": "refresh-0"}
        left = []
        for _ in range(7):
            form = {"grant_type": "refresh_token", "refresh_token": fresh["refresh_token"], "client_id": "app"}
            fresh = linkedin.call("POST", "/oauth/v2/accessToken", data=form).json()
            left.append(fresh["refresh_token_expires_in"] / 86400)
            clock.advance(days=60)
        form["refresh_token"] = fresh["refresh_token"]
        clock.advance(days=5)
        refused = linkedin.call("POST", "/oauth/v2/accessToken", data=form)

    assert left == [365, 305, 245, 185, 125, 65, 5]
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_a_self_serve_token_publishes_for_its_member_and_reads_nothing(linkedin: LinkedIn) -> None:
    linkedin.token = "AQXsandboxMemberOnly"
    assert linkedin.post("Als Organisation").json()["code"] == "ACCESS_DENIED"
    urn = linkedin.published("Als Person", author=PERSON)
    assert linkedin.get(urn).status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": None},
        {"lifecycleState": "DRAFT"},
        {"distribution": None},
        {"colour": "blue"},
        {"content": {"article": {"source": "https://brandt.de"}}},
        {"content": {"article": {"source": "https://brandt.de", "title": "Neu", "thumbnail": "urn:li:image:unknown"}}},
        {"content": {"media": {"id": "urn:li:image:unknown"}}},
        {"commentary": "x" * 3001},
        {"commentary": ""},
        {"author": "urn:li:company:1"},
    ],
)
def test_what_the_posts_api_does_not_take_is_refused_at_its_field(
    linkedin: LinkedIn, sandbox: Sandbox, fields: dict[str, object]
) -> None:
    body = {
        "author": ORGANIZATION, "commentary": "Hallo", "visibility": "PUBLIC", "lifecycleState": "PUBLISHED",
        "distribution": {"feedDistribution": "MAIN_FEED"}, **fields,
    }  # fmt: skip
    refused = linkedin.call("POST", "/rest/posts", json=body)
    assert refused.status_code == 400
    assert refused.json()["errorDetails"]["inputErrors"][0]["input"]["inputPath"]["fieldPath"].startswith("/")
    assert sandbox.posts() == []


def test_a_duplicate_names_the_post_that_is_there_and_a_ghost_after_deleting(linkedin: LinkedIn) -> None:
    urn = linkedin.published("Zweimal")
    refused = linkedin.post("Zweimal")
    assert refused.status_code == 422
    assert refused.json()["errorDetails"]["inputErrors"][0]["code"] == "DUPLICATE_POST"
    assert refused.json()["message"].endswith(urn)
    assert linkedin.get(urn).status_code == 200
    linkedin.call("DELETE", f"/rest/posts/{quote(urn, safe='')}")
    assert linkedin.post("Zweimal").json()["message"].endswith(urn)
    assert linkedin.get(urn).status_code == 404


def test_deleting_twice_is_no_error(linkedin: LinkedIn) -> None:
    urn = quote(linkedin.published("Weg damit"), safe="")
    assert [linkedin.call("DELETE", f"/rest/posts/{urn}").status_code for _ in range(2)] == [204, 204]


@pytest.mark.parametrize(
    ("little", "kept", "seen"),
    [
        (r"Preis \(netto\): 5 \* 3", r"Preis \(netto\): 5 \* 3", "Preis (netto): 5 * 3"),
        ("Preis (netto)", "Preis ", "Preis "),
        ("Zur Messe #EMO2027 und #Fräsen", "Zur Messe #EMO2027 und #Fräsen", "Zur Messe #EMO2027 und #Fräsen"),
        (r"Danke @[Katrin Vogel](urn:li:person:1)!", r"Danke @[Katrin Vogel](urn:li:person:1)!", "Danke Katrin Vogel!"),
        (r"{hashtag|\#|Maschinenbau} ja", r"{hashtag|\#|Maschinenbau} ja", "#Maschinenbau ja"),
        ("mail@brandt.de", "mail", "mail"),
    ],
)
def test_little_text_is_cut_at_the_first_bare_reserved_character(little: str, kept: str, seen: str) -> None:
    assert (cut(little), plain(little)) == (kept, seen)


def test_escaping_plain_text_keeps_all_of_it() -> None:
    text = r"Preis (netto) | 5*3 = 15 #Fräsen a_b <c> {d} [e] ~f \g"
    assert plain(escaped(text)) == text


def test_an_image_is_uploaded_and_attached(linkedin: LinkedIn, sandbox: Sandbox) -> None:
    image = linkedin.uploaded(png(640, 480))
    status = linkedin.call("GET", f"/rest/images/{quote(image, safe='')}").json()
    assert status["status"] == "AVAILABLE"
    linkedin.published("Mit Bild", content={"media": {"id": image, "altText": "Eine Fräse"}})
    assert sandbox.posts()[0]["media"][0] == {
        "id": image, "mime": "image/png", "width": 640, "height": 480, "alt": "Eine Fräse", "size": len(png(640, 480)),
        "seconds": 0.0, "pages": 0, "title": "",
    }  # fmt: skip


def test_several_images_make_a_ugc_post(linkedin: LinkedIn) -> None:
    images = [{"id": linkedin.uploaded(png(8, 8 + n)), "altText": ""} for n in range(2)]
    assert linkedin.published("Zwei", content={"multiImage": {"images": images}}).startswith("urn:li:ugcPost:")


def test_a_file_that_is_no_image_shows_in_its_status_and_cannot_be_attached(linkedin: LinkedIn) -> None:
    image = linkedin.uploaded(b"no image")
    assert linkedin.call("GET", f"/rest/images/{quote(image, safe='')}").json()["status"] == "PROCESSING_FAILED"
    assert linkedin.post("Mit Bild", content={"media": {"id": image}}).status_code == 400


def test_an_image_of_another_author_cannot_be_attached(linkedin: LinkedIn) -> None:
    image = linkedin.uploaded(png(), owner=PERSON)
    assert linkedin.post("Mit Bild", content={"media": {"id": image}}).status_code == 400


def test_posts_of_an_author_are_listed_newest_first_in_pages(linkedin: LinkedIn, clock: FakeClock) -> None:
    urns = []
    for number in range(5):
        urns.append(linkedin.published(f"Nummer {number}"))
        clock.advance(minutes=1)
    first = linkedin.call("GET", f"{POSTS}&count=3").json()
    second = linkedin.call("GET", f"{POSTS}&count=3&start=3").json()
    assert [post["id"] for post in first["elements"] + second["elements"]] == urns[::-1]
    assert [link["rel"] for link in first["paging"]["links"]] == ["next"]
    assert second["paging"]["links"] == []
    assert first["elements"][0]["createdAt"] == int(clock().timestamp() * 1000) - 60_000


def test_a_partial_update_changes_the_commentary(linkedin: LinkedIn) -> None:
    urn = linkedin.published("Mit Fehler")
    patch = {"patch": {"$set": {"commentary": "Ohne Fehler"}}}
    path = f"/rest/posts/{quote(urn, safe='')}"
    answer = linkedin.call("POST", path, json=patch, headers={"X-RestLi-Method": "PARTIAL_UPDATE"})
    assert answer.status_code == 204
    assert linkedin.get(urn).json()["commentary"] == "Ohne Fehler"


def test_statistics_of_an_organisation_come_by_share(linkedin: LinkedIn, clock: FakeClock) -> None:
    urn = linkedin.published("Wie gut lief es?")
    clock.advance(days=3)
    query = f"q=organizationalEntity&organizationalEntity={quote(ORGANIZATION, safe='')}"
    shares = f"&shares=List({quote(urn, safe='')},{quote('urn:li:share:1', safe='')})"
    elements = linkedin.call("GET", f"/rest/organizationalEntityShareStatistics?{query}{shares}").json()["elements"]
    assert [element["share"] for element in elements] == [urn]
    figures = elements[0]["totalShareStatistics"]
    assert figures["impressionCount"] >= figures["uniqueImpressionsCount"] > figures["likeCount"] > 0
    total = linkedin.call("GET", f"/rest/organizationalEntityShareStatistics?{query}").json()["elements"]
    assert total[0]["totalShareStatistics"] == figures


@pytest.mark.parametrize(("version", "kind"), [("202605", str), ("202604", dict)])
def test_a_members_figures_come_one_by_one(linkedin: LinkedIn, clock: FakeClock, version: str, kind: type) -> None:
    urn = linkedin.published("Wie gut lief es?", author=PERSON)
    clock.advance(days=3)
    entity = f"(share:{quote(urn, safe='')})"
    path = f"/rest/memberCreatorPostAnalytics?q=entity&entity={entity}&queryType=IMPRESSION&aggregation=TOTAL"
    element = linkedin.call("GET", path, headers={"LinkedIn-Version": version}).json()["elements"][0]
    assert element["count"] > 0
    assert isinstance(element["metricType"], kind)


def test_comments_are_listed_and_written(linkedin: LinkedIn) -> None:
    urn = linkedin.published("Fragen?")
    path = f"/rest/socialActions/{quote(urn, safe='')}/comments"
    body = {"actor": ORGANIZATION, "message": {"text": "Gern."}}
    assert linkedin.call("POST", path, json=body).status_code == 201
    assert [entry["message"]["text"] for entry in linkedin.call("GET", path).json()["elements"]] == ["Gern."]
    assert linkedin.call("POST", path, json={**body, "message": {"text": "x" * 1251}}).status_code == 400


def test_who_is_asked_for(linkedin: LinkedIn) -> None:
    assert linkedin.call("GET", "/v2/userinfo").json()["sub"] == PERSON.rpartition(":")[2]
    assert linkedin.call("GET", "/v2/me").json()["localizedLastName"] == "Vogel"
    assert linkedin.call("GET", "/rest/organizations/78214563").json()["vanityName"] == "brandt-maschinenbau"
    roles = linkedin.call("GET", "/rest/organizationAcls?q=roleAssignee").json()["elements"]
    assert (roles[0]["organization"], roles[0]["role"]) == (ORGANIZATION, "ADMINISTRATOR")
    assert {role["role"] for role in roles} == {"ADMINISTRATOR", "ANALYST"}


def test_a_token_can_be_looked_into(linkedin: LinkedIn) -> None:
    form = {"client_id": "app", "client_secret": "secret", "token": linkedin.token}
    answer = linkedin.call("POST", "/oauth/v2/introspectToken", data=form).json()
    assert (answer["active"], "w_organization_social" in answer["scope"]) == (True, True)

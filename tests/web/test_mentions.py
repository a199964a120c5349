"""Accounts that a text names, in the form and by the API: looked up, or refused at the field with what to do."""

from __future__ import annotations

from typing import Any, cast

import pytest

from planner.bootstrap import Platform
from planner.models import Channel
from publishers.sandbox import Sandbox
from tests.services.metrics.published import connected
from tests.support import sandboxed
from tests.support.api import Script, make_token
from tests.support.factories import Company
from tests.support.web import ClientOf
from tests.web.test_posts_extras import only_post

TEXT = "Danke an @Messe Chemnitz für den Abend."
ADDRESS = "https://www.linkedin.com/company/messe-chemnitz/"
MESSE = {"name": "@Messe Chemnitz", "network": "linkedin", "remote_id": "urn:li:organization:90220518"}

sandbox, platform = sandboxed.sandbox, sandboxed.platform


def form(*channels: Channel, given: str = ADDRESS, key: str = "linkedin", text: str = TEXT) -> dict[str, Any]:
    mention = {"mention.name": "@Messe Chemnitz", "mention.network": key, "mention.id": given}
    chosen = [channel.id for channel in channels]
    return {"text": text, "channels": chosen, "when": "queue", "with": ["mentions"], "action": "draft"} | mention


def test_an_address_without_a_number_is_looked_up_when_the_post_is_saved(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    channel = connected(platform, company)
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")
    assert charlie.send("/posts/new", **form(channel)).status_code == 303
    assert only_post(platform).mentions == [MESSE]


def test_what_no_network_knows_is_refused_at_the_field_with_what_to_do_and_stays_in_the_form(
    client_of: ClientOf, company: Company, platform: Platform, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    linkedin, facebook = connected(platform, company), connected(platform, company, "facebook")
    charlie = client_of(company.charlie)
    charlie.get("/posts/new")

    def refused(given: str, key: str = "linkedin") -> str:
        answer = charlie.send("/posts/new", **form(linkedin, facebook, given=given, key=key))
        assert answer.status_code == 422
        assert f'value="{given}"' in answer.text
        return str(answer.text)

    assert "kennt keine Seite mit dem Namen „messe-dresden“" in refused("messe-dresden")
    person = refused("https://www.linkedin.com/in/eva-roth")
    assert "ist kein Konto, das auf LinkedIn erwähnt werden kann" in person
    assert "urn:li:organization:2414183" in person
    monkeypatch.setattr(sandbox.world, "public_pages", False)
    unasked = refused("https://www.facebook.com/brandt.service", "facebook")
    assert "konnte bei Facebook nicht erfragt werden" in unasked
    assert "104872951638204" in unasked
    with platform.database.read() as session:
        assert session.get_one(Channel, facebook.id).reconnect_since is None, "only this is not permitted"


def test_while_someone_types_the_id_comes_with_the_name_that_the_network_has(
    client_of: ClientOf, company: Company, platform: Platform
) -> None:
    channel = connected(platform, company)
    charlie, rita = client_of(company.charlie), client_of(company.rita)
    charlie.get("/posts/new")

    def ask(path: str, **values: Any) -> dict[str, Any]:
        return cast("dict[str, Any]", charlie.ask(path, **values).json)

    found = ask("/posts/mentions", network="linkedin", id=ADDRESS)
    assert found["id"] == MESSE["remote_id"]
    assert found["name"] in found["text"]
    assert ask("/posts/mentions", network="linkedin", id="90220518")["id"] == MESSE["remote_id"]
    assert "messe-dresden" in ask("/posts/mentions", network="linkedin", id="messe-dresden")["error"]
    assert ask("/posts/mentions", network="myspace", id="messe")["error"]
    pasted = {"network": "facebook", "id": "https://de.linkedin.com/company/messe-chemnitz/"}
    other = ask("/posts/mentions", **pasted, offered=["facebook", "linkedin"])
    assert (other["network"], other["id"]) == ("linkedin", MESSE["remote_id"]), "an address says of which network it is"
    assert ask("/posts/mentions", **pasted, offered=["facebook"])["error"], "unless nobody can choose that one"
    assert rita.send("/posts/mentions", network="linkedin", id=ADDRESS).status_code == 403

    checked = ask("/posts/check", **form(channel, text="Danke an die Messe."))
    assert "mentions" not in checked["errors"], "what can be looked up is no error yet"
    assert any("@Messe Chemnitz" in warning["text"] for warning in checked["warnings"])
    checked = ask("/posts/check", **form(channel))
    assert not any("@Messe Chemnitz" in warning["text"] for warning in checked["warnings"])


def test_a_script_gives_an_address_and_reads_the_id(app: Any, company: Company, platform: Platform) -> None:
    channel = connected(platform, company)
    script = Script(app, make_token(platform, company.charlie))
    body = {"text": TEXT, "channels": [str(channel.id)]}
    mention = {"name": "@Messe Chemnitz", "network": "linkedin", "id": ADDRESS}
    post = script.post("/posts", body | {"mentions": [mention]}).get_json()
    assert post["mentions"] == [mention | {"id": MESSE["remote_id"]}]
    wrong = script.patch(f"/posts/{post['id']}", {"mentions": [mention | {"id": "https://example.com/messe"}]})
    assert [(e["field"], e["code"]) for e in wrong.get_json()["errors"]] == [("mentions.0.id", "mention_id_wrong")]

"""What an account's access may do, as its network says it: by an inspection of the token, or by the token's answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing

import pytest

from publishers.base import Account, Connection, Credentials, ReconnectNeeded
from publishers.facebook import pages
from publishers.facebook.client import GraphClient, open_facebook_session
from publishers.registry import network
from publishers.sandbox import Sandbox, apps
from tests.publishers.accounts import APP, CREDENTIALS, connect
from tests.publishers.raw import RawServer, Received, Reply, json_reply

PAGE = CREDENTIALS["facebook"]["page_id"]


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer(json_reply({})) as running:
        yield running


def verify(sandbox: Sandbox, key: str, credentials: Credentials, app: dict[str, str] | None = None) -> Account:
    connection = Connection(sandbox.api_url(key), 10.0, apps.settings(key) if app is None else app)
    with closing(network(key).connect(credentials, connection)) as publisher:
        return publisher.verify()


def test_a_pages_token_is_inspected_by_the_app_and_named_by_what_it_lacks(sandbox: Sandbox) -> None:
    sandbox.add_account(
        "facebook", "77001", "Brandt Fräsen", "EAABfewPermissions", kind="page",
        scopes=["pages_show_list", "pages_manage_posts", "pages_read_engagement"],
    )  # fmt: skip
    own = {"page_id": "77001", "access_token": "EAABfewPermissions"}
    account = verify(sandbox, "facebook", own)
    assert account.permissions_known
    assert account.missing == ("read_insights", "pages_read_user_content", "pages_manage_engagement")
    assert "EAABfewPermissions" not in str([entry["path"] for entry in sandbox.requests("facebook")])
    sandbox.withdraw("facebook", "77001", "pages_manage_posts")
    assert verify(sandbox, "facebook", own).missing[0] == "pages_manage_posts"
    # Nobody else may ask: then nothing is known, and nothing is said to be missing.
    unknown = verify(sandbox, "facebook", own, {})
    assert (unknown.missing, unknown.permissions_known) == ((), False)


def test_pages_of_portfolios_are_turned_page_by_page_merged_and_a_refusal_hides_none_of_the_others(
    server: RawServer,
) -> None:
    def listed(*pages: Mapping[str, object], after: str = "") -> dict[str, object]:
        paging = {"cursors": {"after": after}, "next": "https://elsewhere.example/?access_token=t"} if after else {}
        return {"data": list(pages), "paging": paging}

    one, two = {"id": "1", "name": "Eins"}, {"id": "2", "name": "Zwei"}
    batches: list[list[dict[str, object] | None]] = [
        [listed(one | {"access_token": "t1"}, two, after="c"), listed(), None, listed({"id": "3", "name": "Drei"})],
        [listed(two | {"access_token": "t2"})],
    ]

    def answer(received: Received) -> Reply:
        if received.method == "GET":
            own = listed(one | {"tasks": ["ANALYZE"]})
            portfolios = listed({"id": "71", "name": "Gruppe"}, {"id": "72", "name": "Andere"})
            return json_reply(portfolios if "businesses" in received.path else own)
        denied = {"code": 403, "body": json.dumps({"error": {"code": 200, "message": "(#200) Permissions error"}})}
        parts = [denied if part is None else {"code": 200, "body": json.dumps(part)} for part in batches.pop(0)]
        return json_reply(parts)

    server.answer = answer
    granted = frozenset({"pages_show_list", "business_management", "pages_manage_posts", "pages_read_engagement"})
    with closing(open_facebook_session("user-token", Connection(server.url, 10.0, {}))) as session:
        found = pages.pages(GraphClient("user-token", session, {}), granted)
    offers = [pages.offer(page, granted) for page in found.pages]
    assert [(o.account.name, o.account.missing[-1], o.credentials["access_token"]) for o in offers] == [
        ("Eins", "CREATE_CONTENT", "t1"),  # listed twice: the task by one, the token by the other
        ("Zwei", "pages_manage_engagement", "t2"),
        ("Drei", "access_token", ""),
    ]
    assert found.unlisted == ("Andere",)
    asked = [json.loads(received.form["batch"]) for received in server.requests if received.method == "POST"]
    assert "after=c" in asked[1][0]["relative_url"]
    assert all("access_token" not in received.path for received in server.requests if received.method == "POST")


def test_a_page_that_is_gone_asks_for_a_reconnection_and_a_foreign_token_names_its_own_page(
    sandbox: Sandbox, server: RawServer
) -> None:
    with pytest.raises(ReconnectNeeded) as caught:
        verify(sandbox, "facebook", {"page_id": "99999", "access_token": CREDENTIALS["facebook"]["access_token"]})
    assert caught.value.advice == "page_gone"

    def answer(received: Received) -> Reply:
        """A Page that everybody may read, and a token of another; its permissions hold for that one alone."""
        if received.method == "GET":
            return json_reply({"id": PAGE, "name": "Brandt", "link": "https://www.facebook.com/brandt"})
        only = [{"scope": "pages_manage_posts", "target_ids": ["5"]}]
        data = {"is_valid": True, "scopes": ["pages_manage_posts"], "granular_scopes": only, "profile_id": own.pop()}
        return json_reply([{"code": 200, "body": json.dumps({"data": data})}])

    server.answer = answer
    own: list[str] = []
    for opened, expected in (("5", ("5", ())), (PAGE, (PAGE, ("pages_manage_posts",)))):
        own.append(opened)
        with closing(connect("facebook", server.url, app=APP)) as publisher:
            account = publisher.verify()
        assert (account.remote_id, account.missing[:1]) == expected


def test_x_tells_scopes_with_the_token_and_they_are_kept_and_compared(sandbox: Sandbox) -> None:
    sandbox.add_account(
        "twitter", "880055", "Brandt", "x-few", handle="BrandtFew", refresh="x-few-refresh",
        scopes=["tweet.read", "users.read", "tweet.write", "offline.access"],
    )  # fmt: skip
    own = {"user_id": "880055", "access_token": "x-few", "refresh_token": "x-few-refresh"}
    assert not verify(sandbox, "twitter", own).permissions_known
    connection = Connection(sandbox.api_url("twitter"), 10.0, apps.settings("twitter"))
    with closing(network("twitter").connect(own, connection)) as publisher:
        fresh = publisher.refresh()
    assert fresh
    assert fresh["scopes"] == "offline.access,tweet.read,tweet.write,users.read"
    account = verify(sandbox, "twitter", fresh)
    assert (account.missing, account.permissions_known) == (
        ("media.write", "tweet.moderate.write", "like.write"), True,
    )  # fmt: skip


def test_linkedin_is_asked_about_the_token_and_where_it_may_not_be_the_tokens_answer_counts(sandbox: Sandbox) -> None:
    organization = "urn:li:organization:880066"
    sandbox.add_account(
        "linkedin", organization, "Brandt", "linkedin-few", scopes=["w_organization_social", "r_organization_social"]
    )
    own = {"author": organization, "access_token": "linkedin-few"}
    assert verify(sandbox, "linkedin", own).missing == ("rw_organization_admin",)
    assert not verify(sandbox, "linkedin", own, {}).permissions_known
    kept = {**own, "scopes": "r_organization_social,w_organization_social"}
    assert verify(sandbox, "linkedin", kept, {}).missing == ("rw_organization_admin",)
    sandbox.withdraw("linkedin", organization, "w_organization_social")
    assert "w_organization_social" in verify(sandbox, "linkedin", kept).missing, "the network's word of now counts more"

"""Accounts that posts mention: what a person can copy is read, short names are looked up, and nothing else goes out."""

from __future__ import annotations

from typing import Any, cast

import pytest

from publishers.base import Mention, NamingRules, OutgoingPost, Publisher, ReconnectNeeded, Unsupported
from publishers.naming import Reference
from publishers.optional import Naming
from publishers.registry import network
from publishers.sandbox import Sandbox
from tests.publishers.accounts import connect, send

ORGANISATION = "urn:li:organization:2414183"


def rules(key: str) -> NamingRules:
    found = network(key).content_rules.naming
    assert found is not None
    return found


def test_a_company_on_linkedin_is_named_by_urn_number_address_or_vanity_name() -> None:
    for given in (
        ORGANISATION,
        " 2414183 ",
        "https://www.linkedin.com/company/2414183/admin/page-posts/published/",
        "linkedin.com/company/2414183",
    ):
        assert rules("linkedin").read(given) == Reference(ORGANISATION), given
    assert rules("linkedin").read("urn:li:person:Ab-9_x") == Reference("urn:li:person:Ab-9_x")
    for given in (
        "https://www.linkedin.com/company/brandt-partner/",
        "https://de.linkedin.com/company/brandt-partner?trk=x",
        "@brandt-partner",
    ):
        assert rules("linkedin").read(given) == Reference(name="brandt-partner"), given
    assert rules("linkedin").read("https://linkedin.com/school/hs-m%C3%BCnchen/about") == Reference(name="hs-münchen")
    for given in (
        "https://www.linkedin.com/in/eva-roth",
        "https://example.com/company/2414183",
        "urn:li:share:5",
        "a b",
    ):
        assert rules("linkedin").read(given) == Reference(), given


def test_a_page_on_facebook_is_named_by_number_address_or_username() -> None:
    for given in (
        "104872951638204",
        "https://www.facebook.com/104872951638204?ref=x",
        "https://www.facebook.com/profile.php?sk=about&id=104872951638204",
        "https://de-de.facebook.com/pages/Brandt-Partner/104872951638204/",
        "https://www.facebook.com/p/Brandt-Partner-104872951638204/",
    ):
        assert rules("facebook").read(given) == Reference("104872951638204"), given
    for given in ("https://www.facebook.com/brandt.partner/posts/12", "fb.com/brandt.partner", "brandt.partner"):
        assert rules("facebook").read(given) == Reference(name="brandt.partner"), given
    for given in ("https://www.facebook.com/groups/brandt", "https://x.com/brandt", "Brandt & Partner"):
        assert rules("facebook").read(given) == Reference(), given


@pytest.mark.parametrize(("key", "good"), [("linkedin", ORGANISATION), ("facebook", "104872951638204")])
def test_a_mention_without_an_id_of_the_network_goes_out_as_a_plain_name(
    publisher: Publisher, key: str, good: str, sandbox: Sandbox
) -> None:
    for address in ("https://www.linkedin.com/company/brandt-partner/", "brandtpartner", ""):
        post = OutgoingPost(f"Danke an @Brandt {address}", mentions=(Mention("@Brandt", address),))
        send(publisher, post)
        assert sandbox.posts(key)[-1]["text"] == f"Danke an @Brandt {address}".strip()
        assert "@[" not in network(key).expected_text(post)
    assert "@[" in network(key).expected_text(OutgoingPost("@Brandt", mentions=(Mention("@Brandt", good),)))


@pytest.mark.parametrize("key", ["linkedin"], indirect=True)
def test_linkedin_finds_any_organisation_by_its_vanity_name(publisher: Publisher, sandbox: Sandbox) -> None:
    found = cast(Naming, publisher).named("Messe-Chemnitz")
    assert found is not None
    assert (found.remote_id, found.name) == ("urn:li:organization:90220518", "Messe Chemnitz")
    assert cast(Naming, publisher).named("niemand-heisst-so") is None
    assert cast(Naming, publisher).named("katrin-vogel") is None, "people are not found"
    author = "urn:li:person:Ab9x"
    given = {"author": author, "access_token": "linkedin-member-only"}
    sandbox.add_account("linkedin", author, "Eva Roth", given["access_token"], scopes=["w_member_social"])
    member = connect("linkedin", sandbox.api_url("linkedin"), credentials=given)
    with pytest.raises(ReconnectNeeded) as refused:
        cast(Naming, member).named("messe-chemnitz")
    assert refused.value.status == 403
    member.close()


@pytest.mark.parametrize("key", ["facebook"], indirect=True)
def test_facebook_finds_pages_of_others_only_for_an_app_that_may_read_them(
    publisher: Publisher, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = cast(Naming, publisher)
    found = pages.named("brandt.service")
    assert found is not None
    assert (found.remote_id, found.name) == ("118240667301955", "Brandt Service & Ersatzteile")
    assert [pages.named(name) for name in ("niemand.heisst.so", "katrin.vogel")] == [None, None]
    monkeypatch.setattr(sandbox.world, "public_pages", False)
    with pytest.raises(Unsupported):
        pages.named("brandt.service")


def test_networks_that_are_named_by_handle_need_no_id() -> None:
    others: list[Any] = [network(key).content_rules.naming for key in ("twitter", "xing", "youtube")]
    assert others == [None, None, None]

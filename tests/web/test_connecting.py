"""Connecting by consent on the screens: away, back, the choice, and what is said where it goes wrong."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.bootstrap import Platform
from planner.models import BegunConnection, Channel
from publishers.sandbox import Sandbox, apps
from tests.support import sandboxed
from tests.support.clock import FakeClock
from tests.support.consenting import decide
from tests.support.factories import Company, make_channel
from tests.support.web import Browsing, ClientOf

PAGE = "104872951638204"
_REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')

sandbox = sandboxed.seeded


@pytest.fixture
def platform(tmp_path: Path, any_url: str, clock: FakeClock, sandbox: Sandbox) -> Iterator[Platform]:
    """The sandbox networks know the app of all but XING, for which nothing is set."""
    known = {key: app for key, app in sandboxed.APPS.items() if key != "xing"}
    platform = sandboxed.wired(tmp_path / "instance", any_url, clock, sandbox, apps=known)
    yield platform
    platform.close()


@pytest.fixture
def alice(client_of: ClientOf, company: Company) -> Browsing:
    client = client_of(company.alice)
    client.send("/language", language="en")
    return client


def leave(client: Browsing, network: str, channel: int | str = "", **more: str) -> str:
    """Press the button; the address that the browser is forwarded to."""
    answer = client.send(f"/channels/connect/{network}", channel=channel, **more)
    found = _REFRESH.search(answer.text)
    assert found, answer.text
    return html.unescape(found[1])


def path_of(location: str) -> str:
    """An address of ours without its host."""
    return "/" + location.split("/", 3)[3]


def channels_of(platform: Platform) -> list[Channel]:
    with platform.database.read() as session:
        return session.query(Channel).order_by(Channel.id).all()


def test_only_admins_set_up_begin_and_choose(client_of: ClientOf, company: Company) -> None:
    for actor in (company.bob, company.charlie, company.rita):
        client = client_of(actor)
        assert client.get("/channels/connect/facebook").status_code == 403
        assert client.send("/channels/connect/facebook").status_code == 403
        assert client.send("/channels/connect/facebook/check").status_code == 403
        assert client.get("/channels/connect/facebook/back?state=x").status_code == 403
        assert client.get("/channels/connecting/1").status_code == 403
        assert client.send("/channels/connecting/1").status_code == 403
    stranger = client_of(None).get("/channels/connect/facebook/back?code=secret&state=x")
    assert "/sign-in" in stranger.location
    assert "secret" not in stranger.location


def test_from_the_button_to_two_channels(alice: Browsing, platform: Platform) -> None:
    back = path_of(decide(leave(alice, "facebook")))
    answer = alice.get(back)
    assert answer.status_code == 303
    page = alice.get(answer.location)
    assert "Katrin Vogel allowed access at Facebook." in page.text
    assert "This person&#39;s role on the page does not allow to publish." in page.text
    done = alice.send(answer.location, accounts=[PAGE, "118240667301955"])
    assert done.location.endswith("/channels")
    assert [c.name for c in channels_of(platform)] == ["Brandt Maschinenbau", "Brandt Service & Ersatzteile"]
    assert "Connected: Brandt Maschinenbau, Brandt Service" in html.unescape(alice.get("/channels").text)
    # The same form once more, and the way back: nothing is made twice.
    assert alice.send(answer.location, accounts=[PAGE]).status_code == 302
    assert alice.get(back).status_code == 409
    assert len(channels_of(platform)) == 2


def test_one_account_alone_is_ticked_and_leads_to_its_slots(alice: Browsing, platform: Platform) -> None:
    choice = alice.get(path_of(decide(leave(alice, "twitter")))).location
    assert "checked" in alice.get(choice).text
    assert alice.send(choice).status_code == 422
    assert "Choose at least one account." in alice.send(choice).text
    answer = alice.send(choice, accounts="1502893746120984576")
    assert answer.location.endswith(f"/channels/{channels_of(platform)[0].id}/slots")


def test_missing_permissions_are_named_with_what_they_prevent(alice: Browsing) -> None:
    address = leave(alice, "facebook")
    choice = alice.get(path_of(decide(address, without={"pages_manage_posts", "read_insights"}))).location
    text = alice.get(choice).text
    for said in ("<code>pages_manage_posts</code>. Without it, nothing can be published.",
                 "<code>read_insights</code>. Without it, there are no figures."):  # fmt: skip
        assert said in text
    assert 'class="btn btn-primary" type="submit"' not in text.split("account-choices")[1]


def test_whoever_says_no_is_told_so_and_goes_back_to_the_choice(alice: Browsing, platform: Platform) -> None:
    page = alice.get(path_of(decide(leave(alice, "linkedin"), allow=False)))
    assert page.status_code == 200
    assert "You did not allow access at LinkedIn." in page.text
    assert "/channels/new?network=linkedin" in page.text
    with platform.database.read() as session:
        assert session.query(BegunConnection).count() == 0
    assert channels_of(platform) == []


def test_a_forged_reused_or_foreign_state_is_a_clear_page_and_stores_nothing(
    alice: Browsing, client_of: ClientOf, company: Company, platform: Platform
) -> None:
    back = path_of(decide(leave(alice, "linkedin")))
    forged = alice.get("/channels/connect/linkedin/back?code=x&state=forged")
    assert forged.status_code == 409
    assert "belongs to nothing that was begun here" in forged.text
    foreign = client_of(company.oscar).get(back)
    assert foreign.status_code == 409
    assert alice.get("/channels/connect/nowhere/back?state=x").status_code == 404
    second = client_of(company.alice)
    assert second.get(back).status_code == 409, "another session of the same person"
    assert alice.get(back).status_code == 303, "and it still belongs to the first"
    assert channels_of(platform) == []


def test_the_wrong_account_is_named_with_the_expected_one(
    alice: Browsing, platform: Platform, company: Company
) -> None:
    channel = make_channel(
        platform.database, company, platform.clock.now(), "twitter", name="@brandt",
        remote_account_id="1502893746120984576",
        credentials=platform.vault.seal({"user_id": "1502893746120984576", "access_token": "old"}),
    )  # fmt: skip
    address = leave(alice, "twitter", channel.id)
    choice = alice.get(path_of(decide(address, account="1733890412265500672"))).location
    text = html.unescape(alice.get(choice).text)
    assert "@brandt is not reconnected" in text
    assert "Expected was the account @brandt (1502893746120984576)" in text
    right = alice.get(path_of(decide(leave(alice, "twitter", channel.id))))
    assert right.location.endswith(f"/channels/{channel.id}")
    assert "@brandt is connected again." in alice.get(right.location).text


def test_a_channel_is_reconnected_by_one_button(alice: Browsing, platform: Platform, company: Company) -> None:
    channel = make_channel(
        platform.database, company, platform.clock.now(), "facebook", reconnect_since=platform.clock.now(),
        remote_account_id=PAGE, credentials=platform.vault.seal({"page_id": PAGE, "access_token": "ended"}),
    )  # fmt: skip
    page = alice.get(f"/channels/{channel.id}").text
    assert f'<input type="hidden" name="channel" value="{channel.id}">' in page
    assert "Reconnect with Facebook" in alice.get(f"/channels/{channel.id}/connection").text


def test_who_reconnects_an_organisation_is_told_what_was_renewed_with_it(
    alice: Browsing, platform: Platform, company: Company
) -> None:
    names = {"urn:li:organization:78214563": "Brandt", "urn:li:organization:90117342": "Akademie"}
    channel, _ = [
        make_channel(
            platform.database, company, platform.clock.now(), "linkedin", name=name, remote_account_id=urn,
            credentials=platform.vault.seal({"author": urn, "access_token": "ended"}),
        )
        for urn, name in names.items()
    ]  # fmt: skip
    back = alice.get(path_of(decide(leave(alice, "linkedin", channel.id)))).location
    said = alice.get(back).text
    assert "Brandt is connected again." in said
    assert "Renewed with it, as they belong to the same sign-in: Akademie." in said


def test_the_guide_shows_the_redirect_address_and_never_a_secret(alice: Browsing, platform: Platform) -> None:
    page = alice.get("/channels/connect/linkedin").text
    assert "http://localhost/channels/connect/linkedin/back" in page
    assert "SENDEPLAN_LINKEDIN_CLIENT_SECRET" in page
    assert apps.settings("linkedin")["client_secret"] not in page
    assert "Community Management API" in page
    assert alice.get("/channels/connect/instagram").status_code == 404


def test_the_check_says_what_is_right_and_what_is_wrong(alice: Browsing, platform: Platform, sandbox: Sandbox) -> None:
    said = html.unescape(alice.send("/channels/connect/facebook/check").text)
    for right in (
        "The redirect address for Facebook is: http://localhost/channels/connect/facebook/back",
        "Facebook knows the developer app: its id and secret are right.",
        "Facebook serves the version of its API that is asked for.",
        "The domain of the redirect address is among the app's domains at Facebook.",
        "Without a person who signs in, Facebook says nothing about: the redirect address, the permissions that",
    ):
        assert right in said
    assert "SENDEPLAN_XING_CLIENT_ID is not set." in alice.send("/channels/connect/xing/check").text
    sandbox.faults.add("error", "linkedin", None)
    assert "LinkedIn could not be asked about the developer app" in alice.send("/channels/connect/linkedin/check").text


def test_without_an_app_the_page_says_what_is_missing_and_tokens_still_work(alice: Browsing) -> None:
    page = alice.get("/channels/new?network=xing").text
    assert "This needs a developer app of your own" in page
    assert 'name="credentials.consumer_key"' in page
    answer = alice.send("/channels/connect/xing")
    assert answer.status_code == 409
    assert "SENDEPLAN_XING_CLIENT_ID" in answer.text
    assert 'name="credentials.page_id"' in alice.get("/channels/new?network=facebook").text


def test_a_trial_sign_in_shows_point_by_point_what_worked_and_connects_nothing(
    alice: Browsing, client_of: ClientOf, company: Company, platform: Platform
) -> None:
    assert "Try the sign-in" in alice.get("/channels/connect/facebook").text
    address = leave(alice, "facebook", trial="yes")
    found = alice.get(path_of(decide(address, without={"read_insights", "pages_manage_posts"})))
    page = html.unescape(alice.get(found.location).text)
    assert "No channel can be connected yet" in page
    assert "Signed in there as Katrin Vogel. Nothing was connected." in page
    for said in (
        "The network took the redirect address",
        "<code>pages_manage_posts</code>: Not granted. Without it, nothing can be published.",
        "<code>pages_read_user_content</code>: Granted: comments.",
        "At Meta: App review, Permissions and features, Advanced Access",
        "The access of this trial was thrown away and stored nowhere.",
    ):
        assert said in page
    assert page.count('data-mark="wrong"') == 5
    assert channels_of(platform) == []
    assert client_of(company.oscar).get(found.location).location.endswith("/channels")
    good = alice.get(path_of(decide(leave(alice, "twitter", trial="yes")))).location
    assert "Channels can be connected" in alice.get(good).text
    assert "made void at the network" in alice.get(good).text
    assert channels_of(platform) == []


def test_a_channels_connection_is_checked_by_a_button_and_the_result_said(
    alice: Browsing, client_of: ClientOf, company: Company, platform: Platform, sandbox: Sandbox
) -> None:
    credentials = {"page_id": PAGE, "access_token": "EAABsandboxBrandtPage"}
    channel = make_channel(
        platform.database, company, platform.clock.now(), "facebook", remote_account_id=PAGE,
        credentials=platform.vault.seal(credentials),
    )  # fmt: skip
    path = f"/channels/{channel.id}/check"
    assert client_of(company.charlie).send(path).status_code == 403
    assert "Check this connection" in alice.get(f"/channels/{channel.id}").text
    fine = html.unescape(alice.send(path).text)
    assert "Facebook takes the access and names the account “Brandt Maschinenbau”. All permissions are there." in fine
    sandbox.withdraw("facebook", PAGE, "pages_manage_engagement")
    lacking = html.unescape(alice.send(path).text)
    assert "The connection works, but not everything is allowed" in lacking
    assert "<code>pages_manage_engagement</code>: Without it, comments cannot be answered" in lacking
    sandbox.faults.add("reset", "facebook", "read", count=1)
    assert "The network could not be asked" in alice.send(path).text
    assert "Permissions are missing" in alice.get(f"/channels/{channel.id}").text, "what was known stays known"
    sandbox.world.directory.void("facebook", "EAABsandboxBrandtPage")
    ended = alice.send(path).text
    assert "The access has ended" in ended
    assert "The connection has ended" not in ended, "said once"
    assert "The connection has ended" in alice.get(f"/channels/{channel.id}").text


def test_pages_that_a_portfolio_lists_without_access_are_shown_and_say_who_can_change_that(alice: Browsing) -> None:
    petra = "10231144556677889"
    choice = alice.get(path_of(decide(leave(alice, "facebook"), account=petra))).location
    page = html.unescape(alice.get(choice).text)
    assert "Brandt Hydraulik" in page
    assert page.count("The network lists this page, but gives this person no access to it.") == 2
    nothing = alice.get(path_of(decide(leave(alice, "facebook"), account=petra, without={"business_management"})))
    assert "allow business_management as well" in html.unescape(nothing.text)
    katrin = alice.get(path_of(decide(leave(alice, "facebook"), without={"business_management"}))).location
    assert "Is a page missing here?" in alice.get(katrin).text

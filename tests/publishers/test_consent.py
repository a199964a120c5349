"""Connecting by consent, over HTTP against the sandbox networks: the good way and every bad one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from publishers.base import Connection, NetworkError, ReconnectNeeded, Refused, Uncertain
from publishers.connecting import AppPoint, AppRefused, Begun, CodeRefused, Consent, Denied, Flow, Grant, Return
from publishers.registry import network
from publishers.sandbox import Sandbox, apps
from tests.publishers.accounts import KEYS, NetworkClock
from tests.support.consenting import brought, decide

STATE = "a-state-that-nobody-guesses"
BACK = "http://127.0.0.1:8000/channels/connect/{}/back"


class Trip:
    """One person on the way to a network and back."""

    def __init__(self, sandbox: Sandbox, key: str, **app: str) -> None:
        self.key, self.sandbox = key, sandbox
        self.redirect_uri = BACK.format(key)
        options = {**apps.settings(key), **app}
        self.connection = Connection(sandbox.api_url(key), 10.0, {k: v for k, v in options.items() if v})
        self.begun: Begun = self.flow.begin(self.connection, self.redirect_uri, STATE)

    @property
    def consent(self) -> Consent:
        found = network(self.key).consent
        assert found
        return found

    @property
    def flow(self) -> Flow:
        return self.consent.flow()

    def answer(
        self, *, account: str | None = None, without: Collection[str] = (), allow: bool = True
    ) -> dict[str, str]:
        return brought(decide(self.begun.address, account=account, without=without, allow=allow))

    def finish(self, parameters: dict[str, str], **changes: str) -> Grant:
        kept = {**self.begun.kept, **{k: v for k, v in changes.items() if k in self.begun.kept}}
        redirect_uri = changes.get("redirect_uri", self.redirect_uri)
        return self.flow.finish(self.connection, Return(redirect_uri, STATE, kept, parameters))


@pytest.fixture
def trip(sandbox: Sandbox, key: str) -> Trip:
    return Trip(sandbox, key)


def test_what_a_person_allows_becomes_accounts_that_publish(trip: Trip) -> None:
    grant = trip.finish(trip.answer())
    assert grant.person
    for offer in grant.offers:
        publisher = network(trip.key).connect(offer.credentials, trip.connection)
        try:
            assert publisher.verify().remote_id == offer.account.remote_id
        finally:
            publisher.close()
        assert network(trip.key).account_id(offer.credentials) == offer.account.remote_id
        fields = {field.name for field in network(trip.key).credential_fields}
        assert set(offer.credentials) <= fields


def test_a_code_works_once(trip: Trip) -> None:
    parameters = trip.answer()
    trip.finish(parameters)
    with pytest.raises(CodeRefused):
        trip.finish(parameters)


def test_a_code_that_comes_late_is_void(trip: Trip, network_clock: NetworkClock) -> None:
    parameters = trip.answer()
    network_clock.move(timedelta(seconds=31) if trip.key == "twitter" else timedelta(minutes=31))
    with pytest.raises(CodeRefused):
        trip.finish(parameters)


def test_a_code_that_was_never_given_out_is_void(trip: Trip) -> None:
    forged = {**trip.answer(), "code": "forged", "oauth_verifier": "forged"}
    with pytest.raises(CodeRefused):
        trip.finish(forged)


def test_whoever_says_no_is_believed(trip: Trip) -> None:
    with pytest.raises(Denied):
        trip.finish(trip.answer(allow=False))


def test_an_answer_to_another_request_is_not_taken(trip: Trip) -> None:
    with pytest.raises(CodeRefused):
        trip.finish({**trip.answer(), "state": "of-somebody-else"})
    with pytest.raises(CodeRefused):
        trip.finish({name: value for name, value in trip.answer().items() if name != "state"})


def test_a_wrong_secret_is_the_apps_own_fault(sandbox: Sandbox, key: str) -> None:
    good = Trip(sandbox, key)
    parameters = good.answer()
    wrong = Connection(sandbox.api_url(key), 10.0, {**apps.settings(key), "client_secret": "wrong"})
    with pytest.raises(AppRefused) as caught:
        good.flow.finish(wrong, Return(good.redirect_uri, STATE, good.begun.kept, parameters))
    assert "wrong" not in str(caught.value) + caught.value.network_message
    good.finish(parameters)  # the code itself was not spent by that


def test_the_check_tells_a_good_app_from_a_wrong_one(sandbox: Sandbox, key: str) -> None:
    consent = network(key).consent
    assert consent
    good = apps.settings(key)
    found = consent.flow().check(Connection(sandbox.api_url(key), 10.0, good), BACK.format(key))
    assert AppPoint.CREDENTIALS in found.right
    assert (AppPoint.REDIRECT in found.right) is (AppPoint.REDIRECT not in found.unseen) is (key == "xing")
    for wrong in ({**good, "client_secret": "wrong"}, {**good, "client_id": "wrong"}):
        with pytest.raises(AppRefused):
            consent.flow().check(Connection(sandbox.api_url(key), 10.0, wrong), BACK.format(key))


def test_what_a_trial_was_given_is_made_void_where_the_network_can_do_that_by_the_token(trip: Trip) -> None:
    grant = trip.finish(trip.answer())
    voided = trip.flow.discard(trip.connection, grant)
    assert voided is (trip.key == "twitter"), "elsewhere the person's other connections would end with it"
    publisher = network(trip.key).connect(grant.offers[0].credentials, trip.connection)
    if voided:
        for use in (publisher.verify, publisher.refresh):
            with pytest.raises(ReconnectNeeded):
                use()
    else:
        assert publisher.verify().remote_id
    publisher.close()


@pytest.mark.parametrize("fault", ["html", "empty", "truncated"])
def test_rubbish_at_the_token_address_is_no_success(trip: Trip, sandbox: Sandbox, fault: str) -> None:
    parameters = trip.answer()
    sandbox.faults.add(fault, trip.key, "refresh", status=200, count=1)
    with pytest.raises(NetworkError) as caught:
        trip.finish(parameters)
    assert isinstance(caught.value, (Uncertain, CodeRefused))


def test_a_throttle_says_that_nothing_was_taken(trip: Trip, sandbox: Sandbox) -> None:
    parameters = trip.answer()
    sandbox.faults.add("throttled", trip.key, "refresh", count=1)
    with pytest.raises(Refused):
        trip.finish(parameters)
    trip.finish(parameters)


def test_no_secret_travels_in_an_address(trip: Trip, sandbox: Sandbox) -> None:
    grant = trip.finish(trip.answer())
    secrets = [apps.settings(trip.key)["client_secret"]]
    secrets += [v for offer in grant.offers for f, v in offer.credentials.items() if "token" in f or "secret" in f]
    log = str([(entry["path"], entry["headers"]) for entry in sandbox.requests(trip.key)])
    assert not any(secret in log for secret in secrets)
    assert not any(secret in trip.begun.address for secret in secrets)


# --- each network's own --------------------------------------------------------------------------------------


def test_facebook_offers_the_pages_that_were_shared_with_tokens_of_their_own(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "facebook")
    grant = trip.finish(trip.answer(without={"118240667301955"}))
    assert [o.account.name for o in grant.offers] == ["Brandt Maschinenbau", "Ausbildung bei Brandt"]
    assert [o.account.missing for o in grant.offers] == [(), ("CREATE_CONTENT",)]
    assert len({o.credentials["access_token"] for o in grant.offers}) == 2
    assert all("expires_at" not in o.credentials for o in grant.offers)
    assert trip.consent.permission("CREATE_CONTENT").vital


def test_facebook_names_permissions_that_were_declined(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "facebook")
    grant = trip.finish(trip.answer(without={"pages_manage_posts", "read_insights"}))
    assert grant.offers[0].account.missing == ("pages_manage_posts", "read_insights")
    assert Trip(sandbox, "facebook").finish(trip.answer(without={"pages_show_list"})).offers == ()


PETRA = "10231144556677889"


def test_facebook_offers_the_pages_of_business_portfolios_and_says_which_come_without_access(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "facebook")
    grant = trip.finish(trip.answer(account=PETRA))
    assert [(o.account.name, o.account.missing) for o in grant.offers] == [
        ("Brandt Hydraulik", ()),
        ("Brandt Maschinenbau", ("access_token",)),
        ("Maschinenbautage Chemnitz", ("access_token",)),
    ]
    assert trip.consent.permission("access_token").vital
    assert grant.unlisted == ()
    publisher = network("facebook").connect(grant.offers[0].credentials, trip.connection)
    assert publisher.verify() == grant.offers[0].account
    publisher.close()
    # Without the permission, all is as it was: only what a person may do by themselves.
    assert trip.finish(trip.answer(account=PETRA, without={"business_management"})).offers == ()
    katrin = trip.finish(trip.answer(without={"business_management"}))
    assert len(katrin.offers) == 3
    assert [p.name for p in trip.consent.withheld(katrin.granted, {})] == ["business_management"]
    assert all("business_management" not in o.account.missing for o in katrin.offers)


def test_where_no_portfolio_can_be_looked_into_that_is_said_and_hides_no_other_page(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "facebook")
    parameters = trip.answer()
    sandbox.faults.add("missing_permission", "facebook", "portfolios", count=1)
    grant = trip.finish(parameters)
    assert (grant.unlisted, len(grant.offers)) == (("Meta Business",), 3)


def test_facebook_asks_again_for_what_was_declined_or_by_configuration(sandbox: Sandbox) -> None:
    query = parse_qs(urlsplit(Trip(sandbox, "facebook").begun.address).query)
    assert query["auth_type"] == ["rerequest"]
    assert "pages_manage_posts" in query["scope"][0]
    configured = parse_qs(urlsplit(Trip(sandbox, "facebook", config_id="77").begun.address).query)
    assert configured["config_id"] == ["77"]
    assert "scope" not in configured


def test_facebooks_check_compares_the_apps_domains_with_the_redirect_address(sandbox: Sandbox) -> None:
    flow, connection = (
        Trip(sandbox, "facebook").flow,
        Connection(sandbox.api_url("facebook"), 10.0, apps.settings("facebook")),
    )
    fitting = flow.check(connection, "https://plan.firma.example/channels/connect/facebook/back")
    assert (AppPoint.DOMAINS in fitting.right, fitting.doubtful) == (True, ())
    elsewhere = flow.check(connection, "https://plan.other.example/channels/connect/facebook/back")
    [(point, there)] = elsewhere.doubtful
    assert (point, "firma.example" in there) == (AppPoint.DOMAINS, True)


def test_facebooks_check_finds_a_version_that_is_served_no_more(sandbox: Sandbox) -> None:
    connection = Connection(sandbox.api_url("facebook"), 10.0, {**apps.settings("facebook"), "api_version": "v12.0"})
    with pytest.raises(NetworkError):
        Trip(sandbox, "facebook").flow.check(connection, BACK.format("facebook"))


def test_x_verifies_what_was_kept_and_gives_a_pair_that_renews(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "twitter")
    assert "code_challenge_method=S256" in trip.begun.address
    assert trip.begun.kept["verifier"] not in trip.begun.address
    parameters = trip.answer()
    with pytest.raises(CodeRefused):
        trip.finish(parameters, verifier="x" * 64)
    [offer] = trip.finish(parameters).offers
    assert datetime.fromisoformat(offer.credentials["expires_at"]) > datetime.now(UTC) + timedelta(minutes=90)
    publisher = network("twitter").connect(offer.credentials, trip.connection)
    fresh = publisher.refresh()
    publisher.close()
    assert fresh
    assert fresh["refresh_token"] != offer.credentials["refresh_token"]


def test_x_without_offline_access_gives_no_refresh_token_and_says_so(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "twitter")
    [offer] = trip.finish(trip.answer(without={"offline.access"})).offers
    assert offer.account.missing == ("offline.access",)
    assert "refresh_token" not in offer.credentials


def test_what_a_feature_needs_is_asked_for_and_its_absence_is_named_without_refusing_the_connection(
    sandbox: Sandbox,
) -> None:
    """Permission and what it is for, by which call of the feature needs it at the network."""
    for key, account, wanted in (
        ("facebook", 0, {"pages_read_user_content": "comments", "pages_manage_engagement": "answers",
                         "read_insights": "figures"}),
        ("twitter", 0, {"tweet.moderate.write": "hiding", "like.write": "likes", "media.write": "images"}),
        ("linkedin", 0, {"rw_organization_admin": "figures"}),
    ):  # fmt: skip
        trip = Trip(sandbox, key)
        assert set(wanted) <= set(trip.consent.wanted({}))
        granted = trip.finish(trip.answer(without=set(wanted))).offers[account]
        missing = {name: trip.consent.permission(name) for name in granted.account.missing}
        assert wanted.items() <= {name: one.purpose.value for name, one in missing.items()}.items()
        assert not any(one.vital for one in missing.values())
    linkedin = Trip(sandbox, "linkedin").consent
    granted_before = frozenset({"w_organization_social", "r_organization_social", "rw_organization_admin"})
    assert linkedin.missing(granted_before, "organization") == ()
    alone = frozenset({"w_organization_social", "r_organization_social_feed"})
    assert linkedin.missing(alone, "organization") == ("rw_organization_admin", "r_organization_social")


def test_linkedin_offers_organisations_that_one_may_post_for_and_the_own_profile(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "linkedin")
    grant = trip.finish(trip.answer())
    assert [(o.kind, o.account.name) for o in grant.offers] == [
        ("organization", "Brandt Maschinenbau GmbH"),
        ("organization", "Brandt Akademie"),
        ("person", "Katrin Vogel"),
    ]
    assert grant.offers[2].account.missing == ("r_member_postAnalytics", "r_member_profileAnalytics")


def test_linkedin_with_an_app_for_profiles_alone(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "linkedin", scopes="openid, profile w_member_social")
    [offer] = trip.finish(trip.answer()).offers
    assert (offer.kind, offer.credentials["author"]) == ("person", "urn:li:person:Kv7QmZ2xTa")


def test_linkedin_refuses_a_permission_that_the_app_has_not_got(sandbox: Sandbox) -> None:
    trip = Trip(sandbox, "linkedin", scopes="w_member_social r_ads")
    answer = requests.get(trip.begun.address, timeout=10, allow_redirects=False)
    with pytest.raises(AppRefused) as caught:
        trip.finish(brought(answer.headers["Location"]))
    assert "r_ads" in caught.value.network_message


def test_xing_takes_no_answer_to_another_request_token(sandbox: Sandbox) -> None:
    trip, other = Trip(sandbox, "xing"), Trip(sandbox, "xing")
    with pytest.raises(CodeRefused):
        trip.finish(other.answer())


@pytest.mark.parametrize("key", [k for k in KEYS if k != "xing"], indirect=True)
def test_the_redirect_address_must_be_the_one_of_the_beginning(trip: Trip) -> None:
    with pytest.raises(CodeRefused):
        trip.finish(trip.answer(), redirect_uri="http://127.0.0.1:8000/elsewhere")


@pytest.mark.parametrize("key", KEYS, indirect=True)
def test_a_network_sends_nobody_back_without_encryption(sandbox: Sandbox, key: str) -> None:
    consent = network(key).consent
    assert consent
    connection = Connection(sandbox.api_url(key), 10.0, apps.settings(key))
    plain = "http://plan.firma.example/channels/connect/x/back"
    if key == "xing":
        with pytest.raises(AppRefused):
            consent.flow().begin(connection, plain, STATE)
        return
    page = requests.get(consent.flow().begin(connection, plain, STATE).address, timeout=10, allow_redirects=False)
    assert page.status_code == 400


def test_what_was_allowed_outlives_a_restart_of_the_sandbox(tmp_path: Path) -> None:
    offers = {}
    with Sandbox(state_file=tmp_path / "state", limits={}) as sandbox:
        for key in KEYS:
            trip = Trip(sandbox, key)
            offers[key] = trip.finish(trip.answer(without={"118240667301955"})).offers[0]
    with Sandbox(state_file=tmp_path / "state", limits={}) as sandbox:
        for key, offer in offers.items():
            publisher = network(key).connect(offer.credentials, Connection(sandbox.api_url(key), 10.0))
            assert publisher.verify().remote_id == offer.account.remote_id
            publisher.close()

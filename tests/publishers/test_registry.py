"""The list of networks, and what each says about itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from publishers.base import Connection, Medium, OutgoingPost, ReconnectNeeded, Unsupported
from publishers.registry import UnknownNetwork, network, networks
from tests.publishers.accounts import CREDENTIALS, KEYS


def test_four_networks_are_there_by_api_and_five_by_hand() -> None:
    by_api = {"linkedin", "facebook", "twitter", "xing"}
    by_hand = {"instagram", "youtube", "pinterest", "snapchat", "threads"}
    assert set(networks()) == by_api | by_hand
    assert {key for key, known in networks().items() if known.capabilities.assisted_only} == by_hand


def test_the_list_cannot_be_changed_by_who_asks_for_it() -> None:
    networks().clear()
    assert networks()


def test_an_unknown_network_is_named() -> None:
    with pytest.raises(UnknownNetwork, match="myspace"):
        network("myspace")
    assert issubclass(UnknownNetwork, Unsupported)


def test_listing_networks_loads_no_client_package() -> None:
    heavy = {"requests", "tweepy", "facebook", "linkedin_v2", "oauthlib", "twitter_text"}
    code = f"import sys; from publishers.registry import networks; networks(); print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_package_is_usable_without_a_planner() -> None:
    code = (
        "import sys; from publishers.registry import networks; from publishers.base import Connection;"
        "n = networks()['twitter']; n.connect({'access_token': 'x', 'user_id': '1'}, Connection());"
        "print(*[m for m in sys.modules if m.split('.')[0] in ('planner', 'flask', 'sqlalchemy')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("key", KEYS)
def test_an_account_is_known_from_its_credentials(key: str) -> None:
    assert network(key).account_id(CREDENTIALS[key]) in CREDENTIALS[key].values()
    assert network(key).account_id({}) is None
    url = network(key).profile_url(CREDENTIALS[key])
    assert url is not None
    assert url.startswith("https://")
    assert network(key).profile_url({}) is None


@pytest.mark.parametrize("key", KEYS)
def test_secrets_are_marked_so_that_they_are_never_shown_again(key: str) -> None:
    shown = {f.name for f in network(key).credential_fields if not f.secret}
    assert not {name for name in shown if "token" in name or "secret" in name}


@pytest.mark.parametrize("key", ["linkedin", "facebook", "twitter"])
def test_credentials_that_miss_something_ask_to_reconnect(key: str) -> None:
    with pytest.raises(ReconnectNeeded, match="access_token"):
        network(key).connect({**CREDENTIALS[key], "access_token": " "}, Connection())


def test_xing_without_credentials_is_assisted_and_with_them_it_is_not() -> None:
    xing = network("xing")
    assert xing.capabilities_of({}).assisted_only
    assert not xing.capabilities_of(CREDENTIALS["xing"]).assisted_only
    assert not network("twitter").capabilities_of({}).assisted_only


def test_what_only_an_api_cannot_do_is_found_for_connections_by_api() -> None:
    post = OutgoingPost("Mit Bild", media=(Medium(Path("x.png"), "image/png", 9, 1, 1),))
    assert network("xing").problems(post, assisted=True) == []
    assert [p.code for p in network("xing").problems(post, assisted=False)] == ["images_unsupported"]
    assert network("facebook").problems(post, assisted=False) == []

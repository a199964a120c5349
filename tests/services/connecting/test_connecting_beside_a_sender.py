"""Access for several channels at once, while what goes to them is sent: on PostgreSQL, which lets two write at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from planner.bootstrap import Platform
from planner.domain.states import DeliveryState
from planner.services.posts import When
from planner.services.publishing.send import begin as begin_sending
from publishers.sandbox import Sandbox
from tests.services.connecting.tripping import all_channels, begin, choose, come_back
from tests.services.publishing.stage import Stage
from tests.services.publishing.test_lock_order import Beside
from tests.services.publishing.test_races import right_before
from tests.support.clock import FakeClock
from tests.support.consenting import brought, decide
from tests.support.factories import Company, make_post

S = DeliveryState
ACCOUNTS = "urn:li:organization:78214563", "urn:li:organization:90117342"


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


def _choose(platform: Platform, company: Company) -> None:
    """Sign in and choose the accounts; those that are channels already get new access."""
    parameters = brought(decide(begin(platform, company.alice, "linkedin")))
    arrival = come_back(platform, company.alice, "linkedin", parameters)
    choose(platform, company.alice, arrival.begun_id, *ACCOUNTS)


def _reconnect_one(platform: Platform, company: Company) -> None:
    """Reconnect one channel; those of the same sign-in are reconnected with it."""
    one = all_channels(platform)[0]
    parameters = brought(decide(begin(platform, company.alice, "linkedin", one)))
    assert len(come_back(platform, company.alice, "linkedin", parameters).also) == 1


@pytest.mark.parametrize("give_access", [_choose, _reconnect_one])
def test_a_post_goes_out_on_one_channel_and_waits_on_the_other_while_both_get_access(
    platform: Platform,
    company: Company,
    sandbox: Sandbox,
    clock: FakeClock,
    give_access: Callable[[Platform, Company], None],
) -> None:
    stage = Stage(platform, company, sandbox, clock)
    _choose(platform, company)
    one, other = all_channels(platform)
    post = make_post(platform, company.alice, [one, other], When(at=stage.moment(minutes=1)), approve=True)
    goes_out, waits = sorted(stage.deliveries(post.id), key=lambda delivery: delivery.channel_id)
    stage.change(waits, state=S.NEEDS_PERSON, error_code="reconnect")
    clock.advance(timedelta(minutes=1))
    (work,) = stage.claim()

    sending = Beside(stage, lambda: begin_sending(platform, work, work.access))
    with right_before(platform, "UPDATE channel SET", sending):
        give_access(platform, company)
    sending.end()

    assert (stage.state(goes_out), stage.state(waits)) == (S.SENDING, S.SCHEDULED)
    assert [channel.credentials_version for channel in all_channels(platform)] == [2, 2]

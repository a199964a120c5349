"""Channels that the tests of screens share; a folder's conftest takes them."""

from __future__ import annotations

import pytest

from planner.bootstrap import Platform
from planner.models import Channel
from tests.support.factories import Company, make_channel


@pytest.fixture
def linkedin(platform: Platform, company: Company) -> Channel:
    """A channel with a slot on Tuesday at 09:00 and one on Thursday at 10:00."""
    slots = [(1, "09:00"), (3, "10:00")]
    now = platform.clock.now()
    return make_channel(platform.database, company, now, "linkedin", slots, name="Brandt", rhythm_per_week=2)


@pytest.fixture
def twitter(platform: Platform, company: Company) -> Channel:
    """A channel without slots."""
    return make_channel(platform.database, company, platform.clock.now(), "twitter", name="@brandt")

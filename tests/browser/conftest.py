"""Channels that the tests of screens share."""

from __future__ import annotations

from tests.support.channels import linkedin, twitter

__all__ = ["linkedin", "twitter"]

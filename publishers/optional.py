"""What a connection may offer besides publishing. Whoever inherits from these and overrides nothing refuses it all; an
adapter that does not even do that is taken to refuse."""

# ruff: noqa: ARG002 - whoever refuses everything reads none of what is asked

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NoReturn

from publishers.base import Account, OutgoingPost, Published, RemotePost, Unsupported
from publishers.dialogue import RemarkRef, Remarks
from publishers.whole import AccountFigures


class AfterPublishing:
    """A post that is live."""

    def look(self, remote_id: str) -> RemotePost | None:
        """The post as the network shows it now, None where it is gone. Needs ``can_look``."""
        _refuse()

    def edit(self, remote_id: str, post: OutgoingPost) -> None:
        """Give a live post the text of ``post``; nothing else of it changes. Doing it twice does no harm. Needs
        ``can_edit``."""
        _refuse()


class Counting:
    """Figures of the account itself."""

    def account_figures(self, first: date, last: date) -> AccountFigures:
        """How many follow the account now, and its figures of the days from ``first`` to ``last`` (30 at most), in the
        fewest calls. What the network does not give, or not to this connection, is missing with the reason and takes
        nothing else with it. Needs ``has_followers`` or ``daily_figures``."""
        _refuse()


class Naming:
    """Accounts that posts mention. Needs ``name`` in :class:`publishers.naming.NamingRules`."""

    def named(self, name: str) -> Account | None:
        """The account whose page's address has this short name; None where there is none, or none that may be named."""
        _refuse()


class Talking:
    """Comments and mentions. See :class:`publishers.dialogue.DialogueRules` for which of these a connection has."""

    def remarks(self, post_ids: Sequence[str], since: datetime) -> Remarks:
        """What stands under these posts, in the fewest calls; where reading costs money, only since a moment."""
        _refuse()

    def mentions(self, since: datetime, cursor: str | None = None) -> Remarks:
        """What names the account, from ``cursor`` of a former answer on, else since a moment."""
        _refuse()

    def answer(self, to: RemarkRef, text: str, key: str = "") -> Published:
        """Answer a remark, visibly. Never repeated in here, whatever happens. ``key`` names the answer, for networks
        that take an idempotency key."""
        _refuse()

    def answers(self, to: RemarkRef, since: datetime) -> Remarks:
        """What the account itself said in answer to a remark since a moment; for finding out whether one went out.

        Another answer to another remark of the same thread may be among them.
        """
        _refuse()

    def hide(self, remark: RemarkRef, *, hidden: bool) -> None:
        """Hide a remark from others, or show it again. Doing it twice does no harm."""
        _refuse()

    def like(self, remark: RemarkRef, *, liked: bool) -> None:
        """Like a remark, or take that back. Doing it twice does no harm."""
        _refuse()

    def remove(self, remark: RemarkRef) -> None:
        """Delete an answer of our own; one that is gone already is no error."""
        _refuse()


def _refuse() -> NoReturn:
    raise Unsupported("This connection cannot do that.")

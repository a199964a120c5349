"""Several things at once."""

from __future__ import annotations

import threading

import pytest

from planner.services.side_by_side import side_by_side


def test_each_item_has_its_turn_whatever_became_of_the_one_before() -> None:
    done: list[int] = []

    def act(number: int) -> None:
        if number == 1:
            raise ZeroDivisionError
        done.append(number)

    with pytest.raises(ZeroDivisionError):
        side_by_side(act, [1, 2, 3], at_once=1, name="test")

    assert done == [2, 3]


def test_what_comes_of_it_is_in_the_order_of_the_items() -> None:
    second_is_done = threading.Event()

    def act(number: int) -> int:
        if number == 1:
            assert second_is_done.wait(30)
        else:
            second_is_done.set()
        return 10 * number

    assert side_by_side(act, (1, 2), at_once=2, name="test") == [10, 20]
    assert side_by_side(act, (), at_once=2, name="test") == []

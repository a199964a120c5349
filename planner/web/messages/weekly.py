"""Sentences about weekly slots, and about figures that a person enters."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "too_many_slots": _l("A channel takes up to %(limit)s slots a week. Remove some."),
    "weekday_invalid": _l("Choose a day from Monday to Sunday (in scripts: 0 to 6)."),
    "slot_twice": _l("This day and time is there already. Choose another one, or remove one of the two."),
    "time_to_the_minute": _l("Enter the time as hours and minutes, such as 09:30."),
    "not_published": _l("This is not published yet. Figures can be entered once it is."),
    "figures_come_from_network": _l("The network gives the figures of this channel by itself; none need be entered."),
    "figures_missing": _l("Enter at least one figure. What you do not know stays empty."),
    "figure_invalid": _l("Enter a whole number from 0, such as 1234, or leave the field empty."),
    "figure_too_large": _l("This number is too large: up to %(limit)s can be stored. Check it."),
    "figure_unknown": _l("There is no such figure. These can be entered: %(known)s."),
}

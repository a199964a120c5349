"""Connecting by consent in the browser: a person goes to the network and back, and chooses among what it offers.

``trip`` sends them away and takes them back, ``choosing`` turns what came of it into channels, ``trying`` into points
about the developer app. Between the two stands a row for one person in one session; it works once, ends by itself, and
what it holds is encrypted.
"""

from planner.services.connecting.choosing import Choice, Chosen, Option, choice, choose
from planner.services.connecting.settings import AppSettings, app_settings, redirect_address
from planner.services.connecting.trip import Arrival, begin, come_back
from planner.services.connecting.trying import Mark, Point, Trial, Tried, trial

__all__ = [
    "AppSettings",
    "Arrival",
    "Choice",
    "Chosen",
    "Mark",
    "Option",
    "Point",
    "Trial",
    "Tried",
    "app_settings",
    "begin",
    "choice",
    "choose",
    "come_back",
    "redirect_address",
    "trial",
]

"""Mail to people: what they must know, as soon as each of them wishes, each mail once."""

from planner.services.mail.letter import Content, Letter, Writer
from planner.services.mail.overview import MailOverview, overview
from planner.services.mail.sending import send_due, send_test
from planner.services.mail.smtp import MailError, probe
from planner.services.mail.waiting import gather

__all__ = [
    "Content",
    "Letter",
    "MailError",
    "MailOverview",
    "Writer",
    "gather",
    "overview",
    "probe",
    "send_due",
    "send_test",
]

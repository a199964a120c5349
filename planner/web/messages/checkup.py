"""What a check-up found, in two sentences: what is, and what to do about it (nothing, where all is well)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flask_babel import LazyString, lazy_gettext as _l

from planner.web.messages import connecting, outgoing

if TYPE_CHECKING:
    from planner.services.checkup.finding import Finding, Param

AREAS: dict[str, LazyString] = {
    "folder": _l("Folder"),
    "settings": _l("Settings"),
    "clock": _l("Clock"),
    "database": _l("Database"),
    "workspace": _l("Workspace"),
    "scheduler": _l("Scheduler"),
    "workers": _l("Workers"),
    "deliveries": _l("Publications"),
    "answers": _l("Answers to comments"),
    "channels": _l("Channels"),
    "networks": _l("Networks"),
    "backup": _l("Backup"),
    "mail": _l("Mail"),
    "push": _l("Notifications on devices"),
    "apps": _l("Developer apps"),
    "check": _l("Check-up"),
}

_DECIDE = _l("Open their posts, and decide.")
_DECIDE_ANSWER = _l(
    "Look at the network whether they stand there, and say so: POST /api/v1/answers/ID/resolution. "
    "GET /api/v1/conversations/ID names them."
)
_ALLOW = _l("Reconnect it on its page, and allow everything there that is asked for.")
_RECONNECT = _l("Reconnect it on its page.")
_CLOCKS = _l("Keep the clocks of all machines in step (chrony or systemd-timesyncd): posts go out by them.")
_START = _l("Start “sendeplan serve”, or “sendeplan scheduler” beside “sendeplan web”.")

SAYS: dict[str, tuple[LazyString, LazyString | None]] = {
    "version_served": (_l("%(network)s serves version %(version)s of its API."), None),
    "version_ends": (
        _l("%(network)s serves version %(version)s of its API until about %(ends)s."),
        _l("Set %(setting)s to a newer version before that (%(newest)s or later), and start Sendeplan again."),
    ),
    "version_over": (
        _l("%(network)s no longer serves version %(version)s of its API (its end: %(ends)s)."),
        _l("Set %(setting)s to a newer version (%(newest)s or later), and start Sendeplan again."),
    ),
    "version_refused": (
        _l("%(network)s no longer serves version %(version)s of its API: it said so, and channels wait."),
        _l("Set %(setting)s to a newer version (%(newest)s or later), start Sendeplan again, and end their pause."),
    ),
    "version_refused_unknown": (
        _l("%(network)s no longer serves version %(version)s of its API: it said so, and channels wait."),
        _l(
            "Set %(setting)s to the newest version that %(listed_at)s lists, start Sendeplan again, and end their "
            "pause."
        ),
    ),
    "version_unreadable": (
        _l("%(setting)s names no version of the API of %(network)s: %(version)s."),
        _l("Write it as %(newest)s is written, or leave it out."),
    ),
    "look_failed": (
        _l("The check “%(look)s” failed itself (%(error)s)."),
        _l("The log tells more. All other checks were made."),
    ),
    "folder_closed": (_l("%(folder)s is closed to others."), None),
    "folder_open": (_l("Others on this machine can read: %(files)s."), _l("Run: %(command)s")),
    "folder_foreign": (
        _l("These belong to another user than the folder in which they lie: %(files)s."),
        _l("Run as root: %(command)s. And run commands as the user that runs Sendeplan, not as root."),
    ),
    "folder_not_writable": (
        _l("Nothing can be written to %(folder)s: %(reason)s."),
        _l("Let the user that runs Sendeplan own the folder, and make room on the disk."),
    ),
    "disk_room": (_l("The disk has %(gigabytes)s GB free."), None),
    "disk_low": (_l("The disk has only %(megabytes)s MB free."), _l("Make room before images no longer fit.")),
    "disk_full": (
        _l("The disk is almost full: %(megabytes)s MB are left."),
        _l("Make room now: without it nothing can be noted, and nothing is published."),
    ),
    "settings_known": (_l("All settings have known names."), None),
    "setting_misspelled": (_l("%(name)s sets nothing."), _l("Did you mean %(nearest)s?")),
    "setting_unknown": (
        _l("%(name)s sets nothing."),
        _l("No setting has a name like that. Take it away, or look it up in the documentation of the settings."),
    ),
    "lease_short": (
        _l("A delivery is taken from a silent process after %(lease)s s, before a call has ended (%(timeout)s s)."),
        _l("Set SENDEPLAN_LEASE_SECONDS above SENDEPLAN_SEND_TIMEOUT_SECONDS; the defaults are 60 and 30."),
    ),
    "settle_short": (
        _l("What is unconfirmed is sent again after only %(settle)s s. Networks may show a new post later than that."),
        _l("Set SENDEPLAN_RECONCILE_SETTLE_SECONDS to %(least)s at least; the default is 900."),
    ),
    "url_missing": (
        _l("It is not set where people reach Sendeplan."),
        _l("Set SENDEPLAN_PUBLIC_URL, so that links outside the pages lead somewhere."),
    ),
    "url_wrong": (
        _l("SENDEPLAN_PUBLIC_URL is no web address: %(url)s"),
        _l("It looks like https://plan.company.example."),
    ),
    "url_plain": (
        _l("People reach Sendeplan without encryption: %(url)s"),
        _l("Put a web server with TLS in front, and set SENDEPLAN_PUBLIC_URL to its https address."),
    ),
    "cookies_plain": (
        _l("Sendeplan is reached at %(url)s, but its cookies may travel without encryption."),
        _l("Set SENDEPLAN_SECURE_COOKIES=1."),
    ),
    "network_redirected": (
        _l("Posts for %(network)s go to %(host)s, not to the network."),
        _l("Right for a trial with sandbox networks. Otherwise remove %(setting)s."),
    ),
    "secret_short": (
        _l("The key that signs sign-ins has fewer than %(least)s characters and can be guessed."),
        _l("Set SENDEPLAN_SECRET_KEY to a long random text. Everybody signs in anew then."),
    ),
    "clock_in_step": (_l("The system keeps this machine's clock in step."), None),
    "clock_not_in_step": (_l("The system does not keep this machine's clock in step."), _CLOCKS),
    "clock_agrees": (_l("Our clock agrees with that of: %(whose)s."), None),
    "clock_ahead": (_l("Our clock is %(apart)s ahead of that of: %(whose)s."), _CLOCKS),
    "clock_behind": (_l("Our clock is %(apart)s behind that of: %(whose)s."), _CLOCKS),
    "heartbeat_ahead": (
        _l("The process “%(role)s” last gave a sign %(ahead)s in the future: two machines disagree about the time."),
        _CLOCKS,
    ),
    "network_silent": (
        _l("%(network)s did not tell its time: %(reason)s"),
        _l("Look whether this machine may reach the network."),
    ),
    "database_answers": (_l("%(kind)s answers, and its schema is up to date (%(revision)s)."), None),
    "database_silent": (
        _l("%(kind)s does not answer: %(reason)s"),
        _l("Look at SENDEPLAN_DATABASE_URL, and whether the database runs."),
    ),
    "schema_old": (
        _l("The schema (%(there)s) is older than the program (%(wanted)s)."),
        _l("Run: sendeplan db upgrade"),
    ),
    "schema_newer": (
        _l("The schema (%(there)s) is newer than the program (%(wanted)s)."),
        _l("Install the newer version of Sendeplan again, or restore a backup made with this one."),
    ),
    "connections_enough": (
        _l("The database lets in %(allowed)s connections; a process takes %(wanted)s at most."),
        None,
    ),
    "connections_few": (
        _l("The database lets in %(allowed)s connections, but one process may want %(wanted)s."),
        _l("Raise max_connections of PostgreSQL, or lower SENDEPLAN_SENDER_THREADS and SENDEPLAN_WEB_THREADS."),
    ),
    "workspace_people": (_l("Members of “%(name)s”: %(count)s."), None),
    "workspace_empty": (
        _l("Nobody can sign in to “%(name)s” yet."),
        _l("Run: sendeplan user create YOU@EXAMPLE.COM --role admin --password-stdin"),
    ),
    "workspace_none": (_l("There is no workspace yet."), _l("Run: sendeplan init")),
    "workspace_paused": (
        _l("“%(name)s” is paused since %(since)s: nothing goes out."),
        _l("Release the pause on the page, or by DELETE /api/v1/pause."),
    ),
    "scheduler_runs": (_l("The scheduler is running."), None),
    "scheduler_never": (_l("The scheduler has never run. Nothing is published."), _START),
    "scheduler_silent": (
        _l("The scheduler last gave a sign of life on %(last)s. Nothing is published."),
        _START,
    ),
    "workers_run": (_l("Workers that give signs of life: %(count)s."), None),
    "workers_missing": (
        _l("No worker gives a sign of life. The scheduler sends by itself, with its own few threads."),
        _l("Start “sendeplan worker”."),
    ),
    "workers_uncalled": (
        _l("Workers that run although nobody calls them: %(count)s."),
        _l("Set SENDEPLAN_SENDERS=workers for the scheduler, or stop them."),
    ),
    "none_left_behind": (_l("No publication was left behind."), None),
    "left_behind": (
        _l("Publications left behind by a process that ended: %(count)s, the first since %(since)s."),
        _l("Start the scheduler: it picks them up by itself."),
    ),
    "unconfirmed_long": (
        _l("Publications unconfirmed for long: %(count)s, the first since %(since)s."),
        _l("Look at the network whether they are live. The log says what each look of Sendeplan came to."),
    ),
    "answers_left_behind": (
        _l("Answers to comments left behind by a process that ended: %(count)s, the first since %(since)s."),
        _l("Start the scheduler: it looks for them at the network. None is sent a second time unseen."),
    ),
    "answers_unconfirmed_long": (
        _l("Answers to comments unconfirmed for long: %(count)s, the first since %(since)s."),
        _l("Look at the network whether they stand there. The log says why Sendeplan could not look."),
    ),
    "answers_undecided": (
        _l("Answers to comments that wait for a person's decision: %(count)s."),
        _DECIDE_ANSWER,
    ),
    "answers_undecided_long": (
        _l("Answers to comments that wait for a person's decision: %(count)s, the first in doubt since %(since)s."),
        _DECIDE_ANSWER,
    ),
    "undecided": (
        _l("Publications that wait for a person's decision: %(count)s."),
        _DECIDE,
    ),
    "undecided_long": (
        _l("Publications that wait for a person's decision: %(count)s, the first since %(since)s."),
        _DECIDE,
    ),
    "by_hand_overdue": (
        _l("To be published by hand and overdue: %(count)s, the first since %(since)s (%(channels)s)."),
        _l("Open “By hand”, and publish or move them."),
    ),
    "overdue": (
        _l("Publications that are due and that no scheduler takes: %(count)s, the first since %(since)s."),
        _l("Look into the scheduler's log. Restarting it is safe."),
    ),
    "channels_fine": (_l("Connected channels: %(count)s."), None),
    "channels_none": (_l("There are no channels yet."), None),
    "channel_unreadable": (
        _l("The credentials of “%(name)s” (%(network)s) cannot be read with the present keys."),
        _l("Put the former encryption key back, or reconnect the channel."),
    ),
    "channel_expiring": (_l("“%(name)s” (%(network)s) loses its access on %(until)s."), _RECONNECT),
    "channel_reconnect": (_l("“%(name)s” (%(network)s) has lost its access."), _RECONNECT),
    "channel_lacks": (_l("“%(name)s” (%(network)s) lacks the permission %(permission)s. %(prevents)s"), _ALLOW),
    "channel_unfit": (_l("“%(name)s” (%(network)s) lacks the permission %(permission)s. %(prevents)s"), _ALLOW),
    "connection_works": (_l("“%(name)s” (%(network)s): the access works, as “%(account)s”."), None),
    "connection_other_account": (
        _l("“%(name)s” (%(network)s): the access opens another account, “%(account)s”."),
        _RECONNECT,
    ),
    "connection_broken": (
        _l("“%(name)s” (%(network)s): the network does not take the access. It says: %(said)s"),
        _RECONNECT,
    ),
    "connection_unseen": (
        _l("“%(name)s” (%(network)s): the network does not answer to a check. It says: %(said)s"),
        _l("Publishing may work all the same. Reconnect the channel and allow everything, and it can be checked."),
    ),
    "connection_unasked": (
        _l("“%(name)s” (%(network)s): the network could not be asked. It says: %(said)s"),
        _l("Look whether this machine may reach the network, and try again."),
    ),
    "mail_is_off": (_l("Mail is off: everything is told in the app only."), None),
    "mail_taken": (_l("%(server)s takes mail."), None),
    "mail_not_taken": (
        _l("Mail cannot be sent. %(why)s The server or the system says: %(said)s"),
        _l("Mails wait for a day and are tried again."),
    ),
    "mail_without_links": (
        _l("Mails have no links: it is not set where people reach Sendeplan."),
        _l("Set SENDEPLAN_PUBLIC_URL."),
    ),
    "mail_given_up": (
        _l("Mails that were given up: %(count)s."),
        _l("The settings' page on mail says why."),
    ),
    "push_not_vouched": (
        _l("Push services do not accept who sends (answer %(said)s). Notifications lost: %(count)s."),
        _l("Check this machine's clock, and set SENDEPLAN_MAIL_FROM or SENDEPLAN_PUBLIC_URL: services may ask there."),
    ),
    "push_given_up": (
        _l("Notifications that were given up, on devices that have shown none since: %(count)s."),
        _l("The log says why. A device that hears nothing any more can be removed and added again by its person."),
    ),
    "backup_recent": (_l("The last backup was made on %(at)s."), None),
    "backup_old": (_l("The last backup was made on %(at)s."), _l("Run “sendeplan backup FILE” every night.")),
    "backup_never": (
        _l("No backup was ever made with “sendeplan backup”."),
        _l(
            "Run “sendeplan backup FILE” every night, unless you save the database in another way. After bringing it "
            "back in another way, run “sendeplan restored --since MOMENT” before anything starts."
        ),
    ),
}

SAYS |= connecting.FINDINGS

#: Parameters of a finding that are themselves codes: one, or several with blanks between.
WHY, PREVENTED, POINTS = "why", "prevents", "points"


def explain(finding: Finding, moment: Callable[[datetime], str], span: Callable[[timedelta], str]) -> tuple[str, str]:
    """What is, and what to do ("" for nothing), with moments and spans of time as the reader wants them."""
    words = {name: _in_words(value, moment, span) for name, value in finding.params.items()}
    if WHY in words:
        words[WHY] = str(outgoing.SENTENCES[str(words[WHY])])
    if PREVENTED in words:
        words[PREVENTED] = _each(words[PREVENTED], connecting.PREVENTS, " ")
    if POINTS in words:
        words[POINTS] = _each(words[POINTS], connecting.POINTS, ", ")
    said, hint = SAYS[finding.code]
    return str(said) % words, str(hint) % words if hint is not None else ""


def _each(codes: str | int, sentences: Mapping[str, LazyString], between: str) -> str:
    return between.join(str(sentences[code]) for code in str(codes).split())


def area(finding: Finding) -> str:
    """What it is part of, in a word."""
    return str(AREAS[finding.area])


def _in_words(value: Param, moment: Callable[[datetime], str], span: Callable[[timedelta], str]) -> str | int:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, timedelta):
        return span(value)
    return f"{value:g}" if isinstance(value, float) else value

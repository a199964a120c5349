"""Sentences about members and workspaces."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "email_invalid": _l("This is not an e-mail address."),
    "member_already": _l("%(email)s is a member already."),
    "last_admin": _l("This is the only admin. Make somebody else admin first."),
    "no_workspace": _l("There is no workspace yet. Run “sendeplan init” first."),
}

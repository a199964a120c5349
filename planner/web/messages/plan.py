"""Sentences about topics, campaigns, goals, target groups, categories and formats."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext as _l

SENTENCES: dict[str, LazyString] = {
    "name_taken": _l("“%(name)s” is there already. Choose another name."),
    "metric_unknown": _l("There is no such figure. Known are: %(known)s."),
    "color_unknown": _l("There is no such colour. Known are: %(known)s."),
    "period_backwards": _l("The end lies before the start."),
    "topic_stale": _l(
        "%(by)s changed this topic in the meantime. Your entries are still here: compare, then save again."
    ),
    "assignee_unknown": _l("There is no such member."),
}

"""What the browser needs to know of a channel to count, check and draw its version."""

from __future__ import annotations

from typing import Any

from planner.services.channel_choices import ChannelChoice
from planner.services.connections import ChannelAccess
from planner.web import context
from planner.web.looks import network_look
from publishers.base import ContentRules, KindRules, MediaKind, MediaRules


def rules_of(choice: ChannelChoice) -> dict[str, Any]:
    """As JSON: texts, files, and what else the network's posts can hold."""
    text = choice.network.text_rules
    return {
        "id": str(choice.channel.id),
        "name": choice.channel.name,
        "network": choice.network.key,
        "networkName": str(network_look(choice.network.key).label),
        "icon": network_look(choice.network.key).icon,
        "limit": text.limit,
        "titleLimit": text.title_limit,
        "counting": text.counting,
        "linkLength": text.link_length,
        "cashtags": text.max_cashtags,
        "linkInText": text.link_in_text,
        "linkInTextWithMedia": text.link_in_text_with_media,
        "linkWorks": text.link_works,
        "media": _media(choice.network.media_rules),
        **_content(context.platform().connections.content_rules(ChannelAccess.of(choice.channel))),
    }


def _media(rules: MediaRules) -> dict[str, dict[str, Any]]:
    known = {kind: rules.of(kind) for kind in MediaKind}
    return {str(kind): _kind(found) for kind, found in known.items() if found is not None}


def _kind(rules: KindRules) -> dict[str, Any]:
    return {"count": rules.max_count, "mimes": list(rules.mimes), "bytes": rules.max_bytes}


def _content(rules: ContentRules) -> dict[str, Any]:
    poll = rules.poll
    return {
        "poll": poll
        and {
            "options": poll.max_options,
            "optionLimit": poll.option_limit,
            "questionLimit": poll.question_limit,
            "hours": list(poll.hours),
            "anyLength": poll.any_length,
        },
        "thread": rules.max_thread,
        "firstComment": rules.first_comment,
        "languages": rules.languages,
        "mentions": rules.mentions,
        "card": rules.card and {"title": rules.card.title_limit, "description": rules.card.description_limit},
        "readsPage": rules.reads_page,
    }

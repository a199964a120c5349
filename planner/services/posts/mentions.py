"""The accounts that a text names: what a person copied becomes the network's own id, or is refused with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.services.errors import FieldError, Problems
from planner.services.posts.inputs import Content, MentionInput
from publishers import registry
from publishers.base import NamingRules, Reference


def read(mentions: Sequence[MentionInput]) -> tuple[MentionInput, ...]:
    """Each with the id that its number or address holds; what must be looked up stays as it was."""
    return tuple(replace(m, remote_id=reference(m).remote_id or m.remote_id.strip()) for m in mentions)


def check(content: Content, problems: Problems, *, looked_up: bool) -> None:
    """Name every mention that is incomplete or whose id its network cannot have. What could be looked up is no problem
    before it was (``looked_up``)."""
    for index, mention in enumerate(content.mentions):
        if not mention.name.strip():
            problems.add(f"mentions.{index}.name", "mention_incomplete")
        check_id(index, mention, problems, looked_up=looked_up)


def check_id(index: int, mention: MentionInput, problems: Problems, *, looked_up: bool) -> None:
    """Name what is wrong with network and id of one mention."""
    if mention.network not in registry.networks():
        known = ", ".join(registry.networks())
        problems.add(f"mentions.{index}.network", "network_unknown", network=mention.network, known=known)
        return
    found = reference(mention)
    if not mention.remote_id.strip():
        problems.add(f"mentions.{index}.id", "mention_incomplete")
    elif not found.remote_id and (looked_up or not found.name):
        problems.errors.append(wrong(index, mention, "mention_not_looked_up" if found.name else "mention_id_wrong"))


def reference(mention: MentionInput) -> Reference:
    """What was given for an account, by the rules of its network; any id where it has none."""
    rules = _rules(mention.network)
    return rules.read(mention.remote_id) if rules is not None else Reference(mention.remote_id.strip())


def network_of(given: str) -> str | None:
    """The network whose address that is; None: no address, or of nothing that knows accounts by an id."""
    rules = {key: network.content_rules.naming for key, network in registry.networks().items()}
    return next((key for key, rule in rules.items() if rule is not None and rule.is_address(given)), None)


def wrong(index: int, mention: MentionInput, code: str) -> FieldError:
    """What is wrong with the id of one mention."""
    rules = _rules(mention.network)
    network = registry.network(mention.network).title
    params = {"name": mention.remote_id.strip(), "network": network, "example": rules.example if rules else ""}
    return FieldError(f"mentions.{index}.id", code, params)


def _rules(network: str) -> NamingRules | None:
    known = registry.networks().get(network)
    return known.content_rules.naming if known is not None else None

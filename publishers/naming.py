"""Which account a text's name stands for: what a person can copy of it, read by the rules of its network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Reference:
    """What was given: the network's own ``remote_id``, or the short ``name`` in the address of its page. Neither: it is
    nothing that this network knows."""

    remote_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class NamingRules:
    """How a network writes down an account that a post mentions.

    ``remote_id`` is a regular expression that its own id matches as a whole, ``example`` such an id, ``written`` how a
    bare number becomes one. ``addresses`` match the address of a page as a whole, the first that fits wins; each has a
    group ``number`` or ``name``. ``name`` is a pattern of short names, where the network's API tells whose they are.
    ``hosts`` are the domains whose addresses are the network's.
    """

    remote_id: str
    example: str
    written: str = "{number}"
    addresses: tuple[str, ...] = ()
    name: str = ""
    hosts: tuple[str, ...] = ()

    def takes(self, remote_id: str) -> bool:
        """Whether it can be an id of this network."""
        return re.fullmatch(self.remote_id, remote_id) is not None

    def read(self, given: str) -> Reference:
        """An id, a number, the address of a page, or its short name."""
        text = given.strip()
        if self.takes(text):
            return Reference(text)
        if re.fullmatch(r"[0-9]{1,20}", text):
            return Reference(self.written.format(number=text))
        for pattern in self.addresses:
            if found := re.fullmatch(pattern, text, re.IGNORECASE):
                groups = found.groupdict()
                if groups.get("number"):
                    return Reference(self.written.format(number=groups["number"]))
                return self._named(unquote(groups["name"]))
        return self._named(text.removeprefix("@"))

    def is_address(self, given: str) -> bool:
        """Whether it is an address at this network, of a page that can be mentioned or of anything else."""
        host = re.match(r"(?:https?://)?([\w.-]+)/", given.strip(), re.IGNORECASE)
        return host is not None and any(f".{host[1].lower()}".endswith(f".{own}") for own in self.hosts)

    def _named(self, name: str) -> Reference:
        return Reference(name=name) if self.name and re.fullmatch(self.name, name) else Reference()

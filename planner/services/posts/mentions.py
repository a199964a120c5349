"""The network's own id of an account, out of what a person can copy: a number or the address of its page."""

from __future__ import annotations

import re

#: How a number becomes the network's id, where the id is more than the number.
WRITTEN = {"linkedin": "urn:li:organization:{number}"}
_NUMBER = re.compile(r"\d{2,20}")
_IN_ADDRESS = re.compile(r"https?://\S+?/(\d{2,20})(?:[/?#]\S*)?")


def remote_id_of(network: str, given: str) -> str:
    """The id; what is neither a number nor an address with one (``linkedin.com/company/1234/``) stays as it was."""
    text = given.strip()
    found = _NUMBER.fullmatch(text) or _IN_ADDRESS.fullmatch(text)
    if found is None:
        return text
    return WRITTEN.get(network, "{number}").format(number=found[found.lastindex or 0])

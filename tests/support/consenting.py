"""A person at a network's consent page, without a browser: the form is read and sent as a browser would."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from urllib.parse import parse_qsl, urlsplit

import requests

_ACTION = re.compile(r'<form method="post" action="([^"]+)"')
_BOX = re.compile(r'name="(account|scope|share)"[^>]*? value="([^"]+)"')


def decide(
    address: str,
    *,
    account: str | None = None,
    without: Collection[str] = (),
    allow: bool = True,
) -> str:
    """Open the consent page at ``address`` and answer it; the address that the browser is sent back to.

    ``account`` is the id of who signs in (the first on the page, unless it is said); the boxes ``without`` are
    unticked, permissions and Pages alike.
    """
    page = requests.get(address, timeout=10)
    assert page.status_code == 200, page.text
    boxes = [(name, html.unescape(value)) for name, value in _BOX.findall(page.text)]
    chosen = account or next(value for name, value in boxes if name == "account")
    form = [("account", chosen), ("decision", "allow" if allow else "deny")]
    form += [(name, value) for name, value in boxes if name != "account" and value not in without]
    action = _ACTION.search(page.text)
    assert action
    parts = urlsplit(address)
    answer = requests.post(
        f"{parts.scheme}://{parts.netloc}{html.unescape(action[1])}", data=form, timeout=10, allow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def brought(location: str) -> dict[str, str]:
    """The parameters that a browser brings back."""
    return dict(parse_qsl(urlsplit(location).query))

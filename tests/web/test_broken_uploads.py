"""An upload that is broken off leaves nothing behind."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from tests.support.serving import serving

LENGTH, ARRIVED = 5_000_000, 1_500_000


def spooled() -> int:
    """How many files this process holds that have no name any more, as what arrives is kept in."""
    links = Path("/proc/self/fd").iterdir()
    return sum(os.path.realpath(link).endswith("(deleted)") for link in links)


def until(wanted: int) -> bool:
    for _ in range(200):
        if spooled() == wanted:
            return True
        time.sleep(0.02)
    return False


def test_what_arrived_of_an_upload_that_is_broken_off_leaves_the_disk_at_once() -> None:
    before = spooled()
    with serving(Flask("any")) as base:
        place = urlsplit(base)
        with socket.create_connection((str(place.hostname), place.port or 0)) as line:
            head = f"POST /media HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {LENGTH}\r\n\r\n"
            line.sendall(head.encode() + b"x" * ARRIVED)
            assert until(before + 1)

        assert until(before)

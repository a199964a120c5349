"""Serving the web application with waitress, until the process is asked to stop."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

from planner.services.media.receiving import incoming_folder

if TYPE_CHECKING:
    from waitress.server import BaseWSGIServer

    from planner.bootstrap import Platform


class PortInUse(Exception):
    """Another program listens there already."""


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; port 0 takes a free one. Raises PortInUse, and OSError for an address that is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        # Only listening shows whether somebody else does already: binding alone may be shared.
        made.listen(1024)
    except OSError as error:
        made.close()
        if error.errno in (48, 98):
            raise PortInUse(port) from None
        raise
    return made


def address(made: socket.socket) -> str:
    """Where the socket is reached from this machine."""
    host, port = made.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - reading an address, not choosing one
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(platform: Platform, made: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT, then finish those that run. ``ready`` is called once it answers."""
    from waitress.server import create_server

    from planner import create_app

    _spool_uploads(platform)
    server = create_server(
        create_app(platform),
        sockets=[made],
        threads=platform.settings.web_threads,
        ident=None,
        # Nothing of ours believes them, but that they are there tells a caller from outside from one on this machine.
        clear_untrusted_proxy_headers=False,
        max_request_body_size=platform.settings.max_upload_bytes + 2_000_000,
    )
    let_go_of_broken_uploads(server)
    stop_on_signals()
    ready()
    server.run()
    server.close()


def let_go_of_broken_uploads(server: BaseWSGIServer) -> None:
    """What had arrived of an upload that was broken off leaves the disk at once, not whenever memory is cleared up."""
    from waitress.channel import HTTPChannel

    class Line(HTTPChannel):  # type: ignore[misc]  # it has no types
        request: Any

        def handle_close(self) -> None:
            super().handle_close()
            arriving, self.request = self.request, None
            if arriving is not None:
                arriving.close()

    server.channel_class = Line


def _spool_uploads(platform: Platform) -> None:
    """A large upload is written to the disk while it arrives. Many a machine's own place for that is its memory."""
    place = incoming_folder(platform.settings.media_folder)
    place.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(place)


def stop_on_signals() -> None:
    """Let SIGTERM and SIGINT end the process the orderly way; the second one of them changes nothing."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)

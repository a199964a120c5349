"""Why a page or its picture cannot be read, in codes."""

from __future__ import annotations

from collections.abc import Mapping

#: Pages give their marks to readers that say who they are.
USER_AGENT = "Mozilla/5.0 (compatible; Sendeplan; link preview)"

#: The code for each way in which there was no answer.
PAGE_CODES = {
    "webhook_url_invalid": "page_address",
    "webhook_url_password": "page_password",
    "webhook_url_private": "page_private",
    "webhook_name_unknown": "page_name_unknown",
    "webhook_silent": "page_silent",
    "webhook_away": "page_away",
    "webhook_tls_failed": "page_tls_failed",
    "webhook_redirects": "page_redirects",
}


class Unreadable(Exception):
    """``code`` names the sentence, ``params`` fill it."""

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = params or {}

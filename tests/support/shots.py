"""Pictures of pages to look at: German and English, light and dark, wide and narrow.

``python -m tests.support.shots --base ADDRESS --email E --password P --out FOLDER /calendar /posts …`` signs in where
an e-mail is given, and names each picture by page, language, colours and width. ``--quick`` takes only German, light,
wide and English, dark, narrow.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browser import launch_chromium

LANGUAGES = ("de", "en")
SCHEMES = ("light", "dark")
SIZES = ((1440, 900), (390, 844))


def main() -> int:
    """Take the pictures that the command line asks for."""
    arguments = _parser().parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for language, scheme, size in _looks(quick=arguments.quick):
            _take(browser, arguments, language, scheme, size)
        browser.close()
    return 0


def _looks(*, quick: bool) -> Iterator[tuple[str, str, tuple[int, int]]]:
    if quick:
        yield "de", "light", SIZES[0]
        yield "en", "dark", SIZES[1]
        return
    for language in LANGUAGES:
        for scheme in SCHEMES:
            for size in SIZES:
                yield language, scheme, size


def _take(browser: Browser, arguments: argparse.Namespace, language: str, scheme: str, size: tuple[int, int]) -> None:
    context = browser.new_context(
        locale="de-DE" if language == "de" else "en-GB",
        timezone_id="Europe/Berlin",
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.on("console", lambda message: _complain(page, message.type, message.text))
    page.on("pageerror", lambda error: _complain(page, "error", str(error)))
    if arguments.email:
        _sign_in(page, arguments)
    for path in arguments.pages:
        page.goto(arguments.base + path, wait_until="networkidle")
        name = re.sub(r"\W+", "-", path).strip("-") or "first"
        file = arguments.out / f"{name}-{language}-{scheme}-{size[0]}.png"
        page.screenshot(path=str(file), full_page=arguments.full)
        sys.stdout.write(f"{file}\n")
    context.close()


def _sign_in(page: Page, arguments: argparse.Namespace) -> None:
    page.goto(f"{arguments.base}/sign-in")
    page.locator("input[name=email]").fill(arguments.email)
    page.locator("input[name=password]").fill(arguments.password)
    page.locator(".sign-in button[type=submit]").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def _complain(page: Page, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        sys.stderr.write(f"{page.url}: {kind}: {text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Take pictures of pages.")
    parser.add_argument("pages", nargs="+", metavar="PATH")
    parser.add_argument("--base", default="http://127.0.0.1:8080")
    parser.add_argument("--email", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--out", type=Path, default=Path("build/screenshots"))
    parser.add_argument("--full", action="store_true", help="the whole page, not only what the window shows")
    parser.add_argument("--quick", action="store_true", help="two looks instead of eight")
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""A real Chromium, and what a test asks of every page."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str:
    """The path of the browser on this machine: ``SENDEPLAN_TEST_CHROMIUM``, or the first that is installed."""
    given = os.environ.get("SENDEPLAN_TEST_CHROMIUM")
    found = given or next((path for path in map(shutil.which, _NAMES) if path), None)
    if not found:
        raise FileNotFoundError("No Chromium on this machine. Install Debian's package `chromium` and run again.")
    return found


def launch_chromium(playwright: Playwright) -> Browser:
    """Start the browser without a window; without its own sandbox where we are root, since it refuses to start else."""
    arguments = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return playwright.chromium.launch(executable_path=find_chromium(), args=arguments)


def errors_of(page: Page) -> list[str]:
    """A list that fills with what goes wrong in the page: its own JavaScript threw, or broke the content policy."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    page.on("console", lambda message: errors.append(message.text) if _is_violation(message.text) else None)
    return errors


def assert_accessible(page: Page, *, within: str | None = None, only_colours: bool = False) -> None:
    """Fail with a list of what axe finds wrong with the page as it stands, or with the part ``within`` a selector.

    ``only_colours`` asks only for what depends on the theme, for a page that was looked at in the other one.
    """
    if not AXE.is_file():
        raise FileNotFoundError(f"{AXE} is missing: run `make setup`.")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if only_colours:
        options["runOnly"] = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("([selector, options]) => axe.run(selector || document, options)", [within, options])
    assert not found["violations"], _describe(page.url, found["violations"])


def assert_no_sideways_scroll(page: Page) -> None:
    """Fail where the page is wider than the window, and name the elements that stick out."""
    wide = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const out = e => e.getBoundingClientRect().right > width + 1;
          return [...document.body.querySelectorAll('*')]
            .filter(e => out(e) && ![...e.children].some(out))
            .slice(0, 8).map(e => e.outerHTML.slice(0, 160));
        }"""
    )
    assert not wide, f"{page.url} scrolls sideways because of:\n" + "\n".join(wide)


def _is_violation(text: str) -> bool:
    return "Content Security Policy" in text


def _describe(url: str, violations: list[dict[str, Any]]) -> str:
    lines = [f"axe finds {len(violations)} kinds of violation on {url}:"]
    for violation in violations:
        lines.append(f"- {violation['id']}: {violation['help']}")
        lines += [f"    {node['html'][:200]}\n      {node['failureSummary']}" for node in violation["nodes"][:5]]
    return "\n".join(lines)

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


def assert_accessible(page: Page, *, within: str | None = None) -> None:
    """Fail with a list of what axe finds wrong with the page as it stands, or with the part ``within`` a selector."""
    if not AXE.is_file():
        raise FileNotFoundError(f"{AXE} is missing: run `make setup`.")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("selector => axe.run(selector || document, {resultTypes: ['violations']})", within)
    assert not found["violations"], _describe(page.url, found["violations"])


def assert_no_sideways_scroll(page: Page) -> None:
    """Fail where the page is wider than the window, and name the elements that stick out."""
    wide = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          return [...document.body.querySelectorAll('*')]
            .filter(e => e.getBoundingClientRect().right > width + 1)
            .slice(0, 8).map(e => e.outerHTML.slice(0, 120));
        }"""
    )
    assert not wide, f"{page.url} scrolls sideways because of:\n" + "\n".join(wide)


def _describe(url: str, violations: list[dict[str, Any]]) -> str:
    lines = [f"axe finds {len(violations)} kinds of violation on {url}:"]
    for violation in violations:
        lines.append(f"- {violation['id']}: {violation['help']}")
        lines += [f"    {node['html'][:200]}\n      {node['failureSummary']}" for node in violation["nodes"][:5]]
    return "\n".join(lines)

"""What holds for the whole project, whoever changes it."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from planner.config import Settings
from tests.support.browser import ROOT

KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
GERMAN = ROOT / "planner" / "translations" / "de" / "LC_MESSAGES" / "messages.po"
LONGEST = {".css": 600, ".scss": 600}  # a declaration a line makes style sheets long without making them hard
CODE = (".py", ".js", ".mjs", ".css", ".scss", ".html")


@lru_cache(maxsize=1)
def project_files() -> tuple[Path, ...]:
    """Every file that git knows; without git, every file that is not built or installed."""
    try:
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        paths = [ROOT / name for name in answer.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        built = {"node_modules", "dist", ".venv", "__pycache__", "build"}
        paths = [path for path in ROOT.rglob("*") if not built & set(path.parts)]
    return tuple(path for path in paths if path.is_file())


def texts(*endings: str, under: str = "") -> Iterator[tuple[Path, str]]:
    """The files of a kind with what is in them."""
    for path in project_files():
        if path.suffix in endings and path.is_relative_to(ROOT / under):
            yield path, path.read_text(encoding="utf-8")


def named(findings: dict[Path, str] | list[Path]) -> str:
    """Findings as a list to read."""
    items = findings.items() if isinstance(findings, dict) else [(path, "") for path in findings]
    return "\n".join(f"{path.relative_to(ROOT)} {note}" for path, note in items)


def test_no_file_of_code_is_longer_than_400_lines() -> None:
    lengths = {path: text.count("\n") for path, text in texts(*CODE)}
    long = {path: f"{lines} lines" for path, lines in lengths.items() if lines > LONGEST.get(path.suffix, 400)}
    assert not long, named(long)


def test_no_page_loads_anything_from_outside() -> None:
    outside = re.compile(
        r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import\s+["']?https?:"""
    )
    found = [path for path, text in texts(".html", ".css", ".scss", ".js") if outside.search(text)]
    assert not found, named(found)


def test_no_template_holds_style_or_script_of_its_own() -> None:
    inline = re.compile(r"\sstyle=|\son[a-z]+=[\"']|<style|<script(?![^>]*(?:src=|type=\"application/json\"))")
    found = {path: match[0] for path, text in texts(".html", under="templates") if (match := inline.search(text))}
    assert not found, f"the content security policy forbids it:\n{named(found)}"


def test_no_file_names_the_host_of_a_package_registry() -> None:
    hosts = re.compile(
        "|".join(
            (r"pypi\.(?:org|python)", r"registry\.np" + "mjs", r"files\.pythonh" + "osted", r"deb\.deb" + r"ian\.org")
        )
    )
    found: dict[Path, str] = {}
    for path in project_files():
        if path.suffix in {*CODE, ".json", ".toml", ".lock", ".md", ".cfg", ".yaml", ".txt", ""} and path != Path(
            __file__
        ):
            match = hosts.search(path.read_text(encoding="utf-8", errors="ignore"))
            found |= {path: match[0]} if match else {}
    assert not found, named(found)


def test_nothing_is_left_for_later() -> None:
    unfinished = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X\\b", "NotImplemented" + "Error")))
    found = {path: match[0] for path, text in texts(*CODE, ".md", ".toml") if (match := unfinished.search(text))}
    assert not found, named(found)


def test_the_domain_imports_nothing_but_the_standard_library() -> None:
    found: dict[Path, str] = {}
    for path, text in texts(".py", under="planner/domain"):
        foreign = {name for name in _imported(text) if name not in sys.stdlib_module_names and name != "planner"}
        found |= {path: ", ".join(foreign)} if foreign else {}
    assert not found, named(found)


def test_every_setting_is_documented() -> None:
    documented = (ROOT / "docs" / "user" / "settings.md").read_text(encoding="utf-8")
    missing = [field.name for field in fields(Settings) if f"SENDEPLAN_{field.name.upper()}" not in documented]
    missing.remove("networks")  # it stands for SENDEPLAN_<NETWORK>_API_URL and its like
    assert "SENDEPLAN_<NETWORK>_API_URL" in documented
    assert not missing, f"not in docs/user/settings.md: {', '.join(missing)}"


def test_every_icon_that_is_asked_for_is_in_the_sprite() -> None:
    lines = (ROOT / "frontend" / "icons.txt").read_text(encoding="utf-8").splitlines()
    there = {line.split("#")[0].strip() for line in lines}
    asked = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
    found = {
        path: name for path, text in texts(".html", ".js", ".py") for name in asked.findall(text) if name not in there
    }
    assert not found, f"add them to frontend/icons.txt:\n{named(found)}"


def test_every_text_that_a_page_hands_to_its_scripts_is_said_by_one() -> None:
    handed = {
        key
        for path in (ROOT / "templates").rglob("*.html")
        for block in re.findall(r"texts\(\{(.*?)\}\)", path.read_text(encoding="utf-8"), re.DOTALL)
        for key in re.findall(r'"(\w+)":', block)
    }
    scripts = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "frontend" / "src").rglob("*.js"))
    assert handed
    assert sorted(key for key in handed if f'"{key}"' not in scripts) == []


def test_every_text_of_the_interface_stands_in_the_german_catalogue() -> None:
    missing = sorted(_asked_for() - {_key(message) for message in _german() if message.id})
    assert not missing, f"run `make messages` and translate:\n{_listed(missing)}"


def test_every_text_of_the_german_catalogue_is_translated() -> None:
    untranslated = [
        _key(message) for message in _german() if message.id and (message.fuzzy or not _is_complete(message.string))
    ]
    assert not untranslated, _listed(untranslated)


def test_the_german_catalogue_holds_nothing_that_is_no_longer_asked_for() -> None:
    left_over = sorted({_key(message) for message in _german() if message.id} - _asked_for())
    assert not left_over, f"run `make messages`:\n{_listed(left_over)}"


def test_translations_have_the_placeholders_of_the_original() -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]")
    wrong = []
    for message in _german():
        expected = [set(placeholder.findall(text)) for text in _forms(message.id)]
        given = [set(placeholder.findall(text)) for text in _forms(message.string)]
        # A singular may leave out the number: "one post".
        if given[-1:] != expected[-1:] or any(names - expected[-1] for names in given):
            wrong.append(_key(message))
    assert not wrong, _listed(wrong)


def test_no_translation_addresses_a_person_informally() -> None:
    informal = re.compile(r"\b(?:[Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir)\b")
    found = [text for message in _german() for text in _forms(message.string) if informal.search(text)]
    assert not found, _listed(found)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_pins_everything_and_names_no_address(name: str) -> None:
    lines = [
        line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    loose = [line for line in lines if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+( ;.*)?$", line)]
    assert lines
    assert not loose, _listed(loose)


def test_the_front_end_lock_names_no_address() -> None:
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _asked_for() -> frozenset[str]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS, directory_filter=_is_ours)
    return frozenset(message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found)


def _is_ours(path: str | Path) -> bool:
    first = Path(path).resolve().relative_to(ROOT).parts[:1]
    return not first or first[0] in {"planner", "publishers", "templates"}


@lru_cache(maxsize=1)
def _german() -> Catalog:
    return read_po(io.BytesIO(GERMAN.read_bytes()), locale="de")


def _key(message: Message) -> str:
    return _forms(message.id)[0]


def _forms(text: str | Sequence[str] | None) -> list[str]:
    """Singular and plural, or the one form there is."""
    return [text] if isinstance(text, str) else list(text or ())


def _is_complete(text: str | Sequence[str] | None) -> bool:
    return all(_forms(text)) and bool(_forms(text))


def _imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _listed(texts_found: list[str]) -> str:
    return "\n".join(f"- {text!r}" for text in texts_found)

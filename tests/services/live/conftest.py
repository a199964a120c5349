"""The networks of the sandbox, on the clock of the test."""

from __future__ import annotations

from tests.support import sandboxed

sandbox, platform = sandboxed.sandbox, sandboxed.platform

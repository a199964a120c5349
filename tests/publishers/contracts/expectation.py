"""One kind of request that a network takes, and what is wrong with one that was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from tests.publishers.contracts.recorder import Sent

#: What a value must be: a regular expression of the whole of it, or what asks whether it is right.
Check = str | Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Expectation:
    """``path`` is a regular expression of the whole path. Of ``query``, ``fields`` and ``headers`` each value is one as
    well, or asks whether a value is right; nothing else may be in query and fields, and what is ``required`` (their
    names) must be there. ``body`` is a JSON schema; None: there must be none. One of the groups in
    ``one_of`` must be there whole. ``source`` says which documentation it was written by."""

    method: str
    path: str
    source: str
    query: Mapping[str, Check] = field(default_factory=dict)
    fields: Mapping[str, Check] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    required: Sequence[str] = ()
    body: Mapping[str, Any] | None = None
    one_of: Sequence[Sequence[str]] = ()

    def is_meant_by(self, sent: Sent) -> bool:
        return sent.method == self.method and re.fullmatch(self.path, sent.path) is not None

    def complaints(self, sent: Sent) -> Iterator[str]:
        yield from self._pairs(sent, "query", sent.query, self.query)
        yield from self._pairs(sent, "field", sent.fields, self.fields)
        for name in self.required:
            if name not in sent.query and name not in sent.fields:
                yield f"{sent}: {name} is missing"
        if self.one_of and not any(set(group) <= {*sent.query, *sent.fields} for group in self.one_of):
            yield f"{sent}: none of {self.one_of} is there"
        for name, pattern in self.headers.items():
            if not re.fullmatch(pattern, sent.headers.get(name.lower(), "")):
                yield f"{sent}: the header {name} is {sent.headers.get(name.lower())!r}"
        yield from self._of_body(sent)

    def _pairs(self, sent: Sent, kind: str, given: Mapping[str, str], known: Mapping[str, Check]) -> Iterator[str]:
        for name, value in given.items():
            if name not in known:
                yield f"{sent}: nobody knows the {kind} {name}"
            elif not _fits(known[name], value):
                yield f"{sent}: the {kind} {name} is {value!r}"

    def _of_body(self, sent: Sent) -> Iterator[str]:
        if self.body is None:
            if sent.body is not None:
                yield f"{sent}: it takes no body"
        else:
            for error in jsonschema_rs.Draft202012Validator(dict(self.body)).iter_errors(sent.body):
                yield f"{sent}: {error.message} (at {list(error.instance_path)})"


def as_json(schema: Mapping[str, Any]) -> Check:
    """JSON in a string, by its schema."""
    validator = jsonschema_rs.Draft202012Validator(dict(schema))

    def fits(value: str) -> bool:
        try:
            return validator.is_valid(json.loads(value))
        except ValueError:
            return False

    return fits


def _fits(check: Check, value: str) -> bool:
    return bool(re.fullmatch(check, value, re.DOTALL)) if isinstance(check, str) else check(value)


def one_of(*words: str) -> str:
    """A pattern of a comma separated list of some of these words."""
    any_of_them = "|".join(re.escape(word) for word in words)
    return f"(?:{any_of_them})(?:,(?:{any_of_them}))*"


def strict(required: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    """A JSON object that has nothing else."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def texts(pattern: str = "") -> dict[str, Any]:
    return {"type": "string", "pattern": pattern} if pattern else {"type": "string", "minLength": 1}

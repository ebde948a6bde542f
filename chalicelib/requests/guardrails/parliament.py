"""Parliament, the offline linter of IAM policies: loaded when something is first linted, and kept from taking long or failing."""

import functools
import importlib
import json
import re
import sys
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from threading import Lock
from types import ModuleType
from typing import Any

from chalicelib.core.canonical import content_hash
from chalicelib.core.globs import globs_meet
from chalicelib.requests.guardrails.statements import statements_of
from chalicelib.requests.guardrails.subjects import Document, Lint

LONGEST = 40_000
"""Characters of a document that is linted: more than AWS takes of any policy."""
_KEPT = 64
_ASKED_FOR = "pkg_resources"
_OF_ACTION = re.compile(r" for action (\S+)$")


class Parliament:
    """What it says of a document is kept: the same ones are asked about over and over while somebody types."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[str, tuple[Lint, ...]] = {}

    def lint(self, document: Document) -> Sequence[Lint]:
        """Of a document whose grammar is right; of one that is too long to be a policy nothing."""
        text, lines = _laid_out(document)
        if len(text) > LONGEST:
            return ()
        key = content_hash(text)
        with self._lock:
            if key not in self._kept:
                if len(self._kept) >= _KEPT:
                    self._kept.clear()
                self._kept[key] = tuple(_linted(document, text, lines))
            return self._kept[key]


def _laid_out(document: Document) -> tuple[str, int]:
    """Each statement in a line of its own, and how many lines stand before the first."""
    found = document.get("Statement")
    statements = found if isinstance(found, list) else [] if found is None else [found]
    rest = [f"{json.dumps(key)}: {json.dumps(value)}," for key, value in document.items() if key != "Statement"]
    body = ",\n".join(json.dumps(statement) for statement in statements)
    return "\n".join(["{", *rest, '"Statement": [', f"{body}]", "}"]), len(rest) + 2


def _linted(document: Document, text: str, lines_before: int) -> Iterator[Lint]:
    library = _library()
    try:
        policy = library.analyze_policy_string(text, ignore_private_auditors=True)
        findings = [library.enhance_finding(found) for found in policy.findings]
    except Exception as error:  # noqa: BLE001 the library raises the bare class for conditions and resources that its data lacks
        yield Lint("EXCEPTION", "INFO", "The linter gave up", f"It could not judge the document: {str(error)[:200]}")
        return
    statements = statements_of(document)
    for found in findings:
        location = found.location or {}
        line = location.get("line") or location.get("lineno")
        number = line - lines_before - 1 if isinstance(line, int) and line > lines_before else None
        named = statements[number].actions if number is not None and number < len(statements) else ()
        if detail := _words(found.detail, named):
            string = location.get("string")
            yield Lint(
                found.issue,
                found.severity,
                found.title.strip(),
                detail,
                number,
                string if isinstance(string, str) else "",
            )


def _words(detail: Any, named: Collection[str]) -> str:
    """Of the actions that a pattern stands for it also says what does not fit all of them: that is left out, and so nothing may be left."""
    if not isinstance(detail, list):
        text = str(detail or "Malformed")
        of_action = _OF_ACTION.search(text)
        return "" if of_action and of_action[1].lower() not in named else text
    found = [
        (one.get("action", ""), one.get("required_format", "")) if isinstance(one, Mapping) else (str(one), "")
        for one in detail
    ]
    return "; ".join(
        f"{action} needs {wanted}" if wanted else action for action, wanted in found if action.lower() in named
    )


@functools.cache
def _library() -> ModuleType:
    """Its own comparison of two patterns takes exponentially long for a few stars, so ours takes its place."""
    with _resource_names(), warnings.catch_warnings():
        # It leaves its data files for the collector to close.
        warnings.simplefilter("ignore", ResourceWarning)
        library = importlib.import_module("parliament")
    vars(library)["is_glob_match"] = functools.lru_cache(maxsize=50_000)(globs_meet)
    return library


@contextmanager
def _resource_names() -> Iterator[None]:
    """While it is imported it asks a module that Python's tools have dropped for one thing: where a file lies beside it."""
    asked, before = ModuleType(_ASKED_FOR), sys.modules.get(_ASKED_FOR)
    vars(asked)["resource_filename"] = lambda package, name: str(files(package) / name)
    sys.modules[_ASKED_FOR] = asked
    try:
        yield
    finally:
        if before is None:
            del sys.modules[_ASKED_FOR]
        else:
            sys.modules[_ASKED_FOR] = before

"""Decisions about saving a configuration: pure, and without any knowledge of what its sections mean."""

import difflib
from collections.abc import Iterable
from typing import Any

from chalicelib.core.configuration_hooks import Effect, Finding, Guard
from chalicelib.dynamic_config.document import Configuration
from chalicelib.dynamic_config.models import SaveWish, VersionInfo


def changed_sections(before: Configuration, after: Configuration) -> tuple[str, ...]:
    """Names of the sections that do not say the same; an empty section says what an absent one does."""
    names = before.data.keys() | after.data.keys()
    return tuple(
        sorted(str(name) for name in names if (before.data.get(name) or None) != (after.data.get(name) or None))
    )


def unexplained(before: Configuration, after: Configuration, findings: Iterable[Finding]) -> list[Effect]:
    """A line for each changed section that no hook had a word about."""
    explained = {finding.section for finding in findings}
    return [
        Effect(section=name, text=f"{', '.join(_changed_keys(before.data.get(name), after.data.get(name)))}: changed.")
        for name in changed_sections(before, after)
        if name not in explained
    ]


def _changed_keys(before: Any, after: Any) -> list[str]:
    old, new = (before if isinstance(before, dict) else {}), (after if isinstance(after, dict) else {})
    return sorted(str(key) for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def is_repeated(info: VersionInfo, author: str, sha256: str, wish: SaveWish) -> bool:
    """Whether the wish is the very one that led to this version: its answer was lost on the way."""
    made = (info.author, info.sha256, info.previous, info.restored)
    return made == (author, sha256, wish.existing_sha256, wish.restored)


def guards_against(findings: Iterable[Finding], confirmed: frozenset[str]) -> tuple[Guard | None, tuple[Guard, ...]]:
    """The first guard that never gives way, and those that do but were not confirmed."""
    guards = [finding for finding in findings if isinstance(finding, Guard)]
    final = next((guard for guard in guards if not guard.confirmable), None)
    return final, tuple(guard for guard in guards if guard.confirmable and guard.rule not in confirmed)


def unified_diff(before: str, after: str, *, before_name: str, after_name: str) -> str:
    """As `diff -u` prints it."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), before_name, after_name, lineterm="")
    return "\n".join(lines)

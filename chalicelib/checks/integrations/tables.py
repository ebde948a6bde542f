"""The tables: there, and answering."""

from collections.abc import Iterable

from chalicelib.aws.health import StackHealth
from chalicelib.checks.base import Check, Parts
from chalicelib.core.health import Health

NAMES = (
    "requests",
    "grants",
    "inventory",
    "access",
    "directory",
    "config",
    "sessions",
    "notifications",
    "audit",
    "jobs",
)
_FIX = "Deploy the stack again: infra/data.yaml makes every table and index."


def checks(parts: Parts) -> Iterable[Check]:
    return [Check("tables", "Tables", lambda: _look(parts), _FIX)]


def _look(parts: Parts) -> Health:
    stack = StackHealth(parts.aws)
    asleep = [part for name in NAMES for part in stack.sleeping_parts(parts.settings.table_prefix + name)]
    return Health.failed(f"{'; '.join(asleep)}.", _FIX) if asleep else Health.ok(f"All {len(NAMES)} are active.")

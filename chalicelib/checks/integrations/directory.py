"""Where people and groups are known from, and the names that mean two things."""

from collections.abc import Callable, Iterable

from chalicelib.checks.base import Check, Parts, ago
from chalicelib.core.health import Health
from chalicelib.identity.directory.models import PUSHED, SIGN_IN
from chalicelib.identity.directory.names_store import NamesStore

_LATE, _TOO_LATE = 2 * 3600, 86_400
_FIX = "Look at the section directory of the configuration, and at the log of sync_directory."
_NAMES = 5


def checks(parts: Parts) -> Iterable[Check]:
    sources = parts.identity.directory.config.sources
    if not sources:
        return [Check("directory", "Directory", _none, _FIX)]
    found = [Check(f"directory.{name}", f"Directory: {name}", _source(parts, name), _FIX) for name in sources]
    return [*found, Check("directory.names", "Names of users and groups", lambda: _names(parts), _FIX)]


def _none() -> Health:
    return Health.not_configured(
        "No directory is configured: groups are those of each person's last sign-in.",
        "Name a source in the section directory, so that somebody who leaves loses access at once.",
    )


def _source(parts: Parts, name: str) -> Callable[[], Health]:
    def look() -> Health:
        state, now = parts.identity.directory.store.state(name), parts.clock.now()
        if state.succeeded_at is None:
            return Health.failed(f"It has never answered. {state.error or ''}".strip(), _FIX)
        age, counts = now - state.succeeded_at, f"{state.people} people, {state.groups} groups"
        if state.error is not None:
            told = f"It answered last {ago(age)}; since then: {state.error}"
            return (Health.failed if age > _TOO_LATE else Health.warning)(told, _FIX)
        if state.warning is not None:
            return Health.warning(
                state.warning, "If what vanished is really gone, the next sync that sees the same removes it."
            )
        if name not in PUSHED and age > _LATE:
            return (Health.failed if age > _TOO_LATE else Health.warning)(f"It answered last {ago(age)}.", _FIX)
        return Health.ok(f"{counts}; answered {ago(age)}.")

    return look


def _names(parts: Parts) -> Health:
    store = NamesStore([SIGN_IN, *parts.identity.directory.config.sources])
    both = [conflict.name for conflict in store.conflicts()]
    if not both:
        return Health.ok("No name means both a user and a group.")
    shown = ", ".join(both[:_NAMES]) + (f" and {len(both) - _NAMES} more" if len(both) > _NAMES else "")
    return Health.warning(
        f"Both a user and a group are called so, and a role's tag that names them means nobody: {shown}.",
        "Rename one of the two, or say user: or group: in the configuration's group_mapping.",
    )

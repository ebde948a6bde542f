"""The keys that sessions are signed with."""

from collections.abc import Iterable

from chalicelib.aws.health import StackHealth
from chalicelib.checks.base import Check, Parts, ago
from chalicelib.core.health import Health

_OLD = 180 * 86_400
_FIX = "Put a new key before the others in the secret, and take away the oldest after a day: docs/how-to/deploy.md."


def checks(parts: Parts) -> Iterable[Check]:
    return [Check("session_keys", "Session keys", lambda: _look(parts), _FIX)]


def _look(parts: Parts) -> Health:
    count = len(parts.signing_keys.all())
    changed_at = StackHealth(parts.aws).secret_changed_at(parts.settings.session_secret)
    told = f"{count} key{'' if count == 1 else 's'}"
    if changed_at is None:
        return Health.ok(f"{told}.")
    age = max(0, parts.clock.now() - changed_at)
    told = f"{told}, changed {ago(age)}."
    return Health.warning(told, _FIX) if age >= _OLD else Health.ok(told)

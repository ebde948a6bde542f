"""The accounts, as their last refreshes left them. Whether each lets us in this moment is asked account by account."""

from collections.abc import Iterable

from chalicelib.accounts.models import AccountStatus
from chalicelib.checks.base import Check, Parts
from chalicelib.core.health import Health

_LATE = 2 * 3600
_TOO_LATE = 86_400
"""Seconds after which rights of the account decide no longer."""
_FIX = "Look at the accounts on the inventory page, and below at which of them lets the product in."
_NAMED = 5


def checks(parts: Parts) -> Iterable[Check]:
    return [Check("accounts", "Accounts and their refresh", lambda: _look(parts), _FIX)]


def _look(parts: Parts) -> Health:
    known = [
        health for health in parts.inventory.refresh.tell.accounts() if health.account.status is AccountStatus.ACTIVE
    ]
    if not known:
        return Health.warning(
            "No account is known yet.", "Configure a source of accounts, and wait for the first refresh."
        )
    now = parts.clock.now()
    ages = {
        health.account.name or health.account.account_id: now - health.state.succeeded_at
        if health.state and health.state.succeeded_at is not None
        else None
        for health in known
    }
    dark = sorted(name for name, age in ages.items() if age is None or age > _TOO_LATE)
    late = sorted(name for name, age in ages.items() if age is not None and _LATE < age <= _TOO_LATE)
    if dark:
        return Health.failed(f"{_named(dark)} not read for a day, or never: their rights decide no longer.", _FIX)
    if late:
        return Health.warning(f"{_named(late)} not read for two hours.", _FIX)
    return Health.ok(f"All {len(known)} accounts were read within two hours.")


def _named(names: list[str]) -> str:
    more = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"{listed} {'was' if len(names) == 1 else 'were'}"

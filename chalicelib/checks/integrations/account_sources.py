"""Where accounts are known from, and whether service control policies are read: as the last hourly look left it."""

from collections.abc import Callable, Iterable

from chalicelib.checks.base import Check, Parts, ago
from chalicelib.core.health import Health

_ACCOUNTS, _POLICIES = "accounts", "service_control_policies"
_LATE = {_ACCOUNTS: 3 * 3600, _POLICIES: 13 * 3600}
"""Seconds: two rounds and a little."""
_FIX = (
    "Look at the section accounts of the configuration, and at the permissions of the role that reads the organisation; "
    "then run look_after_accounts."
)


def checks(parts: Parts) -> Iterable[Check]:
    config = parts.inventory.account_services.config
    organizations = [one.source for one in config.organizations] if "organizations" in config.sources else []
    others = [name for name in config.sources if name != "organizations"]
    for source in (*organizations, *others):
        yield Check(f"accounts.{source}", f"Accounts from {source}", _look(parts, _ACCOUNTS, source), _FIX)
    for source in organizations:
        title = f"Service control policies from {source}"
        yield Check(f"policies.{source}", title, _look(parts, _POLICIES, source), _FIX)


def _look(parts: Parts, kind: str, source: str) -> Callable[[], Health]:
    def look() -> Health:
        state = parts.inventory.account_services.scopes.find(kind, source)
        if state is None or (state.succeeded_at is None and state.error is None):
            return Health.warning("Nobody has asked yet: the hourly run does.", "Run look_after_accounts now.")
        if state.succeeded_at is None:
            return Health.failed(f"It has never answered: {state.error}", _FIX)
        age = parts.clock.now() - state.succeeded_at
        if state.error is not None:
            return Health.failed(f"It answered last {ago(age)}; since then: {state.error}", _FIX)
        if state.held:
            return Health.warning(
                "Much of what it named before is missing from its last answer, and is kept until a second one agrees.",
                _FIX,
            )
        if age > _LATE[kind]:
            return Health.warning(f"It answered last {ago(age)}.", _FIX)
        return Health.ok(f"It answered {ago(age)}.")

    return look

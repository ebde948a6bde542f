"""The configuration: which version is in force here, and whether everything that must follow a save was done."""

from collections.abc import Iterable

from chalicelib.checks.base import Check, Parts
from chalicelib.core.health import Health
from chalicelib.dynamic_config.store import ConfigStore

_FIX = "Look at the log of the function follow_configuration, and at the history on the configuration page."


def checks(parts: Parts) -> Iterable[Check]:
    return [Check("configuration", "Configuration", lambda: _look(parts), _FIX)]


def _look(parts: Parts) -> Health:
    held, current = parts.configuration.version, ConfigStore().current()
    if current is None:
        return Health.ok("The one that ships with the package is in force; nobody has saved another.")
    if held != current.number:
        return Health.warning(
            f"Version {current.number} should be in force, and this process has version {held}.",
            "Wait for a minute. If it stays so, the saved version is not usable by this release: save a corrected one.",
        )
    if not current.settled:
        return Health.warning(f"Version {current.number} is in force, and not all that follows it was done yet.", _FIX)
    return Health.ok(f"Version {current.number} is in force.")

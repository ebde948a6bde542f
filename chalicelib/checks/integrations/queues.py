"""The queue that carries changes of rights, and where what failed in it is put aside."""

from collections.abc import Iterable

from chalicelib.aws.health import StackHealth
from chalicelib.checks.base import Check, Parts
from chalicelib.core.health import Health

_DEEP = 5_000
_FIX = "Look at the log of the function authorizations."
_FIX_ASIDE = (
    "Look at the log of the function authorizations, mend the cause, and move the messages back (redrive to source). "
    "Until then the people whom they concern keep the rights that they had."
)
_ASIDE = "authorizations-dlq.fifo"


def checks(parts: Parts) -> Iterable[Check]:
    return [
        Check("authorization_queue", "Queue of changed rights", lambda: _queue(parts), _FIX),
        Check("authorization_dead_letters", "Changed rights that failed", lambda: _aside(parts), _FIX_ASIDE),
    ]


def _not_configured() -> Health:
    return Health.not_configured(
        "No queue is configured.", "The deployed stack sets CONSOLEME_AUTHORIZATION_QUEUE_URL."
    )


def _queue(parts: Parts) -> Health:
    url = parts.settings.authorization_queue_url
    if not url:
        return _not_configured()
    depth = StackHealth(parts.aws).queue(url)
    told = f"{depth.waiting} waiting, {depth.under_way} under way."
    return Health.warning(told, _FIX) if depth.waiting > _DEEP else Health.ok(told)


def _aside(parts: Parts) -> Health:
    url = parts.settings.authorization_queue_url
    if not url:
        return _not_configured()
    depth = StackHealth(parts.aws).queue(f"{url.rpartition('/')[0]}/{parts.settings.table_prefix}{_ASIDE}")
    count = depth.waiting + depth.under_way
    return Health.failed(f"{count} messages failed five times.", _FIX_ASIDE) if count else Health.ok("None.")

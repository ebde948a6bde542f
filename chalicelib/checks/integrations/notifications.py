"""What people are told by: Slack's secret, and the queue of what is to be told."""

from collections.abc import Iterable

from chalicelib.aws.health import StackHealth
from chalicelib.checks.base import Check, Parts
from chalicelib.core.health import Health

_SLACK_FIX = "Put Slack's signing secret into Secrets Manager: docs/how-to/connect-slack.md."
_ASIDE_FIX = (
    "Look at the log of the function tell_people, mend the cause, and move the messages back (redrive to source). "
    "What is to be told is told by the task due; clicks in Slack are not."
)
_ASIDE = "telling-dlq.fifo"


def checks(parts: Parts) -> Iterable[Check]:
    return [
        Check("slack", "Slack", lambda: _slack(parts), _SLACK_FIX),
        Check("telling_dead_letters", "News and clicks that failed", lambda: _aside(parts), _ASIDE_FIX),
    ]


def _slack(parts: Parts) -> Health:
    config = parts.notifications.config.slack
    if config is None:
        return Health.not_configured("Nobody is told by Slack.", "The section notifications.slack connects it.")
    parts.notifications.slack_secret()
    return Health.ok(f"The workspace {config.team_id}; its signing secret can be read.")


def _aside(parts: Parts) -> Health:
    url = parts.settings.telling_queue_url
    if not url:
        return Health.not_configured("No queue is configured.", "The deployed stack sets CONSOLEME_TELLING_QUEUE_URL.")
    depth = StackHealth(parts.aws).queue(f"{url.rpartition('/')[0]}/{parts.settings.table_prefix}{_ASIDE}")
    count = depth.waiting + depth.under_way
    return Health.failed(f"{count} messages failed five times.", _ASIDE_FIX) if count else Health.ok("None.")

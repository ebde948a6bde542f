"""What the approval rules ask of whoever submits: a reason, and ends that are not too far away. Pure."""

from chalicelib.core.errors import InvalidInput
from chalicelib.requests.approval.models import Requirements
from chalicelib.requests.models import PlannedChange, RequestsConfig

_HOUR, _DAY = 3600, 86_400


def check_submission(
    justification: str,
    changes: tuple[PlannedChange, ...],
    requirements: Requirements,
    config: RequestsConfig,
    now: int,
) -> None:
    """Raises InvalidInput. What has no end though the rules want one passes: whoever approves it may give it one."""
    if "submit" in config.reason_required and not justification.strip():
        raise InvalidInput("justification: say why you need it; that is required here.", reason="reason_required")
    check_ends(changes, config, now)
    ends = {change.id: change.spec.until for change in changes}
    for needs in requirements.changes:
        end = ends.get(needs.matter.change_id)
        if needs.ends_by is not None and end is not None and end > needs.ends_by:
            hours = (needs.ends_by - needs.matter.written_at) // _HOUR
            raise InvalidInput(
                f"{needs.matter.title}: the rules {', '.join(needs.rules)} let it live for {hours} hours at most. Ask for an earlier end.",
                reason="end_too_late",
            )


def check_ends(changes: tuple[PlannedChange, ...], config: RequestsConfig, now: int) -> None:
    """Raises InvalidInput for an end that is further away than any may be."""
    for change in changes:
        if change.spec.until is not None and change.spec.until > now + config.longest_days * _DAY:
            raise InvalidInput(
                f"{change.title}: its end is more than {config.longest_days} days away. Ask for an earlier one, or for none.",
                reason="end_too_late",
            )


def decide_by(requirements: Requirements, config: RequestsConfig, now: int) -> int:
    """When a request expires that nobody has decided about."""
    within = config.decide_within_days * _DAY
    return now + min(within, requirements.decide_within or within)

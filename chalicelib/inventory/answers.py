"""What several types of resources read in the same way from AWS's answers."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.errors import InvalidInput


def iso(moment: datetime) -> str:
    """As the wire shows times: in UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def policy_object(document: Any, what: str) -> dict[str, Any]:
    """Raises InvalidInput for a policy document that is no JSON object; `what` names the policy."""
    if not isinstance(document, dict):
        raise InvalidInput(f"{what} is not a JSON object.", reason="garbage_policy")
    return document


def tag_map(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """From AWS's list of `Key` and `Value`, of which an empty one may be missing."""
    return {tag["Key"]: tag.get("Value", "") for tag in tags}


def epoch_iso(seconds: str | None) -> str | None:
    """The same from the seconds that SQS tells as text; None when it tells none."""
    return iso(datetime.fromtimestamp(float(seconds), UTC)) if seconds else None

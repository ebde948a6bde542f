"""Calling functions of our own stack."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.ids import ulid


class Functions:
    def __init__(self, sessions: Sessions, prefix: str) -> None:
        """`prefix` stands before the names of this deployment's functions."""
        self._sessions = sessions
        self._prefix = prefix

    def begin(self, name: str, event: Mapping[str, Any]) -> None:
        """Starts it and does not wait. Raises AccessDeniedByAws, NotFound, Throttled or Upstream."""
        with translated(f"to start the function {name}"):
            self._sessions.client("lambda").invoke(
                FunctionName=self._prefix + name, InvocationType="Event", Payload=json.dumps(event).encode()
            )


def scheduled_event(function: str, at: int, region: str) -> dict[str, Any]:
    """What EventBridge sends to a function whose time has come."""
    return {
        "version": "0",
        "id": ulid(),
        "detail-type": "Scheduled Event",
        "source": "consoleme.operations",
        "account": "",
        "time": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [function],
        "detail": {},
    }

"""How the parts of our own stack are doing, as AWS tells it: tables, queues, state machines, secrets. Reads, and changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions

_DEPTHS: Any = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """`waiting` messages nobody has taken yet; those under way are in somebody's hands."""

    waiting: int
    under_way: int


class StackHealth:
    """Each method raises AccessDeniedByAws, NotFound, Throttled or Upstream."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def sleeping_parts(self, table: str) -> list[str]:
        """The table and its indexes that are not active, with AWS's word for what they are."""
        with translated(f"to look at the table {table}"):
            found = self._sessions.client("dynamodb").describe_table(TableName=table)["Table"]
        parts = {table: str(found.get("TableStatus", ""))}
        for index in found.get("GlobalSecondaryIndexes", []):
            parts[f"{table}/{index.get('IndexName', '')}"] = str(index.get("IndexStatus", ""))
        # An empty word is an embedded AWS's; a table that is being updated answers as always.
        return [f"{name} is {state}" for name, state in parts.items() if state not in {"", "ACTIVE", "UPDATING"}]

    def queue(self, url: str) -> QueueDepth:
        with translated(f"to look at the queue {url.rpartition('/')[2]}"):
            answer = self._sessions.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=_DEPTHS)
        waiting, under_way, delayed = (int(answer.get("Attributes", {}).get(name, 0)) for name in _DEPTHS)
        return QueueDepth(waiting + delayed, under_way)

    def state_machine(self, arn: str) -> str:
        """`ACTIVE`, or what it is instead."""
        with translated(f"to look at the state machine {arn.rpartition(':')[2]}"):
            return str(self._sessions.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["status"])

    def secret_changed_at(self, name: str) -> int | None:
        """Epoch seconds of the last change of its value; None when AWS does not say."""
        with translated(f"to look at the secret {name}"):
            found = self._sessions.client("secretsmanager").describe_secret(SecretId=name)
        changed: datetime | None = found.get("LastChangedDate", found.get("CreatedDate"))
        return None if changed is None else int(changed.timestamp())

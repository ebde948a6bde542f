"""Reading any service of any account through its spoke role: one call, or a listing page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.arn import role_arn
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import Upstream

_SESSION_NAME = "consoleme-sync"


@dataclass(frozen=True, slots=True)
class Paging:
    """How an operation pages: the parameter that takes the token, and the answer's field that gives it.

    `truncated` is the field that says whether there is more, for services that give one (IAM).
    """

    items: str
    into: str = "NextToken"
    out: str = "NextToken"
    truncated: str = ""


IAM_MARKERS = {"into": "Marker", "out": "Marker", "truncated": "IsTruncated"}
"""For `Paging(items, **IAM_MARKERS)`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One page as AWS gave it; `after` goes on behind it, and is empty at the end."""

    items: list[Any]
    after: str


class AccountReader:
    """One account. Everything raises AccessDeniedByAws when the spoke role is missing or refuses, NotFound, Throttled or Upstream."""

    def __init__(self, sessions: Sessions, assume: AssumeRole, account_id: str) -> None:
        self.account_id = account_id
        self._sessions = sessions
        self._assume = assume

    def call(self, service: str, operation: str, *, region: str = "", **parameters: Any) -> dict[str, Any]:
        """`operation` in snake case, as boto3 spells it: `call("s3", "get_bucket_policy", Bucket=name)`."""
        client = self._sessions.client_as(self._assume, service, region, patient=True)
        with translated(
            f"for {service}:{_pascal(operation)} in account {self.account_id}{f' {region}' if region else ''}"
        ):
            answer: dict[str, Any] = getattr(client, operation)(**parameters)
        return answer

    def pages(
        self, service: str, operation: str, paging: Paging, *, region: str = "", after: str = "", **parameters: Any
    ) -> Iterator[Batch]:
        """Until the list says that it is whole. A list that says it goes on, and not where, is an error and never an end."""
        token = after
        while True:
            where = {paging.into: token} if token else {}
            answer = self.call(service, operation, region=region, **parameters, **where)
            following = str(answer.get(paging.out) or "")
            more = bool(answer.get(paging.truncated)) if paging.truncated else bool(following)
            if more and (not following or following == token):
                raise Upstream(
                    f"AWS broke off {service}:{_pascal(operation)} of account {self.account_id} in the middle of the list.",
                    reason="list_broke_off",
                )
            yield Batch(list(answer.get(paging.items) or ()), following if more else "")
            if not more:
                return
            token = following


class SpokeReader:
    def __init__(self, sessions: Sessions, deployment: Deployment) -> None:
        self._sessions = sessions
        self._deployment = deployment

    def of(self, account_id: str) -> AccountReader:
        """Asks AWS nothing yet."""
        hub, spoke = self._deployment.hub, self._deployment.spoke
        role = role_arn(hub.partition, account_id, spoke.read_role)
        return AccountReader(
            self._sessions, AssumeRole(role, _SESSION_NAME, external_id=spoke.external_id or ""), account_id
        )


def _pascal(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))

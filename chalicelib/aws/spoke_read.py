"""Reading any service of any account through its spoke role: one call, or a listing page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.errors import translated
from chalicelib.core.arn import role_arn
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import Upstream

if TYPE_CHECKING:
    # Types of resources are imported by functions that never talk to AWS.
    from chalicelib.aws.sessions import Sessions

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


def iam_paging(items: str) -> Paging:
    """As IAM pages."""
    return Paging(items, into="Marker", out="Marker", truncated="IsTruncated")


@dataclass(frozen=True, slots=True)
class Batch:
    """One page as AWS gave it; `after` goes on behind it, and is empty at the end."""

    items: list[Any]
    after: str


class AccountReader:
    """One account. Everything raises AccessDeniedByAws when the spoke role is missing or refuses, NotFound, Throttled or Upstream."""

    def __init__(
        self,
        sessions: "Sessions",
        assume: AssumeRole,
        account_id: str,
        *,
        partition: str = "aws",
        is_hub: bool = False,
        aggregator: "Aggregator | None" = None,
    ) -> None:
        self.account_id = account_id
        self.partition = partition
        self.is_hub = is_hub
        self.aggregator = aggregator
        self._sessions = sessions
        self._assume = assume

    def enter(self) -> None:
        """Takes the spoke role, unless it is held already. Raises AccessDeniedByAws, Throttled or Upstream."""
        self._sessions.client_as(self._assume, "iam", patient=True)

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


@dataclass(frozen=True, slots=True)
class Aggregator:
    """Where AWS Config gathers what it records in the organisation's accounts, and a reader of the account that it is in."""

    reader: AccountReader
    region: str
    name: str


class SpokeReader:
    def __init__(self, sessions: "Sessions", deployment: Deployment) -> None:
        self._sessions = sessions
        self._deployment = deployment

    def of(self, account_id: str) -> AccountReader:
        """Asks AWS nothing yet."""
        found = self._deployment.config_aggregator
        aggregator = Aggregator(self._reader(found.account_id), found.region, found.name) if found else None
        return self._reader(account_id, aggregator)

    def _reader(self, account_id: str, aggregator: Aggregator | None = None) -> AccountReader:
        hub, spoke = self._deployment.hub, self._deployment.spoke
        return AccountReader(
            self._sessions,
            AssumeRole(
                role_arn(hub.partition, account_id, spoke.read_role),
                _SESSION_NAME,
                external_id=spoke.external_id or "",
            ),
            account_id,
            partition=hub.partition,
            is_hub=account_id == hub.account_id,
            aggregator=aggregator,
        )


def _pascal(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))

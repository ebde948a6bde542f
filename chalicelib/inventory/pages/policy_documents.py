"""What managed policies say: an account's own from the inventory, AWS's from AWS, and all that are attached to one principal."""

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.accounts.store import AccountStore
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import AppError, InvalidInput, NotFound
from chalicelib.identity.permissions import View
from chalicelib.inventory.models import RoleRecord
from chalicelib.inventory.pages.addresses import AWS_POLICY, POLICY, ROLE, USER
from chalicelib.inventory.pages.find import FindResource, Wanted
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resources.iam_managed_policy import ManagedPolicyRecord
from chalicelib.inventory.resources.iam_user import UserRecord
from chalicelib.inventory.store import ResourceStore

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import SpokeReader

ACTIONS = frozenset({"iam:GetPolicy", "iam:GetPolicyVersion"})
"""What the spoke's reading role needs for those of AWS."""
_AWS = "aws"
"""What stands in the ARNs of AWS's own policies in the place of an account."""
_KEPT = 3600
"""Seconds for which a document of AWS's is kept: AWS changes one now and then."""
_MOST = 200


@dataclass(frozen=True, slots=True)
class AttachedDocuments:
    """By the policy's name; `failures` says of which the document could not be read, and why."""

    documents: dict[str, dict[str, Any]]
    failures: tuple[str, ...]


class PolicyDocuments:
    def __init__(
        self,
        *,
        find: FindResource,
        store: ResourceStore,
        accounts: AccountStore,
        reader: "SpokeReader",
        deployment: Deployment,
        clock: Clock,
    ) -> None:
        self._find = find
        self._store = store
        self._accounts = accounts
        self._reader = reader
        self._deployment = deployment
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[str, tuple[int, dict[str, Any]]] = {}

    def arns(self, account_id: str, view: View) -> list[str]:
        """What can be attached in the account: its own policies as far as they are seen, and AWS's, sorted. Of an account that is not
        known or not seen nothing.
        """
        known = self._accounts.find(account_id)
        if known is None or not view.account(known.account).allowed:
            return []
        own = [arn for arn in self._store.of_scope(account_id, POLICY) if view.shows(account_id, arn)]
        return sorted([*own, *self._store.of_scope(self._deployment.hub.account_id, AWS_POLICY)])

    def document(self, arn: str, view: View) -> dict[str, Any]:
        """What the policy says now. Raises InvalidInput for what is no managed policy's ARN, and NotFound."""
        parsed = Arn.parse(arn)
        if parsed.account == _AWS and parsed.service == "iam" and parsed.resource_type == "policy":
            return self.of_aws(arn)
        if not parsed.is_iam("policy"):
            raise InvalidInput(
                f"'{arn[:200]}' is not the ARN of a managed policy. One looks like arn:aws:iam::123456789012:policy/name.",
                reason="not_a_policy_arn",
            )
        wanted = Wanted(resource_types()[POLICY], parsed.account, arn, parsed.path_and_name, "managed policy")
        record = self._find.of(wanted, view).record
        return record.document if isinstance(record, ManagedPolicyRecord) else {}

    def of_principal(self, arn: str, view: View) -> AttachedDocuments:
        """Raises InvalidInput for what is no role's or user's ARN, and NotFound."""
        parsed = Arn.parse(arn)
        kind = ROLE if parsed.is_iam("role") else USER
        if not (parsed.is_iam("role") or parsed.is_iam("user")):
            raise InvalidInput(f"'{arn[:200]}' is not the ARN of an IAM role or user.", reason="bad_request")
        wanted = Wanted(resource_types()[kind], parsed.account, arn, parsed.path_and_name, kind.removeprefix("iam_"))
        record = self._find.of(wanted, view).record
        attached = record.attached_policies if isinstance(record, RoleRecord | UserRecord) else ()
        documents: dict[str, dict[str, Any]] = {}
        failures: list[str] = []
        for policy in attached:
            try:
                documents[policy.name] = self.document(policy.arn, view)
            except AppError as error:
                failures.append(f"{policy.arn}: {error.message}")
        return AttachedDocuments(documents, tuple(failures))

    def of_aws(self, arn: str) -> dict[str, Any]:
        """What a policy that AWS manages says. Raises NotFound."""
        now = self._clock.now()
        with self._lock:
            at, kept = self._kept.get(arn, (0, {}))
        if kept and now - at < _KEPT:
            return kept
        document = self._read(arn)
        with self._lock:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[arn] = (now, document)
        return document

    def _read(self, arn: str) -> dict[str, Any]:
        """By the hub's own account: AWS's policies are the same in all of them."""
        hub = self._reader.of(self._deployment.hub.account_id)
        try:
            version = hub.call("iam", "get_policy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
            told = hub.call("iam", "get_policy_version", PolicyArn=arn, VersionId=version)["PolicyVersion"]
        except NotFound:
            raise NotFound(
                f"AWS has no managed policy {arn[:200]}. Names of those that exist are listed by GET /api/v2/managed_policies/<account>.",
                reason="unknown_managed_policy",
            ) from None
        document: dict[str, Any] = told["Document"]
        return document

"""Whom a managed policy is attached to in an account. IAM alone knows it in one call, so AWS is asked each time."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.aws.spoke_read import iam_paging
from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput
from chalicelib.identity.permissions import View
from chalicelib.inventory.iam_listing import MOST
from chalicelib.inventory.pages.addresses import POLICY
from chalicelib.inventory.pages.find import FindResource, Wanted
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.store import ResourceStore

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import SpokeReader

ACTIONS = frozenset({"iam:ListEntitiesForPolicy"})
"""What the spoke's reading role needs for it."""
_LISTS = {"role": ("Role", "PolicyRoles"), "user": ("User", "PolicyUsers"), "group": ("Group", "PolicyGroups")}
"""By our word IAM's, and the list that tells of them."""


@dataclass(frozen=True, slots=True, order=True)
class AttachedTo:
    """`kind` is `role`, `user` or `group`."""

    kind: str
    name: str
    arn: str


class AttachedPrincipals:
    def __init__(self, *, find: FindResource, store: ResourceStore, reader: "SpokeReader") -> None:
        self._find = find
        self._store = store
        self._reader = reader

    def of(self, arn: str, view: View) -> tuple[AttachedTo, ...]:
        """Of an account's own policy, as far as they are seen, in order. Raises InvalidInput, NotFound, AccessDeniedByAws, Throttled or
        Upstream.
        """
        parsed = Arn.parse(arn)
        if not parsed.is_iam("policy"):
            raise InvalidInput(
                f"'{arn[:200]}' is not the ARN of an account's own managed policy, like arn:aws:iam::123456789012:policy/name.",
                reason="not_a_policy_arn",
            )
        kind = resource_types()[POLICY]
        self._find.of(Wanted(kind, parsed.account, arn, parsed.path_and_name, "managed policy"), view)
        attached = (
            AttachedTo(principal, name, pathed.get(name, _plain(parsed, principal, name)))
            for principal in _LISTS
            if (names := self._names(parsed.account, arn, principal))
            for pathed in [self._arns(parsed, principal)]
            for name in names
        )
        return tuple(sorted(one for one in attached if view.shows(parsed.account, one.arn)))

    def _names(self, account_id: str, arn: str, principal: str) -> list[str]:
        word, items = _LISTS[principal]
        pages = self._reader.of(account_id).pages(
            "iam",
            "list_entities_for_policy",
            iam_paging(items),
            PolicyArn=arn,
            EntityFilter=word,
            PolicyUsageFilter="PermissionsPolicy",
            MaxItems=MOST,
        )
        return [entity[f"{word}Name"] for batch in pages for entity in batch.items]

    def _arns(self, policy: Arn, principal: str) -> dict[str, str]:
        """By name: IAM tells no paths here, and rules of visibility know them."""
        return {known.name: arn for arn, known in self._store.of_scope(policy.account, f"iam_{principal}").items()}


def _plain(policy: Arn, principal: str, name: str) -> str:
    return f"arn:{policy.partition}:iam::{policy.account}:{principal}/{name}"

"""The service control policies that hold for an account, a unit or a root: its own, and those of everything above it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.accounts.control_policies import ControlPolicy, PolicyTarget, Shown, inherited
from chalicelib.accounts.models import Account, AccountRecord, AccountStatus
from chalicelib.accounts.organizations_store import ScpStore, TreeStore
from chalicelib.accounts.store import AccountStore
from chalicelib.accounts.sync_policies import KIND
from chalicelib.accounts.tree import AccountsTree
from chalicelib.core.errors import NotFound, Upstream
from chalicelib.db.scopes import Scopes

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ACCOUNT_KIND = "ACCOUNT"

MaySee = Callable[[Account], bool]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was asked about: its tree, the ids on the line from the root down to it, and the account if it is one."""

    tree: AccountsTree
    line: tuple[str, ...]
    account: Account | None

    @property
    def known(self) -> bool:
        """Whether the line begins at a root. A part of it would be told as if it were all."""
        return bool(self.line) and any(
            unit.unit_id == self.line[0] and unit.parent_id is None for unit in self.tree.units
        )


class ShowPolicies:
    def __init__(
        self,
        *,
        accounts: AccountStore,
        trees: TreeStore,
        store: Callable[[str], ScpStore],
        scopes: Scopes,
    ) -> None:
        self._accounts = accounts
        self._trees = trees
        self._store = store
        self._scopes = scopes

    def of(self, target_id: str, may_see: MaySee) -> Shown:
        """Units are seen by whoever sees an account in them; of a policy's targets, those are told that the reader sees.

        Raises NotFound for what the reader does not see or nobody knows, Upstream when this organisation's policies were never read, or
        nobody knows where the account stands.
        """
        records = self._accounts.all()
        account = records[target_id].account if target_id in records else None
        if account is not None and may_see(account) and account.organization_id is None:
            return Shown(policies=())
        asked = self._asked_about(target_id, account)
        seen = _seen(records, asked.tree, may_see) if asked else frozenset()
        if asked is None or target_id not in seen:
            raise NotFound(
                f"No account or organisational unit '{target_id[:50]}' is known. Accounts and units are found by a refresh of all "
                "accounts, where an organisation is the source of accounts.",
                reason="unknown_target",
            )
        if not asked.known:
            raise Upstream(
                f"Where {target_id} stands in its organisation is not known, and so not what holds for it. The next refresh of all "
                "accounts finds it.",
                reason="unknown_place",
            )
        store = self._store(asked.tree.organization_id)
        attached = store.attachments()
        if attached is None:
            raise Upstream(self._why_unread(asked.tree), reason="never_read")
        wanted = inherited(asked.line, attached)
        found = store.policies(wanted)
        return Shown(
            policies=tuple(_told(found[policy_id], seen) for policy_id in wanted if policy_id in found),
            read_at=self._read_at(asked.tree),
            restricts=asked.account is None or asked.account.account_id != asked.tree.management_account_id,
        )

    def _asked_about(self, target_id: str, account: Account | None) -> _Asked | None:
        if account is not None:
            tree = self._trees.find(account.organization_id) if account.organization_id else None
            chain = tree.chain(account.parent_id) if tree else ()
            return _Asked(tree, (*(unit.unit_id for unit in chain), target_id), account) if tree else None
        if _ACCOUNT.fullmatch(target_id):
            return None
        for tree in self._trees.all().values():
            if chain := tree.chain(target_id):
                return _Asked(tree, tuple(unit.unit_id for unit in chain), None)
        return None

    def _read_at(self, tree: AccountsTree) -> int | None:
        state = self._scopes.of_kind(KIND).get(tree.source)
        return state.succeeded_at if state else None

    def _why_unread(self, tree: AccountsTree) -> str:
        state = self._scopes.of_kind(KIND).get(tree.source)
        why = state.error if state and state.error else "the next hourly run reads them"
        return f"The service control policies of {tree.organization_id} were never read: {why}"


def _seen(records: Mapping[str, AccountRecord], tree: AccountsTree, may_see: MaySee) -> frozenset[str]:
    """Ids of the organisation's accounts that the reader sees, and of every unit above one of them."""
    seen: set[str] = set()
    for record in records.values():
        account = record.account
        ours = account.organization_id == tree.organization_id and account.status is not AccountStatus.LEFT
        if ours and may_see(account):
            seen |= {account.account_id, *(unit.unit_id for unit in tree.chain(account.parent_id))}
    return frozenset(seen)


def _told(policy: ControlPolicy, seen: frozenset[str]) -> ControlPolicy:
    def known(target: PolicyTarget) -> bool:
        return target.target_id in seen

    return policy.model_copy(update={"targets": tuple(filter(known, policy.targets))})

"""The accounts of one AWS organisation, and its tree, which is kept beside them."""

from collections.abc import Callable, Iterator, Mapping

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.accounts.read_tree import read_tree
from chalicelib.accounts.tree import AccountsTree
from chalicelib.aws.organizations import Organization


class OrganizationAccounts:
    def __init__(
        self, organization: Organization, *, name: str, tags: bool, keep: Callable[[AccountsTree], object]
    ) -> None:
        self.name = name
        self._organization = organization
        self._tags = tags
        self._keep = keep

    def accounts(self) -> Iterator[Account]:
        tree = read_tree(self._organization)
        self._keep(tree.model_copy(update={"source": self.name}))
        members = list(self._organization.accounts())
        # An endpoint that tells no paths is asked unit by unit.
        parents = {} if all(member.parent_id for member in members) else self._parents(tree)
        for member in members:
            parent = member.parent_id or parents.get(member.account_id)
            yield Account(
                account_id=member.account_id,
                name=member.name or member.account_id,
                ou_path=tree.path(parent) if parent else None,
                status=_status(member.state),
                tags=self._organization.tags(member.account_id) if self._tags else {},
                organization_id=tree.organization_id,
                parent_id=parent,
            )

    def _parents(self, tree: AccountsTree) -> Mapping[str, str]:
        return {
            account_id: unit.unit_id
            for unit in tree.units
            for account_id in self._organization.accounts_of(unit.unit_id)
        }


def _status(state: str) -> AccountStatus:
    """A state that AWS invents tomorrow is not one in which an account may be used."""
    known = {status.value: status for status in AccountStatus}
    return known.get(state, AccountStatus.SUSPENDED)

"""Every role of every active account, as the inventory last read it, for whoever looks through all of them."""

from collections.abc import Iterator
from itertools import islice

from chalicelib.accounts.models import AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.inventory.models import RoleRecord
from chalicelib.inventory.store import ResourceStore
from chalicelib.requests.adopt_policies import FoundRole

_KIND = "iam_role"
_AT_ONCE = 100


def roles_of(accounts: AccountStore, resources: ResourceStore) -> Iterator[FoundRole]:
    """A hundred at a time. Raises as the inventory does."""
    for account_id, known in accounts.all().items():
        if known.account.status is not AccountStatus.ACTIVE:
            continue
        arns = resources.arns(account_id, _KIND)
        while page := list(islice(arns, _AT_ONCE)):
            for _, detail in resources.read_many(page).values():
                role = RoleRecord.unpacked(detail)
                yield FoundRole(role.arn, role.role_id, role.inline_policies)

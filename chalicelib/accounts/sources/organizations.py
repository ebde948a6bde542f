"""The accounts of an AWS organisation."""

from collections.abc import Iterator

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.aws.organizations import Organization


class OrganizationAccounts:
    def __init__(self, organization: Organization, *, tags: bool) -> None:
        self._organization = organization
        self._tags = tags

    def accounts(self) -> Iterator[Account]:
        paths = self._organization.unit_paths()
        for member in self._organization.accounts():
            yield Account(
                account_id=member.account_id,
                name=member.name or member.account_id,
                ou_path=paths.get(member.account_id),
                status=_status(member.state),
                tags=self._organization.tags(member.account_id) if self._tags else {},
            )


def _status(state: str) -> AccountStatus:
    """A state that AWS invents tomorrow is not one in which an account may be used."""
    known = {status.value: status for status in AccountStatus}
    return known.get(state, AccountStatus.SUSPENDED)

"""All roles of an account, page by page, each put together from the two listings that tell of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.iam_read import IamReader
from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.models import RoleRecord
from chalicelib.inventory.resources import iam_role


@dataclass(frozen=True, slots=True)
class Page:
    """`unreadable` are roles that exist and can't be understood, with the reason: they are left as they were."""

    roles: tuple[RoleRecord, ...]
    unreadable: Mapping[str, str]


class RoleListing:
    """The short listing first: what it told of a role is kept until the large one brings the rest of it."""

    def __init__(self, reader: IamReader) -> None:
        self._reader = reader

    def pages(self, account_id: str) -> Iterator[Page]:
        """Raises what `IamReader` raises, also in the middle. Whoever removes waits until the end."""
        headers = {
            role["Arn"]: iam_role.header(role) for page in self._reader.role_headers(account_id) for role in page
        }
        for details in self._reader.role_details(account_id):
            roles: list[RoleRecord] = []
            unreadable: dict[str, str] = {}
            for detail in details:
                told = headers.pop(detail["Arn"], None) or self._header(account_id, detail["RoleName"])
                try:
                    roles.append(iam_role.record(detail, told))
                except InvalidInput as error:
                    unreadable[detail["Arn"]] = error.message
            yield Page(tuple(roles), unreadable)

    def _header(self, account_id: str, name: str) -> iam_role.RoleHeader:
        """For a role that was created between the two listings."""
        role: Mapping[str, Any] | None = self._reader.role_header(account_id, name)
        return iam_role.header(role or {})

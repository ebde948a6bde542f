"""One IAM user as the inventory knows them."""

from dataclasses import dataclass

from chalicelib.identity.permissions import View
from chalicelib.inventory.pages.addresses import USER, identity
from chalicelib.inventory.pages.show_resource import ResourcePage, ShowResource
from chalicelib.inventory.resources.iam_user import UserRecord


@dataclass(frozen=True, slots=True)
class UserPage:
    page: ResourcePage
    user: UserRecord


class ShowUser:
    def __init__(self, show: ShowResource) -> None:
        self._show = show

    def of(self, account_id: str, name: str, view: View, *, fresh: bool = False) -> UserPage:
        """`name` is the user's, with or without the path. Raises NotFound, saying what to do."""
        wanted = identity(USER, self._show.partition, account_id, name)
        page = self._show.of(wanted, view, fresh=fresh)
        if not isinstance(page.record, UserRecord):
            message = f"the type {wanted.kind.name} reads records of another type"
            raise TypeError(message)
        return UserPage(page, page.record)

"""Reading IAM in any account through its spoke role: page by page, so that no account has to fit into memory."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.arn import role_arn
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import NotFound, Upstream

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.type_defs import RoleDetailTypeDef, RoleTypeDef

_SESSION_NAME = "consoleme-sync"
_PAGE = 1000
"""As many as IAM gives; without saying so it gives 100."""


class IamReader:
    def __init__(self, sessions: Sessions, deployment: Deployment) -> None:
        self._sessions = sessions
        self._deployment = deployment

    def role_details(self, account_id: str) -> Iterator[list["RoleDetailTypeDef"]]:
        """Pages of GetAccountAuthorizationDetails: policies, tags, last use. It tells neither description nor session length.

        Raises AccessDeniedByAws when the spoke role is missing or refuses, Throttled, or Upstream; also in the middle.
        """

        def page(marker: Mapping[str, str]) -> Any:
            return self._client(account_id).get_account_authorization_details(Filter=["Role"], MaxItems=_PAGE, **marker)

        return _pages(page, "RoleDetailList", f"to list the roles of account {account_id}")

    def role_headers(self, account_id: str) -> Iterator[list["RoleTypeDef"]]:
        """Pages of ListRoles: descriptions and session lengths. Raises what `role_details` raises."""

        def page(marker: Mapping[str, str]) -> Any:
            return self._client(account_id).list_roles(MaxItems=_PAGE, **marker)

        return _pages(page, "Roles", f"to list the roles of account {account_id}")

    def role_header(self, account_id: str, name: str) -> "RoleTypeDef | None":
        """One role as GetRole tells it; None when it does not exist."""
        client = self._client(account_id)
        try:
            with translated(f"to read the role {name} of account {account_id}"):
                return client.get_role(RoleName=name)["Role"]
        except NotFound:
            return None

    def _client(self, account_id: str) -> "IAMClient":
        hub, spoke = self._deployment.hub, self._deployment.spoke
        call = AssumeRole(
            role_arn(hub.partition, account_id, spoke.read_role), _SESSION_NAME, external_id=spoke.external_id or ""
        )
        return self._sessions.client_as(call, "iam", patient=True)


def _pages(call: Callable[[Mapping[str, str]], Any], key: str, what: str) -> Iterator[list[Any]]:
    """Until the list says that it is whole; one that says it is not, and then not where it goes on, is an error."""
    marker: dict[str, str] = {}
    while True:
        with translated(what):
            answer = call(marker)
        yield answer[key]
        if not answer.get("IsTruncated"):
            return
        following = answer.get("Marker")
        if not following or following == marker.get("Marker"):
            raise Upstream(f"AWS was asked {what} and broke off in the middle of the list.", reason="list_broke_off")
        marker = {"Marker": following}

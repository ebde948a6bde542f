"""What change types look and write through, as a part of the composition root."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.access.services import AccessServices
    from chalicelib.aws.sessions import Sessions
    from chalicelib.changes.base import Reading, Writing
    from chalicelib.core.arn import Arn
    from chalicelib.core.deployment import Deployment
    from chalicelib.inventory.store import ResourceStore
    from chalicelib.requests.gateways.rights import MapRights


class GatewayServices:
    def __init__(
        self,
        *,
        settings: Settings,
        aws: "Sessions",
        deployment: "Deployment",
        access: "Callable[[], AccessServices]",
        resources: "Callable[[], ResourceStore]",
        account_of: "Callable[[str], str | None]",
    ) -> None:
        self._settings = settings
        self._aws = aws
        self._deployment = deployment
        self._access = access
        self._resources = resources
        self._account_of = account_of

    @cached_property
    def _rights(self) -> "MapRights":
        from chalicelib.requests.gateways.rights import MapRights

        access = self._access()
        return MapRights(
            readers=access.store, resources=self._resources(), book=access.rulebook, grants=lambda: access.grants
        )

    @cached_property
    def reading(self) -> "Reading":
        """Through the role that reads: the function that plans has no other."""
        return self._through(self._deployment.spoke.read_role, "consoleme-requests").reading

    def writing(self, who: str) -> "Writing":
        """Through the role that changes, which only the functions that apply and take back may assume. CloudTrail shows `who`."""
        from chalicelib.aws.assume_role import session_name

        return self._through(self._deployment.spoke.apply_role, session_name(who))

    def _through(self, role_name: str, session_name: str) -> "Writing":
        from chalicelib.aws.iam_principals import IamPrincipals
        from chalicelib.aws.resource_policies import ResourcePolicies
        from chalicelib.changes.base import Writing

        external_id = self._deployment.spoke.external_id
        return Writing(
            IamPrincipals(self._aws, role_name=role_name, external_id=external_id, session_name=session_name),
            ResourcePolicies(
                self._aws,
                role_name=role_name,
                external_id=external_id,
                session_name=session_name,
                account_of_bucket=self._account_of,
                is_own=self._is_own,
            ),
            self._rights,
        )

    def _is_own(self, arn: "Arn") -> bool:
        """Queues and topics of the hub by their names, which all begin alike; names of buckets are nobody else's."""
        named_ours = arn.resource.startswith(self._settings.table_prefix)
        if arn.service == "s3":
            return named_ours or arn.resource in {self._settings.bucket, self._settings.audit_bucket}
        return named_ours and arn.account == self._deployment.hub.account_id

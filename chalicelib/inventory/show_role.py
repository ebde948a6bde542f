"""One role as the inventory knows it, who may use it, and what its trust policy lets this product send."""

from dataclasses import dataclass
from typing import Any

from chalicelib.access.explain import Why
from chalicelib.access.explain_access import ExplainAccess
from chalicelib.access.models import CredentialsConfig
from chalicelib.access.routes import trust_context
from chalicelib.access.selection import Application
from chalicelib.core.arn import Arn
from chalicelib.core.deployment import Deployment
from chalicelib.core.trust import (
    ASSUME_ROLE,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
    TrustContext,
    mending_statement,
    trust_allows,
)
from chalicelib.identity.permissions import View
from chalicelib.inventory.models import RoleRecord
from chalicelib.inventory.pages.addresses import ROLE, identity
from chalicelib.inventory.pages.show_resource import ResourcePage, ShowResource


@dataclass(frozen=True, slots=True)
class HubTrust:
    """Whether the role's trust policy lets the hub (or the last role on the way) set SourceIdentity and session tags.

    `mending_statement` is what to add to it; None when nothing is missing, when nobody may use the role anyway, and when a Deny
    is in the way, which no addition mends.
    """

    source_identity: bool
    session_tags: bool
    mending_statement: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class RolePage:
    """A role with what is said of any resource, and what only a role has."""

    page: ResourcePage
    role: RoleRecord
    trust: HubTrust
    authorized: tuple[Why, ...]
    apps: tuple[tuple[str, Application], ...] = ()
    """Applications that the configuration says run as it, by their names."""


class ShowRole:
    def __init__(
        self, *, show: ShowResource, explain: ExplainAccess, deployment: Deployment, credentials: CredentialsConfig
    ) -> None:
        self._show = show
        self._explain = explain
        self._deployment = deployment
        self._credentials = credentials

    def of(self, account_id: str, name: str, view: View, *, fresh: bool = False) -> RolePage:
        """`name` is the role's name, with or without its path. Raises NotFound, saying what to do.

        What is hidden from whoever looks is answered in the words for what does not exist.
        """
        wanted = identity(ROLE, self._deployment.hub.partition, account_id, name)
        page = self._show.of(wanted, view, fresh=fresh)
        role = page.record
        if not isinstance(role, RoleRecord):
            message = f"the type {wanted.kind.name} reads records of another type"
            raise TypeError(message)
        authorized = self._explain.holders(role.arn)
        asker = trust_context(Arn.parse(role.arn), self._credentials, self._deployment.hub)
        return RolePage(
            page=page,
            role=role,
            trust=hub_trust(role, asker, wanted=bool(authorized)),
            authorized=authorized,
            apps=tuple((app, one) for app, one in self._credentials.applications.items() if one.owns(role.arn)),
        )


def hub_trust(role: RoleRecord, asker: TrustContext, *, wanted: bool) -> HubTrust:
    """`asker` is who assumes the role: the hub, or the last role on the way to it."""
    verdicts = {
        action: trust_allows(role.trust_policy, action, asker)
        for action in (ASSUME_ROLE, SET_SOURCE_IDENTITY, TAG_SESSION)
    }
    missing = [action for action, verdict in verdicts.items() if not verdict.allowed]
    mendable = wanted and missing and all(verdicts[action].rule != "explicit_deny" for action in missing)
    return HubTrust(
        source_identity=verdicts[SET_SOURCE_IDENTITY].allowed,
        session_tags=verdicts[TAG_SESSION].allowed,
        mending_statement=mending_statement(asker.principal_arn, missing) if mendable else None,
    )

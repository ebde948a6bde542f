"""One role as the inventory knows it, who may use it, and what its trust policy lets this product send."""

import re
from dataclasses import dataclass
from typing import Any

from chalicelib.access.explain import Why
from chalicelib.access.explain_access import ExplainAccess
from chalicelib.access.models import CredentialsConfig
from chalicelib.access.routes import trust_context
from chalicelib.accounts.store import AccountStore
from chalicelib.core.arn import Arn, role_arn
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import NotFound
from chalicelib.core.hooks import ResourceFacts, ResourceNote
from chalicelib.core.trust import (
    ASSUME_ROLE,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
    TrustContext,
    mending_statement,
    trust_allows,
)
from chalicelib.identity.permissions import View
from chalicelib.identity.targets import target_of_arn
from chalicelib.inventory.models import InventoryConfig, Known, RoleRecord
from chalicelib.inventory.resource_notes import ResourceNotes
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.store import ResourceStore

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_LONGEST = 1000
"""Characters of an ARN: IAM allows 512 of path and 64 of name. More would not fit into a key."""


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
    """`observed_at` is when the role was last seen to have changed, in epoch seconds."""

    role: RoleRecord
    account_name: str | None
    owner: str | None
    observed_at: int
    config_timeline_url: str
    trust: HubTrust
    authorized: tuple[Why, ...]
    notes: tuple[ResourceNote, ...] = ()


class ShowRole:
    def __init__(
        self,
        *,
        store: ResourceStore,
        accounts: AccountStore,
        explain: ExplainAccess,
        notes: ResourceNotes,
        deployment: Deployment,
        credentials: CredentialsConfig,
        config: InventoryConfig,
    ) -> None:
        self._credentials = credentials
        self._store = store
        self._accounts = accounts
        self._explain = explain
        self._notes = notes
        self._deployment = deployment
        self._config = config

    def of(self, account_id: str, name: str, view: View) -> RolePage:
        """`name` is the role's name, with or without its path. Raises NotFound, saying what to do.

        What is hidden from whoever looks is answered in the words for what does not exist.
        """
        record = self._accounts.find(account_id) if _ACCOUNT.fullmatch(account_id) else None
        found = self._found(account_id, name.strip("/")) if record else None
        if found is not None and not view.resource(found[0].arn).allowed:
            found = None
        if record is None or (found is None and not view.account(record.account).allowed):
            raise NotFound(
                f"No account {account_id[:50]} is known. Known ones are listed by GET /api/v2/accounts; a new one is found by the "
                "next refresh.",
                reason="unknown_account",
            )
        if found is None:
            raise NotFound(
                f"The inventory has no role '{name[:200]}' in account {account_id} ({record.account.name}). If it exists in IAM, ask "
                "an administrator to refresh this account.",
                reason="unknown_role",
            )
        known, detail = found
        role = iam_role.unpacked(detail)
        authorized = self._explain.holders(known.arn)
        owner = iam_role.owner(role.tags, self._config.owner_tags)
        facts = ResourceFacts(iam_role.TYPE, target_of_arn(role.arn, record.account), role.name, owner, role.tags)
        return RolePage(
            role=role,
            account_name=record.account.name,
            owner=owner,
            observed_at=known.observed_at,
            config_timeline_url=iam_role.config_timeline_url(role, self._deployment.regions),
            trust=hub_trust(
                role,
                trust_context(Arn.parse(role.arn), self._credentials, self._deployment.hub),
                wanted=bool(authorized),
            ),
            authorized=authorized,
            notes=self._notes.of(facts),
        )

    def _found(self, account_id: str, name: str) -> tuple[Known, bytes] | None:
        arn = role_arn(self._deployment.hub.partition, account_id, name)
        if len(arn) > _LONGEST or not Arn.parse(arn).is_iam_role:
            return None
        direct = self._store.find(arn)
        if direct is not None or "/" in name:
            return direct
        pathed = self._store.arn_by_name(account_id, iam_role.TYPE, name)
        return self._store.find(pathed) if pathed else None


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

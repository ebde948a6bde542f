"""A resource with what belongs on its page, whatever its type: owner, age, links, notes, and whom its own policy lets in."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from chalicelib.accounts.models import AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.core.deployment import Deployment
from chalicelib.core.exposure import Exposure, exposure_of
from chalicelib.core.hooks import ResourceFacts, ResourceNote
from chalicelib.core.targets import Target
from chalicelib.db.scopes import Scopes
from chalicelib.identity.permissions import View
from chalicelib.identity.targets import tags_of
from chalicelib.inventory.models import InventoryConfig, RoleRecord
from chalicelib.inventory.pages.find import FindResource, Found, Wanted
from chalicelib.inventory.pages.links import config_timeline_url, console_url
from chalicelib.inventory.policed import PolicedResource
from chalicelib.inventory.resource_notes import ResourceNotes
from chalicelib.inventory.resource_type import Place, Resource, ResourceType

_ONE_BY_ONE = 3
"""Accounts that are looked up one by one; of more all are read with one query."""


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """`observed_at` is when it was last seen to have changed, `refreshed_at` when all of its type were last listed there, `read_at` when
    AWS was asked for this very page; all in epoch seconds. `warning` says why it may be older than was asked for.

    `known_accounts` are the names of accounts of ours that its policy lets in, as far as whoever looks sees them.
    """

    record: Resource
    kind: str
    technology: str
    account_name: str
    owner: str | None
    observed_at: int | None
    refreshed_at: int | None
    read_at: int | None
    warning: str | None
    config_timeline_url: str
    console_url: str | None
    exposure: Exposure
    known_accounts: dict[str, str]
    notes: tuple[ResourceNote, ...] = ()

    @property
    def refused(self) -> tuple[str, ...]:
        """Parts that the resource's own policy keeps from us."""
        return self.record.refused if isinstance(self.record, PolicedResource) else ()


class ShowResource:
    def __init__(
        self,
        *,
        find: FindResource,
        accounts: AccountStore,
        scopes: Scopes,
        notes: ResourceNotes,
        deployment: Deployment,
        config: InventoryConfig,
    ) -> None:
        self._find = find
        self._accounts = accounts
        self._scopes = scopes
        self._notes = notes
        self._deployment = deployment
        self._config = config

    @property
    def partition(self) -> str:
        return self._deployment.hub.partition

    def of(self, wanted: Wanted, view: View, *, fresh: bool = False) -> ResourcePage:
        """Raises NotFound, saying what to do."""
        found = self._find.of(wanted, view, fresh=fresh)
        record = found.record
        owner = self._config.owner_of(record.tags)
        exposure = exposed(record)
        technology = record.technology or wanted.kind.technology
        return ResourcePage(
            record=record,
            kind=wanted.kind.name,
            technology=technology,
            account_name=found.account.name,
            owner=owner,
            observed_at=found.changed_at,
            refreshed_at=self._refreshed_at(wanted.kind, record),
            read_at=found.read_at,
            warning=found.warning,
            config_timeline_url=config_timeline_url(record, technology, self._deployment.regions),
            console_url=console_url(record, wanted.kind),
            exposure=exposure,
            known_accounts=self._names({one.account_id for one in exposure.outsiders if one.account_id}, view),
            notes=self._notes.of(ResourceFacts(wanted.kind.name, target_of(found), record.name, owner, record.tags)),
        )

    def _refreshed_at(self, kind: ResourceType[Any], record: Resource) -> int | None:
        place = Place(record.account_id, record.region if kind.regional else "")
        state = self._scopes.find(kind.name, place.scope)
        return state.succeeded_at if state else None

    def _names(self, account_ids: Collection[str], view: View) -> dict[str, str]:
        if len(account_ids) <= _ONE_BY_ONE:
            records = [record for one in account_ids if (record := self._accounts.find(one)) is not None]
        else:
            records = [record for one, record in self._accounts.all().items() if one in account_ids]
        return {
            record.account.account_id: record.account.name
            for record in records
            if record.account.status is not AccountStatus.LEFT and view.account(record.account).allowed
        }


def exposed(record: Resource) -> Exposure:
    """Whom its own policy lets in from outside its account."""
    if isinstance(record, RoleRecord):
        return exposure_of(record.trust_policy, record.account_id)
    if not isinstance(record, PolicedResource):
        return Exposure()
    told = exposure_of(record.policy, record.account_id)
    if {"policy", "attributes"} & set(record.refused):
        return Exposure(told.outsiders, told.denies, (*told.unreadable, "AWS did not let us read its policy"))
    return told


def target_of(found: Found) -> Target:
    """As rules of visibility and plugins see it."""
    account, record = found.account, found.record
    if account.status is AccountStatus.LEFT:
        return Target(account_id=account.account_id, arn=record.arn, known=False)
    return Target(account_id=account.account_id, arn=record.arn, ou_path=account.ou_path, tags=tags_of(account))

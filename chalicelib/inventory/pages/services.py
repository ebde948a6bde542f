"""The pages' part of the composition root, and the history that they show."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.access.services import AccessServices
    from chalicelib.accounts.store import AccountStore
    from chalicelib.aws.objects import Objects
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.scopes import Scopes
    from chalicelib.inventory.history.archive import Archive
    from chalicelib.inventory.history.keep import History
    from chalicelib.inventory.models import InventoryConfig
    from chalicelib.inventory.pages.attached_to import AttachedPrincipals
    from chalicelib.inventory.pages.find import FindResource
    from chalicelib.inventory.pages.policy_documents import PolicyDocuments
    from chalicelib.inventory.pages.show_history import ShowHistory
    from chalicelib.inventory.pages.show_resource import ShowResource
    from chalicelib.inventory.pages.show_user import ShowUser
    from chalicelib.inventory.refresh.services import RefreshServices
    from chalicelib.inventory.resource_type import ResourceType
    from chalicelib.inventory.show_role import ShowRole
    from chalicelib.inventory.store import ResourceStore
    from chalicelib.plugins.calls import Calls


@dataclass(frozen=True, slots=True)
class Below:
    """What of the inventory pages read; `refresh` is asked for at first use."""

    objects: "Objects"
    accounts: "AccountStore"
    resources: "ResourceStore"
    scopes: "Scopes"
    refresh: Callable[[], "RefreshServices"]


class PageServices:
    def __init__(
        self,
        *,
        clock: Clock,
        deployment: "Deployment",
        config: "InventoryConfig",
        access: "AccessServices",
        hooks: "Calls",
        below: Below,
    ) -> None:
        self._clock = clock
        self._deployment = deployment
        self._config = config
        self._access = access
        self._hooks = hooks
        self._below = below

    @cached_property
    def archive(self) -> "Archive":
        from chalicelib.inventory.history.archive import Archive

        return Archive(self._below.objects)

    @cached_property
    def history(self) -> "History":
        """For whoever writes resources: told before each write."""
        from chalicelib.inventory.history.details_store import FormerDetails
        from chalicelib.inventory.history.keep import History

        return History(archive=self.archive, details=FormerDetails(), volatile=_volatile)

    @cached_property
    def show_history(self) -> "ShowHistory":
        from chalicelib.inventory.pages.show_history import ShowHistory

        return ShowHistory(archive=self.archive, store=self._below.resources, volatile=_volatile)

    @cached_property
    def _find(self) -> "FindResource":
        from chalicelib.inventory.pages.find import FindResource

        return FindResource(
            store=self._below.resources,
            accounts=self._below.accounts,
            refresh=self._below.refresh().one,
            listed=self._listed,
            clock=self._clock,
        )

    def _listed(self, kind: "ResourceType[Any]", region: str) -> bool:
        return kind in self._below.refresh().kinds and (not kind.regional or region in self._deployment.regions)

    @cached_property
    def show_resource(self) -> "ShowResource":
        from chalicelib.inventory.pages.show_resource import ShowResource
        from chalicelib.inventory.resource_notes import ResourceNotes

        return ShowResource(
            find=self._find,
            accounts=self._below.accounts,
            scopes=self._below.scopes,
            notes=ResourceNotes(self._hooks),
            deployment=self._deployment,
            config=self._config,
        )

    @cached_property
    def show_role(self) -> "ShowRole":
        from chalicelib.inventory.show_role import ShowRole

        return ShowRole(
            show=self.show_resource,
            explain=self._access.explain,
            deployment=self._deployment,
            credentials=self._access.credentials_config,
        )

    @cached_property
    def show_user(self) -> "ShowUser":
        from chalicelib.inventory.pages.show_user import ShowUser

        return ShowUser(self.show_resource)

    @cached_property
    def policy_documents(self) -> "PolicyDocuments":
        from chalicelib.inventory.pages.policy_documents import PolicyDocuments

        return PolicyDocuments(
            find=self._find,
            store=self._below.resources,
            accounts=self._below.accounts,
            reader=self._below.refresh().spokes,
            deployment=self._deployment,
            clock=self._clock,
        )

    @cached_property
    def attached_principals(self) -> "AttachedPrincipals":
        from chalicelib.inventory.pages.attached_to import AttachedPrincipals

        return AttachedPrincipals(find=self._find, store=self._below.resources, reader=self._below.refresh().spokes)


def _volatile(kind: str) -> Collection[str]:
    from chalicelib.inventory.registry import resource_types

    known = resource_types().get(kind)
    return known.record.VOLATILE if known is not None else ()

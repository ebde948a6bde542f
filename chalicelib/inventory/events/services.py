"""The events' part of the composition root: the inventory holds one of these."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.accounts.store import AccountStore
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.scopes import Scopes
    from chalicelib.inventory.events.follow_changes import FollowChanges
    from chalicelib.inventory.events.follow_denies import FollowDenies
    from chalicelib.inventory.events.models import TrailEvent
    from chalicelib.inventory.refresh.services import RefreshServices
    from chalicelib.inventory.resource_type import ResourceType
    from chalicelib.inventory.store import ResourceStore


class EventServices:
    """`refresh` is made when the first event asks for it."""

    def __init__(
        self,
        *,
        clock: Clock,
        deployment: "Deployment",
        accounts: "AccountStore",
        resources: "ResourceStore",
        refresh: Callable[[], "RefreshServices"],
        accounts_changed: Callable[[], object],
        take_deny: Callable[["TrailEvent"], object],
    ) -> None:
        self._clock = clock
        self._deployment = deployment
        self._accounts = accounts
        self._resources = resources
        self._refresh = refresh
        self._accounts_changed = accounts_changed
        self._take_deny = take_deny

    @cached_property
    def _scopes(self) -> "Scopes":
        from chalicelib.db.scopes import Scopes

        return Scopes()

    @cached_property
    def follow_changes(self) -> "FollowChanges":
        from chalicelib.inventory.events.batches import Batches
        from chalicelib.inventory.events.follow_changes import FollowChanges
        from chalicelib.inventory.events.look_again import LookAgain
        from chalicelib.inventory.events.store import SeenEvents

        look_again = LookAgain(
            refresh=self._refresh().one,
            is_listed=self._is_listed,
            accounts=self._accounts,
            resources=self._resources,
            scopes=self._scopes,
            clock=self._clock,
        )
        return FollowChanges(
            batches=Batches(SeenEvents("changes", self._clock)),
            look_again=look_again,
            accounts_changed=self._accounts_changed,
            partition=self._deployment.hub.partition,
            clock=self._clock,
        )

    def _is_listed(self, kind: "ResourceType[Any]", region: str) -> bool:
        return kind in self._refresh().kinds and (not kind.regional or region in self._deployment.regions)

    @cached_property
    def follow_denies(self) -> "FollowDenies":
        from chalicelib.inventory.events.follow_denies import FollowDenies

        return FollowDenies(self._take_deny)

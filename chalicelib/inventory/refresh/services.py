"""The refresh's part of the composition root: the inventory holds one of these and hands it what it stands on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Misconfigured
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.access.tell_rights import TellRights
    from chalicelib.accounts.services import AccountServices
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.queues import FifoQueue
    from chalicelib.aws.sessions import Sessions
    from chalicelib.aws.spoke_read import SpokeReader
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.scopes import Scopes
    from chalicelib.inventory.history.keep import History
    from chalicelib.inventory.judge import Judge
    from chalicelib.inventory.keep_resources import KeepResources
    from chalicelib.inventory.models import InventoryConfig
    from chalicelib.inventory.refresh.begin import BeginRefresh
    from chalicelib.inventory.refresh.finish import FinishRefresh
    from chalicelib.inventory.refresh.start import StartRefresh
    from chalicelib.inventory.refresh.store import RunStore
    from chalicelib.inventory.refresh.tell import TellRefreshes
    from chalicelib.inventory.refresh.visit_scopes import VisitScopes
    from chalicelib.inventory.refresh_one import RefreshOne
    from chalicelib.inventory.resource_type import ResourceType
    from chalicelib.inventory.search.news_store import NewsStore
    from chalicelib.inventory.store import ResourceStore
    from chalicelib.inventory.sync_account import SyncAccount
    from chalicelib.inventory.sync_scope import SyncScope


@dataclass(frozen=True, slots=True)
class Below:
    """What of the inventory a refresh writes to, and whom it tells; the functions are asked at first use."""

    accounts: "AccountServices"
    resources: "ResourceStore"
    scopes: "Scopes"
    news: "NewsStore"
    queue: Callable[[], "FifoQueue"]
    rights: Callable[[], "TellRights"]
    judge: Callable[[], "Judge"]
    history: Callable[[], "History"]


class RefreshServices:
    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        aws: "Sessions",
        audit: "AuditLog",
        deployment: "Deployment",
        config: "InventoryConfig",
        below: Below,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._aws = aws
        self._audit = audit
        self._deployment = deployment
        self._config = config
        self._below = below

    @cached_property
    def kinds(self) -> "tuple[ResourceType[Any], ...]":
        """The types that are listed. Raises Misconfigured for a name that no type has."""
        from chalicelib.inventory.registry import resource_types

        known = resource_types()
        chosen = known.keys() if self._config.types is None else self._config.types
        if unknown := sorted(set(chosen) - known.keys()):
            raise Misconfigured(
                f"inventory.types names {', '.join(unknown)}. Known are: {', '.join(known)}.", reason="unknown_type"
            )
        return tuple(known[name] for name in chosen)

    @cached_property
    def runs(self) -> "RunStore":
        from chalicelib.inventory.refresh.store import RunStore

        return RunStore(self._clock)

    @cached_property
    def spokes(self) -> "SpokeReader":
        from chalicelib.aws.spoke_read import SpokeReader

        return SpokeReader(self._aws, self._deployment)

    @cached_property
    def start(self) -> "StartRefresh":
        from chalicelib.aws.states import StateMachines
        from chalicelib.inventory.refresh.start import RefreshMachine, StartRefresh

        return StartRefresh(
            runs=self.runs,
            accounts=self._below.accounts.store,
            machine=RefreshMachine(StateMachines(self._aws), self._settings.refresh_state_machine_arn),
            types=[kind.name for kind in self.kinds],
            audit=self._audit,
            clock=self._clock,
        )

    @cached_property
    def begin(self) -> "BeginRefresh":
        from chalicelib.inventory.refresh.begin import BeginRefresh

        return BeginRefresh(
            list_accounts=self._below.accounts.list_accounts,
            accounts=self._below.accounts.store,
            runs=self.runs,
            clock=self._clock,
        )

    @cached_property
    def keep(self) -> "KeepResources":
        from chalicelib.inventory.keep_resources import KeepResources

        return KeepResources(
            store=self._below.resources,
            rights=self._below.rights(),
            judge=self._below.judge(),
            news=self._below.news,
            history=self._below.history(),
            config=self._config,
        )

    @cached_property
    def sync_scope(self) -> "SyncScope":
        from chalicelib.inventory.sync_scope import SyncScope

        return SyncScope(spokes=self.spokes, store=self._below.resources, keep=self.keep, scopes=self._below.scopes)

    @cached_property
    def visit_scopes(self) -> "VisitScopes":
        from chalicelib.inventory.refresh.checkpoint_store import Checkpoints
        from chalicelib.inventory.refresh.lease_store import VisitLeases
        from chalicelib.inventory.refresh.visit_scopes import VisitScopes

        return VisitScopes(
            sync=self.sync_scope,
            leases=VisitLeases(self._clock),
            checkpoints=Checkpoints(self._clock),
            scopes=self._below.scopes,
            at_once=self._config.listings_at_once,
            clock=self._clock,
        )

    @cached_property
    def sync_account(self) -> "SyncAccount":
        from chalicelib.inventory.sync_account import Reach, SyncAccount
        from chalicelib.inventory.withdraw_account import WithdrawAccount

        return SyncAccount(
            visit_scopes=self.visit_scopes,
            withdraw=WithdrawAccount(store=self._below.resources, keep=self.keep),
            reach=Reach(self.kinds, self._deployment.regions, self._below.accounts.read_account.facts),
            accounts=self._below.accounts.store,
            runs=self.runs,
            scopes=self._below.scopes,
            clock=self._clock,
        )

    @cached_property
    def one(self) -> "RefreshOne":
        from chalicelib.inventory.refresh_one import RefreshOne

        return RefreshOne(
            spokes=self.spokes,
            store=self._below.resources,
            keep=self.keep,
            accounts=self._below.accounts.store,
            clock=self._clock,
        )

    @cached_property
    def finish(self) -> "FinishRefresh":
        from chalicelib.inventory.refresh.finish import FinishRefresh

        return FinishRefresh(
            runs=self.runs,
            accounts=self._below.accounts.store,
            queue=self._below.queue(),
            scopes=self._below.scopes,
            clock=self._clock,
        )

    @cached_property
    def tell(self) -> "TellRefreshes":
        from chalicelib.inventory.refresh.tell import TellRefreshes

        return TellRefreshes(
            runs=self.runs, accounts=self._below.accounts.store, scopes=self._below.scopes, clock=self._clock
        )

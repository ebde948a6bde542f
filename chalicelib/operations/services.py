"""The operations' part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.core.hooks import MetricSample, PluginJob
    from chalicelib.db.jobs import Jobs
    from chalicelib.inventory.services import InventoryServices
    from chalicelib.operations.heartbeat import Heartbeat
    from chalicelib.operations.queues import TellQueues
    from chalicelib.operations.refresh_now import RefreshNow
    from chalicelib.operations.run_now import RunNow
    from chalicelib.operations.scopes import Kind
    from chalicelib.operations.tell import TellOperations


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What other parts do, asked when it is needed."""

    inventory: "Callable[[], InventoryServices]"
    plugin_jobs: "Callable[[], Mapping[str, PluginJob]]"
    measure: "Callable[[MetricSample], None]"


class OperationServices:
    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        deployment: "Deployment",
        aws: "Sessions",
        audit: "AuditLog",
        jobs: "Jobs",
        elsewhere: Elsewhere,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._deployment = deployment
        self._aws = aws
        self._audit = audit
        self._jobs = jobs
        self._elsewhere = elsewhere

    def _kinds(self) -> "Mapping[str, Kind]":
        from chalicelib.operations.kinds import kinds_of

        return kinds_of(self._elsewhere.inventory().refresh.kinds, self._deployment.regions)

    @cached_property
    def tell(self) -> "TellOperations":
        from chalicelib.accounts.facts_store import FactsStore
        from chalicelib.accounts.store import AccountStore
        from chalicelib.db.scopes import Scopes
        from chalicelib.operations.tell import TellOperations

        return TellOperations(
            jobs=self._jobs,
            plugin_jobs=self._elsewhere.plugin_jobs,
            kinds=self._kinds,
            accounts=AccountStore(),
            facts=FactsStore(),
            scopes=Scopes(),
            clock=self._clock,
        )

    @cached_property
    def queues(self) -> "TellQueues":
        from chalicelib.aws.health import StackHealth
        from chalicelib.operations.queues import TellQueues

        return TellQueues(
            health=StackHealth(self._aws),
            known_url=self._settings.authorization_queue_url,
            prefix=self._settings.table_prefix,
        )

    @cached_property
    def heartbeat(self) -> "Heartbeat":
        from chalicelib.operations.heartbeat import Heartbeat

        return Heartbeat(tell=self.tell, measure=self._elsewhere.measure, clock=self._clock)

    @cached_property
    def run_now(self) -> "RunNow":
        from chalicelib.aws.functions import Functions
        from chalicelib.operations.run_now import RunNow

        return RunNow(
            declared=self.tell.declared,
            jobs=self._jobs,
            functions=Functions(self._aws, self._settings.function_prefix),
            audit=self._audit,
            clock=self._clock,
            region=self._settings.region,
        )

    @cached_property
    def refresh_now(self) -> "RefreshNow":
        from chalicelib.operations.refresh_now import RefreshNow

        inventory = self._elsewhere.inventory()
        return RefreshNow(accounts=inventory.accounts, start=inventory.refresh.start)

"""What lives as long as a process, whatever configuration is in force: the lower half of the composition root.

A container that is made for another configuration takes all of this over as it is; nothing here may hold a section.
"""

import functools
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.core.clock import Clock, SystemClock
from chalicelib.sections import SECTIONS, section_models
from chalicelib.settings import Settings, load

if TYPE_CHECKING:
    import pluggy

    from chalicelib.audit.services import AuditServices
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.secrets import SigningKeys
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.hooks import MetricSample
    from chalicelib.db.jobs import Jobs
    from chalicelib.dynamic_config.in_force import InForce
    from chalicelib.dynamic_config.packaged import Packaged
    from chalicelib.plugins.calls import Calls
    from chalicelib.plugins.doors import Routes as PluginRoutes
    from chalicelib.plugins.run_jobs import RunPluginJobs


class ProcessLived:
    def __init__(self, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or load()
        self.clock: Clock = clock or SystemClock()

    def lived(self) -> dict[str, Any]:
        """The parts that were made so far, by the names of their properties."""
        ours = {name for name, found in vars(ProcessLived).items() if isinstance(found, cached_property)}
        return {name: part for name, part in vars(self).items() if name in ours}

    def _builtin_hooks(self) -> list[object]:
        return []

    @cached_property
    def packaged(self) -> "Packaged":
        from chalicelib.dynamic_config.document import Configuration
        from chalicelib.dynamic_config.packaged import Packaged

        return Packaged(Configuration.from_file(self.settings.config_file, SECTIONS), SECTIONS, section_models)

    @cached_property
    def in_force(self) -> "InForce":
        from chalicelib.dynamic_config.in_force import InForce
        from chalicelib.dynamic_config.store import ConfigStore

        return InForce(packaged=self.packaged, store=ConfigStore(), clock=self.clock)

    @cached_property
    def plugins(self) -> "pluggy.PluginManager":
        from chalicelib.plugins.manager import load_plugins

        return load_plugins(self.settings.plugins, self._builtin_hooks())

    @cached_property
    def hooks(self) -> "Calls":
        from chalicelib.plugins.calls import Calls

        return Calls(self.plugins)

    def check_plugins(self) -> None:
        """A plugin that does not fit stops the start, and not the first person who happens to need it. Raises Misconfigured."""
        from chalicelib.plugins.doors import jobs_of

        if self.settings.plugins:
            jobs_of(self.hooks)
            self.plugin_routes  # noqa: B018 made and checked

    def measure(self, sample: "MetricSample") -> None:
        """Tells plugins a number. Raises nothing, and costs nothing where there are none."""
        if self.settings.plugins:
            self.hooks.tolerant("metric", sample=sample)

    @cached_property
    def plugin_routes(self) -> "PluginRoutes":
        from chalicelib.plugins.doors import routes_of

        return routes_of(self.hooks)

    @cached_property
    def plugin_jobs(self) -> "RunPluginJobs":
        from chalicelib.plugins.doors import jobs_of
        from chalicelib.plugins.run_jobs import RunPluginJobs

        return RunPluginJobs(jobs=functools.cache(lambda: jobs_of(self.hooks)), records=self.jobs, clock=self.clock)

    @cached_property
    def aws(self) -> "Sessions":
        from chalicelib.aws.sessions import Sessions

        return Sessions(
            clock=self.clock,
            region=self.settings.region,
            endpoint_url=self.settings.aws_endpoint_url,
            states_endpoint_url=self.settings.states_endpoint_url,
        )

    @cached_property
    def jobs(self) -> "Jobs":
        from chalicelib.db.jobs import Jobs

        return Jobs(self.clock)

    @cached_property
    def audit(self) -> "AuditLog":
        from chalicelib.audit.store import AuditLog

        return AuditLog(self.clock)

    @cached_property
    def auditing(self) -> "AuditServices":
        from chalicelib.audit.services import AuditServices

        return AuditServices(settings=self.settings, clock=self.clock, aws=self.aws, log=self.audit)

    @cached_property
    def signing_keys(self) -> "SigningKeys":
        from chalicelib.aws.secrets import SigningKeys

        return SigningKeys(self.aws, self.settings.session_secret, self.clock)

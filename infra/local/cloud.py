"""The laptop cloud as a whole: puts its parts together, starts them in order, stops them in the other."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Any, Self, TypeVar

from infra.local import aws, federation, lambda_api, people, roles, stack, states, verify_audit
from infra.local.api_gateway import ApiGateway
from infra.local.declared import API, Declared, Function, load
from infra.local.embedded import EmbeddedAws
from infra.local.environment import Surroundings
from infra.local.federation import Federation
from infra.local.functions import FunctionHosts, Group
from infra.local.gaps import deny
from infra.local.gateway import Gateway, by_prefix, under_one_name
from infra.local.interpreter import Answer
from infra.local.options import LaptopConfiguration, Options, configuration
from infra.local.people import Person, SignIn
from infra.local.queues import QueuePoller
from infra.local.routes import RouteTable
from infra.local.scheduler import Scheduler
from infra.local.static_files import StaticFiles
from infra.local.telling import setting, sites

_SIGN_IN = Function("sign_in", "infra.local.sign_in.start_session", timeout=29)
_VERIFY = Function("verify_audit", "infra.local.verify_audit.verify", timeout=300)
_CONTAINERS = max(2, min(4, os.cpu_count() or 2))
_CONTAINERS_ELSEWHERE = 1
"""An embedded AWS of somebody else's may lose writes that come at the same time: its transactions copy and restore whole tables."""

Found = TypeVar("Found")


class LaptopCloud:
    """Use it with `with`, or `start` and `stop`. One at a time in a process."""

    def __init__(
        self, options: Options | None = None, *, declared: Declared | None = None, log: Path | None = None
    ) -> None:
        """Raises BadOptionsError and RouteShapeError. `declared` replaces what `app.py` declares; `log` takes what functions write."""
        self.options = options or Options(demo="small")
        self.options.check()
        self.people: tuple[Person, ...] = self.options.read_people()
        self.declared = declared or load(self.options.root)
        self._routes = RouteTable(self.declared.routes)
        self._stack = ExitStack()
        self._log = log
        self.embedded: EmbeddedAws | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        self._stack.close()

    def start(self) -> None:
        """Raises BadOptionsError, PortTakenError and StateMachineError; then nothing is left running."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        self._directory = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="consoleme-")))
        self.log = self._log or self._directory / "functions.log"
        self.gateway = Gateway(self.options.port)
        self._stack.callback(self.gateway.stop)
        self._start_aws()
        self.configuration = self._configure()
        self.aws = self._aws()
        self.kept = stack.create(self.options.root, self.client)
        self.slack = setting.prepared(self.people, self.client)
        self._create_roles()
        self.state_machine_arns = self._create_state_machines()
        self.hosts = self._function_hosts()
        self._stack.callback(self.hosts.stop)
        self.hosts.warm(self._groups[API])
        if self.options.enforce and self.embedded:
            self.embedded.enforce_policies()
        self._open_front_door()
        self._start_triggers()
        if self.embedded and self.options.aws_endpoint is None:
            self.embedded.trail.open(self.account_id, self.region)

    # --- The parts, in the order of the start ---------------------------------------------------------------------------------------------

    def _start_aws(self) -> None:
        if self.options.aws_endpoint is None or self.options.step_functions == "embedded":
            self.embedded = EmbeddedAws(self.invoke, retry_divisor=self.options.seconds_divisor)
            self.embedded.start()
            self._stack.callback(self.embedded.stop)

    def _configure(self) -> LaptopConfiguration:
        source, text = self._document()
        found = configuration(
            text, source, federation_url=self.gateway.url + federation.PATH, overlay=self.options.overlay
        )
        self._config_file = self._directory / "configuration.yaml"
        self._config_file.write_text(found.text, encoding="utf-8")
        return found

    def _document(self) -> tuple[str, str]:
        """Name and text of the configuration: the demo's own, unless one was given."""
        text, source = "", "the demo's configuration"
        if self.options.demo != "none" and self.embedded:
            from infra.local.demo import seed

            demo = seed(self.embedded.endpoint_url, size=self.options.demo)
            text = demo.config_yaml
            self.people = self.people or tuple(
                Person(one.email, tuple(one.groups), one.name, one.title) for one in demo.people
            )
        if self.options.config is not None:
            text, source = self.options.config.read_text(encoding="utf-8"), self.options.config.name
        return source, text

    def _aws(self) -> aws.Aws:
        if self.options.aws_endpoint is not None:
            return aws.Elsewhere(self.options.aws_endpoint.rstrip("/"), self.embedded)
        assert self.embedded is not None  # noqa: S101 it was started
        return aws.Embedded(self.embedded, self.account_id)

    def _create_roles(self) -> None:
        if self.options.aws_endpoint is not None:
            return
        iam = self.client("iam")
        names = {
            "AWS::AccountId": self.account_id,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::StackName": stack.NAME,
        }
        values = {
            **names,
            "TablePrefix": stack.TABLE_PREFIX,
            "DataBucket": self.kept.bucket,
            "AuditBucket": self.kept.audit_bucket,
            "AuditKey": self.kept.audit_key_id,
            "SessionSecretName": stack.SESSION_SECRET,
        }
        roles.create_all(
            iam, self.options.root, self.declared.functions, self._groups, names=self.configuration.names, stack=values
        )
        arns = {name: self._role_arn(self._groups[name]) for name in self.declared.functions}
        lambda_api.register(self.declared.functions.values(), arns, self.client("lambda"))

    def _create_state_machines(self) -> dict[str, str]:
        arn_of = {name: self._function_prefix + name for name in self.declared.functions}
        machines = states.declared(self.options.root, table_prefix=stack.TABLE_PREFIX, arn_of=arn_of)
        divisor = self.options.seconds_divisor
        scaled = {
            stem: states.StateMachine(one.name, states.scaled(one.definition, divisor))
            for stem, one in machines.items()
        }
        role_arn = f"arn:aws:iam::{self.account_id}:role/{stack.NAME}-states"
        return stack.create_state_machines(scaled, self.client("stepfunctions"), role_arn)

    def _function_hosts(self) -> FunctionHosts:
        surroundings = Surroundings(
            root=self.options.root,
            home=self._directory,
            public_url=self.url,
            region=self.region,
            config_file=self._config_file,
            endpoint_url=self.aws.endpoint_url,
            states_endpoint_url=self.aws.states_endpoint_url,
            kept=self.kept,
            state_machine_arns=self.state_machine_arns,
            plugins=self.options.plugins,
        )
        limit = _CONTAINERS if self.options.aws_endpoint is None else _CONTAINERS_ELSEWHERE
        by_name = {
            name: Group(name, self._environment_of(name, surroundings), limit) for name in set(self._groups.values())
        }
        self.log.parent.mkdir(parents=True, exist_ok=True)
        log = self._stack.enter_context(self.log.open("wb", buffering=0))
        groups = {function: by_name[group] for function, group in self._groups.items()}
        return FunctionHosts(
            self.declared.functions, groups, root=self.options.root, log=log, arn_prefix=self._function_prefix
        )

    def _environment_of(self, group: str, surroundings: Surroundings) -> Callable[[], Mapping[str, str]]:
        role_arn = self._role_arn(group)
        return lambda: surroundings.variables(self.aws.of_function(role_arn, group, self.region))

    def _role_arn(self, group: str) -> str:
        return f"arn:aws:iam::{self.account_id}:role/{roles.role_name(group, self.configuration.names)}"

    def _start_triggers(self) -> None:
        for source in self.declared.queues:
            poller = QueuePoller(source, self.client("sqs"), self.hosts.invoke, region=self.region)
            poller.start()
            self._stack.callback(poller.stop)
        schedules = self.declared.schedules if self.options.schedules else ()
        self.scheduler = Scheduler(schedules, self.hosts.invoke, account_id=self.account_id, region=self.region)
        self.scheduler.start()
        self._stack.callback(self.scheduler.stop)

    def _open_front_door(self) -> None:
        api = ApiGateway(
            self._routes, self._call_api, account_id=self.account_id, binary_types=self.declared.binary_types
        )
        self._stack.callback(api.close)
        self.sign_in = SignIn(self.people, self._start_session, self.gateway.hosts)
        page = under_one_name(StaticFiles(self.options.root).answer, self.url)
        console = Federation(lambda session: aws.identify(session, self.aws.endpoint_url, self.region))
        local = {
            people.PAGE_PATH: under_one_name(self.sign_in.page, self.url),
            people.SIGN_IN_PATH: self.sign_in.sign_in,
            federation.PATH: console.answer,
            federation.CONSOLE_PATH: console.console,
            verify_audit.PATH: verify_audit.site(lambda: self.hosts.run(_VERIFY, self._groups[_VERIFY.name], {})),
        }
        local |= sites.all_of(self.slack, self.gateway, self.account_id, self.region)
        if self.embedded and self.options.aws_endpoint is None:
            local[deny.PATH] = deny.DenySite(self.embedded.trail.put, self.gateway.hosts).answer
        self.gateway.start(by_prefix(local, self._routes.is_api, api.answer, page))

    def _call_api(self, event: Any) -> Answer:
        return self.hosts.invoke(API, event)

    def _start_session(self, person: Mapping[str, Any]) -> Answer:
        return self.hosts.run(_SIGN_IN, self._groups[API], person)

    # --- For tests and for the command line ---------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return self.gateway.url

    @property
    def aws_endpoint(self) -> str:
        return self.aws.endpoint_url

    @property
    def account_id(self) -> str:
        """The hub account."""
        return self.configuration.deployment.hub.account_id

    @property
    def region(self) -> str:
        return self.configuration.region

    @cached_property
    def _groups(self) -> dict[str, str]:
        return roles.groups(self.declared.functions, self.configuration.names, per_function=self.options.per_function)

    @property
    def _function_prefix(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:"

    def client(self, service: str, *, account_id: str = "", region: str = "") -> Any:
        """A client of the hub account, or of another account of the embedded AWS, that may do everything."""
        endpoint = self.aws.states_endpoint_url if service == "stepfunctions" else self.aws.endpoint_url
        credentials = self.aws.administrator()
        if account_id and account_id != self.account_id:
            assert self.embedded is not None  # noqa: S101 another AWS has accounts of its own
            credentials = self.embedded.root_credentials(account_id)
        return aws.client(service, endpoint, region or self.region, credentials)

    def invoke(self, function: str, event: Any) -> Answer:
        """Calls a function as Lambda's Invoke would. Raises UnknownFunctionError."""
        return self.hosts.invoke(function, event)

    def wait_for_execution(self, arn: str, timeout: float = 30.0) -> dict[str, Any]:
        """What DescribeExecution says once the execution has ended. Raises TimeoutError."""
        states_client = self.client("stepfunctions")

        def ended() -> dict[str, Any] | None:
            described: dict[str, Any] = states_client.describe_execution(executionArn=arn)
            return described if described["status"] != "RUNNING" else None

        return until(ended, timeout, f"the execution {arn} has not ended")


def until(look: Callable[[], Found | None], timeout: float, failure: str) -> Found:
    """Looks again and again until there is something. Raises TimeoutError with `failure`."""
    end = time.monotonic() + timeout
    pause = Event()
    while (found := look()) is None:
        if time.monotonic() > end:
            raise TimeoutError(f"After {timeout:g} s {failure}.")
        pause.wait(0.03)
    return found

"""The embedded AWS: moto's server in this process, on loopback, with what it lacks put before it."""

import functools
import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from infra.local.callers import Callers
from infra.local.dynamo import OneAtATime, small_transactions
from infra.local.enforcement import by_resource
from infra.local.gaps.aws_policies import offered_everywhere
from infra.local.gaps.cloudtrail import CloudTrail
from infra.local.gaps.config_queries import answered_from_what_exists
from infra.local.gaps.encoded_messages import decoded_by_sts
from infra.local.gaps.user_boundaries import users_may_be_bounded
from infra.local.interpreter import Invoke, directed_to, replaced, retries_sooner
from infra.local.sts import AssumeRoleGate
from infra.local.trust_policy import Caller, allows

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

LOOPBACK = "127.0.0.1"
_PORT = "MOTO_PORT"


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)

    def client_arguments(self) -> dict[str, Any]:
        return {
            "aws_access_key_id": self.access_key_id,
            "aws_secret_access_key": self.secret_access_key,
            "aws_session_token": self.session_token,
        }

    def environment(self) -> dict[str, str]:
        variables = {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}
        return variables | ({"AWS_SESSION_TOKEN": self.session_token} if self.session_token else {})


class EmbeddedAws:
    """One at a time in a process: moto keeps its state in modules. Starting begins with an empty AWS."""

    def __init__(self, invoke: Invoke, *, retry_divisor: float = 1.0) -> None:
        """Step Functions waits `retry_divisor` times less before it retries."""
        self._invoke = invoke
        self._retry_divisor = retry_divisor
        self._stack = ExitStack()
        self._root_keys: dict[str, str] = {}
        self.callers = Callers()
        self.port = 0

    @property
    def endpoint_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        from moto.core.config import default_user_config
        from moto.moto_api._internal.models import moto_api_backend

        moto_api_backend.reset()
        before = default_user_config["stepfunctions"]
        default_user_config["stepfunctions"] = {"execute_state_machine": True}
        self._stack.callback(default_user_config.__setitem__, "stepfunctions", before)
        self.trail = CloudTrail(AssumeRoleGate(OneAtATime(_moto_application()), self.callers), self.callers)
        server = _server(self.trail)
        self.port = server.server_port
        self._announce()
        self._stack.enter_context(directed_to(self._invoke))
        self._stack.enter_context(retries_sooner(self._retry_divisor))
        self._stack.enter_context(small_transactions())
        self._stack.enter_context(_methods_looked_up_once())
        self._stack.enter_context(answered_from_what_exists())
        self._stack.enter_context(offered_everywhere())
        self._stack.enter_context(decoded_by_sts())
        self._stack.enter_context(users_may_be_bounded())
        self._stack.enter_context(by_resource(self._root_keys, self.callers.session_policies))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="aws", daemon=True)
        thread.start()
        self._stack.callback(_stopped, server, thread)

    def stop(self) -> None:
        self._stack.close()

    def _announce(self) -> None:
        """Moto's interpreter finds its own server by this variable."""
        before = os.environ.get(_PORT)  # noqa: TID251 moto's variable, not a setting of ours
        os.environ[_PORT] = str(self.port)  # noqa: TID251
        self._stack.callback(_restore_port, before)

    def enforce_policies(self) -> None:
        """From now on every call is checked against the policies of its caller."""
        request = Request(f"{self.endpoint_url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"})  # noqa: S310 our own server
        with urlopen(request, timeout=10):  # noqa: S310
            self._stack.callback(_without_enforcement)

    def root_credentials(self, account_id: str) -> Credentials:
        """A key of the account's root user: how the laptop cloud itself works in an account."""
        from moto.iam.models import iam_backends

        key = iam_backends[account_id]["aws"].create_temp_access_key()
        self._root_keys[key.access_key_id] = key.secret_access_key
        return Credentials(key.access_key_id, key.secret_access_key)

    def function_credentials(self, role_arn: str, function: str, region: str) -> Credentials:
        """What Lambda gives a function: a session of its execution role, when the role trusts Lambda."""
        from moto.sts.models import sts_backends

        from infra.local.callers import find_role

        _, partition, _, _, account_id, _ = role_arn.split(":", 5)
        role = find_role(role_arn)
        service = Caller("lambda", account_id, "Service", frozenset({"lambda.amazonaws.com"}))
        if role is None or not allows(role.assume_role_policy_document, "sts:AssumeRole", service, {}):
            raise PermissionError(
                f"Lambda may not assume {role_arn}: it does not exist or does not trust lambda.amazonaws.com."
            )
        session = sts_backends[account_id][partition].assume_role(
            region_name=region, role_session_name=function, role_arn=role_arn, policy="", duration=43200, external_id=""
        )
        return Credentials(session.access_key_id, session.secret_access_key, session.session_token)


def _restore_port(before: str | None) -> None:
    os.environ.pop(_PORT, None)  # noqa: TID251
    if before is not None:
        os.environ[_PORT] = before  # noqa: TID251


def _without_enforcement() -> None:
    from moto import settings

    settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")


def _moto_application() -> Any:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    application: Any = DomainDispatcherApplication(create_backend_app)
    # It would look through its own folder at every request, for a quarter of the time that a request takes.
    application.get_backend_for_host = functools.cache(application.get_backend_for_host)
    return application


@contextmanager
def _methods_looked_up_once() -> Iterator[None]:
    """As often as moto handles a request it would inspect the class that does."""
    from moto.core import responses, utils

    with replaced(responses, "method_names_from_class", functools.cache(utils.method_names_from_class)):
        yield


def _server(application: Any) -> "BaseWSGIServer":
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    class Quiet(MotoRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_: Any) -> None:
            """One line per AWS call would hide everything else."""

    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # It warns of what it leaves out, into the middle of what people read; what a state machine may use is checked elsewhere.
    logging.getLogger("moto.stepfunctions").setLevel(logging.ERROR)
    # It warns of each thing that it ignores, and calls the end of an execution by its own Fail state an error.
    logging.getLogger("moto").setLevel(logging.ERROR)
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    return make_server(LOOPBACK, 0, application, threaded=True, request_handler=Quiet)


def _stopped(server: "BaseWSGIServer", thread: Thread) -> None:
    server.shutdown()
    thread.join()
    server.server_close()

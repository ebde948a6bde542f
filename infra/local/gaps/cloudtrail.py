"""CloudTrail, which moto has no events of: each call that changes something, or is refused, becomes the event that AWS would write.

In AWS a rule in every account and region forwards its events to the hub (infra/event-forwarding.yaml). Here they are put onto the hub's
default bus at once, and from there the product's own rules take them.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from infra.local.callers import Callers
from infra.local.gaps.trail_calls import Call, call_of, scope_of
from infra.local.gaps.trail_records import Happened, account_created, entry, identity_of, is_refusal, record

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FOLLOWED = frozenset({"iam", "organizations", "s3", "sns", "sqs"})
"""Whose changes are told; refused calls are told of every service."""


class CloudTrail:
    """The WSGI application before all others: lets every request pass, and tells of it afterwards."""

    def __init__(self, inner: "WSGIApplication", callers: Callers) -> None:
        self._inner = inner
        self._callers = callers
        self._bus: Any = None

    def open(self, account_id: str, region: str) -> None:
        """From now on events are put onto the default bus of this account."""
        from moto.events.models import events_backends

        self._bus = events_backends[account_id][region]

    def put(self, written: Mapping[str, Any]) -> None:
        self._bus.put_events([entry(written)])

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        call = self._call(environ) if self._bus is not None else None
        if call is None or call.on_data:
            return self._inner(environ, start_response)
        started: list[Any] = []

        def hold(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started[:] = [status, headers, exc_info]

        answered: Any = self._inner(environ, hold)
        try:
            body = b"".join(answered)
        finally:
            if hasattr(answered, "close"):
                answered.close()
        status, headers, exc_info = started
        self._tell(environ, call, call.answered(int(status[:3]), dict(headers), body))
        start_response(status, headers, exc_info)
        return iter([body])

    def _tell(self, environ: "WSGIEnvironment", call: Call, told: Mapping[str, Any]) -> None:
        """Nothing of reading that succeeded, and of what was done in other services than the followed ones."""
        error = told.get("Error", {})
        refused = is_refusal(str(error.get("Code", "")))
        if not refused and (call.reads or error or call.service not in _FOLLOWED):
            return
        caller = self._callers.of(environ)
        happened = Happened(
            service=call.service,
            operation=call.operation,
            region=call.region,
            account_id=caller.account_id,
            request=call.parameters,
            response={} if error else told,
            error=(_code(call, str(error["Code"])), str(error.get("Message", ""))) if refused else ("", ""),
            reads=call.reads,
            address=environ.get("REMOTE_ADDR", ""),
            agent=environ.get("HTTP_USER_AGENT", ""),
        )
        self.put(record(identity_of(caller), happened))
        if (call.service, call.operation) == ("organizations", "CreateAccount") and not error:
            self.put(account_created(caller.account_id, told))

    def _call(self, environ: "WSGIEnvironment") -> Call | None:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not scope_of(environ)[1] or not length.isdigit():
            return None
        body = environ["wsgi.input"].read(int(length))
        environ["wsgi.input"] = BytesIO(body)
        return call_of(environ, body)


def _code(call: Call, code: str) -> str:
    """EC2's errors have another name in CloudTrail than in its answers."""
    return f"Client.{code}" if call.service == "ec2" else code

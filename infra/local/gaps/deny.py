"""`POST /local/deny`: the event of a call that AWS refused, with the words that AWS has for the policy in the way."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from infra.local.gaps.encoded_messages import decision, encode
from infra.local.gaps.trail_records import Happened, record, session_identity
from infra.local.http import HttpReply, HttpRequest, json_reply, posted_from_elsewhere, problem

PATH = "/local/deny"
_KINDS = {
    "identity_policy": ("identity-based policy", "an identity-based policy"),
    "permissions_boundary": ("permissions boundary", "a permissions boundary"),
    "session_policy": ("session policy", "a session policy"),
    "service_control_policy": ("service control policy", "a service control policy"),
    "resource_control_policy": ("resource control policy", "a resource control policy"),
    "resource_policy": ("resource-based policy", "a resource-based policy"),
    "trust_policy": ("role trust policy", "a role trust policy"),
    "vpc_endpoint_policy": ("VPC endpoint policy", "a VPC endpoint policy"),
}
_CALLED_OTHERWISE = {
    "s3:ListBucket": "ListObjects",
    "s3:ListAllMyBuckets": "ListBuckets",
    "lambda:InvokeFunction": "Invoke",
}
"""API calls whose IAM action has another name."""
_SOURCES = {"cloudwatch": "monitoring"}

Put = Callable[[Mapping[str, Any]], None]


class Refusal(BaseModel):
    """`who` is the ARN of a role or a user. `encoded` words the refusal as EC2 does."""

    model_config = ConfigDict(extra="forbid")

    who: Annotated[str, StringConstraints(pattern=r"^arn:[\w-]+:iam::\d{12}:(role|user)/[\w+=,.@/-]+$")]
    action: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+:[A-Za-z0-9]+$")]
    resource: str = Field(default="*", min_length=1, max_length=2048)
    layer: str = "identity_policy"
    explicit: bool = False
    encoded: bool = False
    source_identity: str = ""
    session_name: str = "laptop"
    region: str = "us-east-1"

    @property
    def caller(self) -> str:
        """A role calls by a session of it, whose ARN has no path."""
        _, partition, _, _, account, named = self.who.split(":", 5)
        kind, _, rest = named.partition("/")
        if kind == "user":
            return self.who
        return f"arn:{partition}:sts::{account}:assumed-role/{rest.rpartition('/')[2]}/{self.session_name}"

    @property
    def message(self) -> str:
        if self.encoded:
            found = decision(caller=self.caller, action=self.action, resource=self.resource, explicit=self.explicit)
            return f"You are not authorized to perform this operation. Encoded authorization failure message: {encode(found)}"
        return (
            f"User: {self.caller} is not authorized to perform: {self.action} on resource: {self.resource}{self._why}"
        )

    @property
    def _why(self) -> str:
        missing, denying = _KINDS[self.layer]
        if self.explicit:
            return f" with an explicit deny in {denying}"
        return f" because no {missing} allows the {self.action} action"


class DenySite:
    def __init__(self, put: Put, own_origins: Callable[[], frozenset[str]]) -> None:
        self._put = put
        self._own_origins = own_origins

    def answer(self, request: HttpRequest) -> HttpReply:
        refused = posted_from_elsewhere(request, PATH, self._own_origins())
        if refused:
            return refused
        try:
            asked = Refusal.model_validate_json(request.body)
        except ValidationError as error:
            return problem(400, f"{error.errors()[0]['loc']}: {error.errors()[0]['msg']}")
        if asked.layer not in _KINDS:
            return problem(400, f"layer is one of {', '.join(_KINDS)}.")
        written = self._event(asked)
        self._put(written)
        return json_reply(200, {"event_id": written["eventID"], "message": written["errorMessage"]})

    def _event(self, asked: Refusal) -> dict[str, Any]:
        service, _, name = asked.action.partition(":")
        account = asked.who.split(":")[4]
        if ":role/" in asked.who:
            identity = session_identity(asked.caller, asked.who, asked.source_identity)
        else:
            identity = {"type": "IAMUser", "arn": asked.who, "accountId": account}
        happened = Happened(
            service=_SOURCES.get(service, service),
            operation=_CALLED_OTHERWISE.get(asked.action, name),
            region=asked.region,
            account_id=account,
            error=("Client.UnauthorizedOperation" if service == "ec2" else "AccessDenied", asked.message),
            reads=True,
        )
        return record(identity, happened)

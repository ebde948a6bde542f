"""An event of CloudTrail in our words: who called what, when, where, and whether AWS refused."""

from typing import Any

from pydantic import Field

from chalicelib.core.model import Frozen

_HOST = ".amazonaws.com"


class TrailIdentity(Frozen):
    """Who called. What CloudTrail does not say is empty; `kind` is its word: Root, IAMUser, AssumedRole, AWSService..."""

    kind: str = ""
    arn: str = ""
    """Of the session (`arn:aws:sts::…:assumed-role/name/session`), the user or the root."""
    issuer_arn: str = ""
    """Of the role behind a session, with its path."""
    account: str = ""
    session_name: str = ""
    """Chosen by the caller: it proves nothing about who that is."""
    source_identity: str = ""
    """Set when the session was made and unchangeable since: the one name that can be trusted."""
    invoked_by: str = ""
    """The AWS service that called in somebody's name."""

    @property
    def principal_arn(self) -> str:
        """Whom policies are attached to: the role behind a session, else the caller itself."""
        return self.issuer_arn or self.arn


class TrailResource(Frozen):
    arn: str
    kind: str = ""
    """AWS Config's word for its type, when CloudTrail gives it."""
    account: str = ""


class TrailEvent(Frozen):
    """`time` is epoch seconds. `request` and `response` are as the service wrote them: nothing in them is certain."""

    event_id: str
    time: int
    source: str
    """The service's host: `iam.amazonaws.com`."""
    name: str
    """The API call: `PutRolePolicy`. Not always the name of an IAM action."""
    region: str
    account_id: str
    """The account that the event was delivered to: the resource's side of a call across accounts."""
    identity: TrailIdentity = TrailIdentity()
    error_code: str = ""
    error_message: str = ""
    request: dict[str, Any] = Field(default_factory=dict)
    response: dict[str, Any] = Field(default_factory=dict)
    resources: tuple[TrailResource, ...] = ()
    source_ip: str = ""
    """An address, or the name of the AWS service that called."""
    read_only: bool = False

    @property
    def service(self) -> str:
        """`iam` of `iam.amazonaws.com`."""
        return self.source.removesuffix(_HOST)

    @property
    def refused(self) -> bool:
        """Whether the call ended in an error: nothing was changed by it."""
        return bool(self.error_code)

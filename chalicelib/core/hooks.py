"""What plugins are told and what they answer: frozen types that the hooks of `plugins/hookspecs.py` share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

from chalicelib.core.decisions import Permission
from chalicelib.core.principals import Caller
from chalicelib.core.targets import Target


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """A request as a plugin that identifies people sees it. `headers` are lower-case; `address` is the client's."""

    method: str
    path: str
    headers: Mapping[str, str]
    address: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as a plugin has proved them. `subject` is its own name for them that never changes.

    With `groups_complete` false the plugin does not know all groups: then the directory's count.
    """

    user: str
    groups: frozenset[str] = frozenset()
    subject: str = ""
    groups_complete: bool = True


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """What a plugin knows better about somebody's groups at their sign-in. What any plugin takes away is away."""

    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An AWS account as a plugin lists it. One that is not active gives nobody any right."""

    account_id: str
    name: str = ""
    environment: str | None = None
    owner: str | None = None
    ou_path: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    active: bool = True


@dataclass(frozen=True, slots=True)
class MetricSample:
    """One number. `unit` is CloudWatch's word (`Count`, `Seconds`)."""

    name: str
    value: float
    unit: str = "Count"
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobContext:
    """`last_success` is when the job last began and then succeeded, in epoch seconds; None for never."""

    now: int
    last_success: int | None


@dataclass(frozen=True, slots=True)
class PluginJob:
    """Runs every so many minutes. An error is recorded as the job's own, and the job comes again when it is due."""

    name: str
    every_minutes: int
    run: Callable[[JobContext], None]


@dataclass(frozen=True, slots=True)
class PluginRequest:
    """`path` is what follows `/api/plugins/{name}/`; `body` is JSON, None without one."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    caller: Caller


@dataclass(frozen=True, slots=True)
class PluginReply:
    """`body` is anything that JSON can say."""

    body: Any
    status: int = 200


SIGNED_IN: Final = "signed_in"


@dataclass(frozen=True, slots=True)
class PluginRoute:
    """Answers one method of one path, or with `/*` at its end of everything below it.

    `permission` says who may call it: whoever holds the permission everywhere, or everybody who is signed in. Without one nobody.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    answer: Callable[[PluginRequest], PluginReply]
    permission: Permission | Literal["signed_in"] | None = None


class NoticeKind(StrEnum):
    """What has happened to a request."""

    CREATED = "created"
    REVISED = "revised"
    APPROVED = "approved"
    APPROVED_IN_PART = "approved_in_part"
    """Somebody has approved it, and it waits for others."""
    CHANGES_ASKED = "changes_asked"
    """Whoever decides wants another revision of it."""
    WAITING = "waiting"
    """Nobody has decided about it for some time."""
    COMMENTED = "commented"
    """Somebody has said something about it."""
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    APPLIED = "applied"
    PARTIALLY_APPLIED = "partially_applied"
    FAILED = "failed"
    NEEDS_REBASE = "needs_rebase"
    ENDING = "ending"
    """What was given for a time will be taken back soon."""
    ENDED = "ended"
    """What was given for a time has been taken back."""


@dataclass(frozen=True, slots=True)
class RequestNotice:
    """Something that has happened to a request, for whoever tells people. `id` is the same when it is told a second time.

    `actor` is a principal (`user:ada@example.com`), or what did it by itself (`system:due`); `url` is the request's page.
    """

    id: str
    kind: NoticeKind
    request_id: str
    requester: str
    actor: str
    principal_arn: str
    justification: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """A resource whose page somebody looks at. `kind` is the inventory's word (`iam_role`)."""

    kind: str
    target: Target
    name: str
    owner: str | None
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ResourceNote:
    """A line on a resource's page, as plain text; `url` leads further and must begin with https://."""

    title: str
    text: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """One change of a request: what it does to which target. `before` and `after` are policy documents; None is absent."""

    change_type: str
    title: str
    target: Target
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ApprovalFacts:
    """A request whose every target the directory knows, as a rule that approves by itself sees it."""

    request_id: str
    requester: str
    justification: str
    changes: tuple[ChangeFacts, ...]


Jobs = Iterable[PluginJob]
Routes = Iterable[PluginRoute]

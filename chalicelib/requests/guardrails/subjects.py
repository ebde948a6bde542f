"""What guardrails look at: one change as two documents, and the facts around it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from chalicelib.access.authorization import RoleTags
from chalicelib.requests.guardrails.actions import ActionData
from chalicelib.requests.guardrails.config import GuardrailsConfig
from chalicelib.requests.guardrails.models import Verdict

Document = Mapping[str, Any]


class Kind(StrEnum):
    """What a document is. `UNREAD` is a managed policy that nobody can read, `LENT` who may use a role
    until when, `OTHER` what is no policy.
    """

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    BOUNDARY = "boundary"
    TAGS = "tags"
    UNREAD = "unread"
    LENT = "lent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Said:
    """A finding before it is known of which change, and by which guardrail. No configuration changes the verdict of a fixed one."""

    verdict: Verdict
    title: str
    reason: str
    place: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """One change: `before` and `after` are policy documents of one kind, or tags as a map; None for nothing.

    `account_id` is where the target is, empty when nobody knows; `name` is what of the target is changed.
    """

    change_id: str
    kind: Kind
    target: str
    account_id: str
    name: str
    before: Document | None
    after: Document | None


@dataclass(frozen=True, slots=True)
class Standing:
    """All that a principal is allowed by its own policies, before a request and after all of its changes. `known` is false when
    nobody could tell: then these are the request's own documents alone. Boundaries are ARNs.
    """

    before: Sequence[Document] = ()
    after: Sequence[Document] = ()
    known: bool = True
    boundary_before: str | None = None
    boundary_after: str | None = None


@dataclass(frozen=True, slots=True)
class Lint:
    """One remark of a linter. `number` counts the document's statements from 0; None for the document as a whole. `text` is the part of
    the document that it is about.
    """

    issue: str
    severity: str
    title: str
    detail: str
    number: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Facts:
    """What guardrails may ask. Each question is asked when the first of them needs its answer."""

    config: GuardrailsConfig = field(default_factory=GuardrailsConfig)
    role_tags: RoleTags = field(default_factory=RoleTags)
    standing: Callable[[str], Standing] = lambda _: Standing(known=False)
    """Of a principal, by its ARN."""
    read_accounts: Callable[[], Mapping[str, str]] = dict
    """The organisation (empty for none) of every active account of the directory, by the account's id."""
    actions: Callable[[], ActionData] = ActionData
    lint: Callable[[Document], Sequence[Lint]] = lambda _: ()
    analyze: Callable[[Document, Kind], Sequence[Lint]] = lambda _document, _kind: ()
    """What IAM Access Analyzer says."""
    own: frozenset[str] = frozenset()
    """ARNs of the buckets and queues that this product stands on. Its roles are protected before any guardrail is asked."""

    @cached_property
    def accounts(self) -> frozenset[str]:
        """Whom a policy may let in: the directory's accounts, and those that the configuration trusts."""
        return frozenset({*self.read_accounts(), *self.config.trusted_accounts})

    @cached_property
    def organizations(self) -> frozenset[str]:
        own = {organization for organization in self.read_accounts().values() if organization}
        return frozenset({*own, *self.config.trusted_organizations})

"""Approval rules as the configuration holds them, and what they come to for the changes of one request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.changes.registry import change_types
from chalicelib.core.decisions import Decision
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Principal
from chalicelib.core.targets import Target
from chalicelib.identity.scopes import PrincipalName, Where
from chalicelib.requests.guardrails.models import Finding

ADMINISTRATORS, OWNER, ACCOUNT_OWNER = "administrators", "owner", "account_owner"
_WORDS = {ADMINISTRATORS, OWNER, ACCOUNT_OWNER}
DEFAULT = "administrators"
"""The name of the rule that counts where no other does."""
GUARDRAILS = "guardrails"
"""The name under which a guardrail asks for one more approver."""
NAME = r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}$"
PROVABLE = {"inline_policy", "role_access"}
"""Types of change that a rule of the configuration can prove harmless: all others are for people."""


def _approver(text: str) -> str:
    return text if text in _WORDS else str(Principal.parse(text))


def _change_type(name: str) -> str:
    if name not in change_types():
        message = f"{name[:50]} is no type of change. Known are: {', '.join(sorted(change_types()))}"
        raise ValueError(message)
    return name


Approver = Annotated[str, AfterValidator(_approver)]
ChangeTypeName = Annotated[str, AfterValidator(_change_type)]
Approvers = Annotated[tuple[Approver, ...], Field(min_length=1)]
RuleName = Annotated[str, StringConstraints(pattern=NAME)]
FindingName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Hours = Annotated[int, Field(ge=1, le=24 * 366)]


class When(Frozen):
    """Which changes a rule is about: those that fit every key that is given. Without any key all changes."""

    where: Where | None = None
    """What is changed: accounts, organisational units, tags of the account, patterns of ARNs."""
    change_types: tuple[ChangeTypeName, ...] | None = Field(default=None, min_length=1)
    requesters: tuple[PrincipalName, ...] | None = Field(default=None, min_length=1)
    """Who asks: people, or groups that they are in."""
    findings: tuple[FindingName, ...] | None = Field(default=None, min_length=1)
    """What the guardrails say: names of guardrails, or their verdicts `warn` and `more_approval`; one of them is enough."""
    temporary: bool | None = None
    """Only what has an end, or only what has none."""

    @model_validator(mode="after")
    def _no_empty_key(self) -> Self:
        """An empty key would make the rule about more than somebody meant."""
        if empty := [name for name in sorted(self.model_fields_set) if getattr(self, name) is None]:
            message = f"{empty[0]} is empty: name at least one, or leave the key out"
            raise ValueError(message)
        return self


class ApprovalStage(Frozen):
    """Approvals that are given together; the next stage opens when this one is complete."""

    approvers: Approvers = (ADMINISTRATORS,)
    """Who may give them: `administrators` (who hold can_admin_policies over what is changed), `owner` (whom the owner tag of the
    changed resource names), `account_owner` (whom the owner of its account names), `user:` and `group:`. Where nobody is named as
    owner, administrators stand in."""
    count: int = Field(default=1, ge=1, le=10)
    """How many of them, each another person."""


class Escalation(Frozen):
    """Who may approve as well when nobody has for some time. They are told."""

    after_hours: Hours
    to: Approvers


class Within(Frozen):
    """Actions on resources, both with `*`."""

    actions: tuple[str, ...] = Field(min_length=1)
    resources: tuple[str, ...] = Field(min_length=1)


class Proof(Frozen):
    """What must be certain of a change before this rule approves it without a person. Inline policies are proved by their documents:
    whatever they allow that was not allowed before lies within `within`. Access to a role is proved by who asks: only for themselves,
    and only with an end. What a guardrail wants more approval for is never approved so.
    """

    within: tuple[Within, ...] = ()


class ApprovalRule(Frozen):
    """The first rule that is about a change says who approves it; rules with `adds` ask for theirs beside that. A rule of which it
    can't be told whether it is about a change, because a fact is missing, is asked for as well as the one that is.
    """

    name: RuleName
    when: When = When()
    stages: tuple[ApprovalStage, ...] = Field(default=(ApprovalStage(),), min_length=1, max_length=10)
    """In their order."""
    adds: bool = False
    """Whether it asks for its stages in addition to those of the rule that decides."""
    reason_required: bool = False
    """Whether an approval must say why."""
    decide_within_hours: Hours | None = None
    """How long a request may wait for a decision."""
    ends_within_hours: Hours | None = None
    """How long what is approved may live at most, counted from when it was asked for. Whoever approves may give it its end."""
    escalate: Escalation | None = None
    auto: Proof | None = None
    """Approve without a person what is proved to be harmless. Only where `auto_approval` is on; the stages are for the rest."""

    @model_validator(mode="after")
    def _auto_is_narrow(self) -> Self:
        if self.auto is None:
            return self
        types = set(self.when.change_types or ())
        problem = ""
        if self.adds:
            problem = "a rule that adds can't approve by itself: leave out one of adds and auto"
        elif not types or types - PROVABLE:
            problem = f"auto takes when.change_types, with nothing but {' and '.join(sorted(PROVABLE))}"
        elif "inline_policy" in types and not self.auto.within:
            problem = "auto for inline policies takes within: the actions and resources that are harmless"
        elif "role_access" in types and self.ends_within_hours is None:
            problem = "auto for role_access takes ends_within_hours"
        if problem:
            raise ValueError(problem)
        return self


@dataclass(frozen=True, slots=True)
class Matter:
    """One change as rules see it. `requester_groups` is None when they are not known well enough to decide by; `owner` and
    `account_owner` are principals, empty when nobody is named; `gains` are principals who get something for themselves.
    """

    change_id: str
    change_type: str
    title: str
    target: Target
    requester: str
    requester_groups: frozenset[str] | None
    written_at: int
    until: int | None = None
    findings: tuple[Finding, ...] = ()
    owner: frozenset[str] = frozenset()
    account_owner: frozenset[str] = frozenset()
    gains: frozenset[str] = frozenset()
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """So many approvals of these. From `later_at` on those in `later` may give them as well."""

    rule: str
    approvers: tuple[str, ...]
    count: int = 1
    later: tuple[str, ...] = ()
    later_at: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeNeeds:
    """What one change needs: stages in order, in each the needs of every rule that asks. `by_rule` says whether the rule has proved
    that no person is needed; `by_default` that no rule of the configuration is about it.
    """

    matter: Matter
    rules: tuple[str, ...]
    stages: tuple[tuple[Need, ...], ...]
    by_default: bool
    by_rule: Decision
    ends_by: int | None = None


def approvers_of(needs: ChangeNeeds) -> list[str]:
    """Whoever is asked for an approval at some stage, or may be when nobody gives it."""
    asked = (need for stage in needs.stages for need in stage)
    return sorted({name for need in asked for name in (*need.approvers, *need.later)})


@dataclass(frozen=True, slots=True)
class Requirements:
    changes: tuple[ChangeNeeds, ...]
    reason_required: bool = False
    decide_within: int | None = None
    """Seconds; None is what the configuration says for all requests."""


@dataclass(frozen=True, slots=True)
class Voter:
    """Somebody who may approve, as far as they may be believed now. `known` is no when nothing good is known of their groups."""

    user: str
    principals: frozenset[str]
    administers: Callable[[str], Decision]
    known: Decision = field(default=Decision.yes("known", "known"))


@dataclass(frozen=True, slots=True)
class Jury:
    """What a request needs, who the people are who may give it, and whether rules still approve it without people."""

    requirements: Requirements
    who_is: Callable[[str], Voter]
    by_rule: Callable[[], Decision]
    now: int

"""Who would have to approve what, before anybody submits it: the rules in force, or others that somebody thinks of."""

from typing import Any, Literal

from pydantic import Field

from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller, fold
from chalicelib.identity.permissions import Permissions
from chalicelib.requests.approval.gather import GatherMatters, Wanted
from chalicelib.requests.approval.models import ApprovalRule, ChangeNeeds, ChangeTypeName, FindingName, Matter
from chalicelib.requests.approval.progress import progress
from chalicelib.requests.approval.rules import about, requirements
from chalicelib.requests.guardrails.models import Finding, Verdict
from chalicelib.requests.models import RequestsConfig
from chalicelib.requests.present_approval import planned_stages
from chalicelib.requests.wire_review import ReviewStage

_HOUR, _DAY_HOURS = 3600, 24
_MOST = 20


class SimulatedFinding(Frozen):
    """What a guardrail would say."""

    rule: FindingName
    verdict: Verdict


class SimulatedChange(Frozen):
    change_type: ChangeTypeName
    target_arn: str = Field(max_length=2048)
    until: int | None = None
    """When it would end, in epoch seconds; null is never."""
    findings: tuple[SimulatedFinding, ...] = Field(default=(), max_length=50)
    identity: str | None = None
    """Who would get access, for `role_access`."""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    """The policy documents, which rules that approve without a person look at."""


class Simulation(Frozen):
    """`requester` null is the caller; `rules` null are those in force."""

    requester: str | None = Field(default=None, max_length=200)
    changes: tuple[SimulatedChange, ...] = Field(min_length=1, max_length=_MOST)
    rules: tuple[ApprovalRule, ...] | None = Field(default=None, max_length=200)


class JudgedRule(Frozen):
    """`unknown`: a fact is missing, so that it is asked for as well."""

    name: str
    about: Literal["yes", "no", "unknown"]
    asks: bool
    """Whether it counts for this change."""


class SimulatedNeeds(Frozen):
    change_type: str
    target_arn: str
    known: bool
    """Whether the directory knows the account."""
    rules: list[JudgedRule]
    stages: list[ReviewStage]
    by_rule: bool
    """Whether it would be approved without a person."""
    by_rule_reason: str
    ends_within_hours: int | None
    """How long it may live at most; null is for ever."""


class Simulated(Frozen):
    changes: list[SimulatedNeeds]
    decide_within_hours: int
    reason_required: bool


class SimulateApproval:
    def __init__(
        self, *, permissions: Permissions, matters: GatherMatters, config: RequestsConfig, clock: Clock
    ) -> None:
        self._permissions = permissions
        self._matters = matters
        self._config = config
        self._clock = clock

    def simulate(self, asked: Simulation, caller: Caller) -> Simulated:
        """Raises Forbidden for other people and other rules without a permission, InvalidInput for what the caller does not see."""
        requester = fold(asked.requester) if asked.requester else caller.user
        if requester != caller.user or asked.rules is not None:
            self._may_ask_about_others(caller).require()
        view = self._permissions.view(caller)
        for change in asked.changes:
            if not view.resource(change.target_arn).allowed:
                raise InvalidInput(f"There is no {change.target_arn}.", reason="target_not_found")
        rules = self._config.approval_rules if asked.rules is None else asked.rules
        now = self._clock.now()
        wanted = [_wanted(change, str(place)) for place, change in enumerate(asked.changes)]
        found = requirements(self._matters.of(wanted, requester, now, caller, rules), rules)
        automatic, facts = self._config.auto_approval, self._permissions.facts([one.target for one in wanted])
        within = found.decide_within or self._config.decide_within_days * _DAY_HOURS * _HOUR
        return Simulated(
            changes=[
                _shown(needs, rules, automatic=automatic, known=fact.known)
                for needs, fact in zip(found.changes, facts, strict=True)
            ],
            decide_within_hours=min(within // _HOUR, self._config.decide_within_days * _DAY_HOURS),
            reason_required=found.reason_required or "approve" in self._config.reason_required,
        )

    def _may_ask_about_others(self, caller: Caller) -> Decision:
        """Whoever decides somewhere, or writes the rules."""
        if self._permissions.somewhere(caller, Permission.ADMIN_POLICIES):
            return Decision.yes("decides somewhere", Permission.ADMIN_POLICIES.value)
        return self._permissions.of_caller(caller, Permission.EDIT_CONFIG)


def _wanted(change: SimulatedChange, change_id: str) -> Wanted:
    gains = {change.identity} if change.change_type == "role_access" and change.identity else set()
    return Wanted(
        change_id=change_id,
        change_type=change.change_type,
        title=f"{change.change_type} of {change.target_arn}",
        target=change.target_arn,
        until=change.until,
        findings=tuple(
            Finding(change_id=change_id, rule=one.rule, verdict=one.verdict, title=one.rule, reason="")
            for one in change.findings
        ),
        gains=frozenset(gains),
        before=change.before,
        after=change.after,
    )


def _shown(needs: ChangeNeeds, rules: tuple[ApprovalRule, ...], *, automatic: bool, known: bool) -> SimulatedNeeds:
    matter = needs.matter
    off = Decision.no("The configuration does not let rules approve requests.", "auto_approval_off")
    by_rule = needs.by_rule if automatic or not needs.by_rule.allowed else off
    return SimulatedNeeds(
        change_type=matter.change_type,
        target_arn=matter.target.arn,
        known=known,
        rules=[_judged(rule, needs, matter) for rule in rules],
        stages=planned_stages((progress(needs, ()),)),
        by_rule=by_rule.allowed,
        by_rule_reason=by_rule.reason,
        ends_within_hours=None if needs.ends_by is None else (needs.ends_by - matter.written_at) // _HOUR,
    )


def _judged(rule: ApprovalRule, needs: ChangeNeeds, matter: Matter) -> JudgedRule:
    words: dict[bool | None, Literal["yes", "no", "unknown"]] = {True: "yes", False: "no", None: "unknown"}
    return JudgedRule(name=rule.name, about=words[about(rule.when, matter)], asks=rule.name in needs.rules)

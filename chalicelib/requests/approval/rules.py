"""Who must approve what: from facts about the changes and the rules of the configuration to needs. Pure."""

from collections.abc import Iterable, Sequence

from chalicelib.core.decisions import Decision
from chalicelib.core.hooks import ApprovalFacts
from chalicelib.core.principals import Principal
from chalicelib.core.targets import all_of
from chalicelib.requests.approval.models import (
    ACCOUNT_OWNER,
    ADMINISTRATORS,
    DEFAULT,
    GUARDRAILS,
    OWNER,
    ApprovalRule,
    ChangeNeeds,
    Matter,
    Need,
    Requirements,
    When,
)
from chalicelib.requests.approval.proofs import proved
from chalicelib.requests.guardrails.models import Verdict

HOUR = 3600
_NOBODY_NEEDED = {Verdict.NOTE, Verdict.WARN}
"""Findings that leave an approval without a person possible."""


def about(when: When, matter: Matter) -> bool | None:
    """Whether a rule is about a change; None when a fact is missing."""
    answers: list[bool | None] = [True]
    if when.where is not None:
        answers.append(when.where.covers(matter.target))
    if when.change_types is not None:
        answers.append(matter.change_type in when.change_types)
    if when.requesters is not None:
        answers.append(_asked_by(when.requesters, matter))
    if when.findings is not None:
        said = {finding.rule for finding in matter.findings} | {finding.verdict.value for finding in matter.findings}
        answers.append(bool(said & set(when.findings)))
    if when.temporary is not None:
        answers.append((matter.until is not None) is when.temporary)
    return all_of(answers)


def _asked_by(requesters: Iterable[str], matter: Matter) -> bool | None:
    wanted = set(requesters)
    if str(Principal.user(matter.requester)) in wanted:
        return True
    groups = {name for name in wanted if name.startswith("group:")}
    if not groups:
        return False
    if matter.requester_groups is None:
        return None
    return bool(groups & {str(Principal.group(name)) for name in matter.requester_groups})


def requirements(matters: Sequence[Matter], rules: Sequence[ApprovalRule]) -> Requirements:
    """What each change needs before it is approved."""
    asked = [(matter, *_asking(matter, rules)) for matter in matters]
    everybody = [rule for _, deciding, beside in asked for rule in (*deciding, *beside)]
    hours = [rule.decide_within_hours for rule in everybody if rule.decide_within_hours is not None]
    return Requirements(
        changes=tuple(_needs(matter, deciding, beside) for matter, deciding, beside in asked),
        reason_required=any(rule.reason_required for rule in everybody),
        decide_within=min(hours) * HOUR if hours else None,
    )


def _asking(matter: Matter, rules: Sequence[ApprovalRule]) -> tuple[list[ApprovalRule], list[ApprovalRule]]:
    """The rule that decides, and those that ask beside it: that add, or that may be about the change and can't be told."""
    deciding: list[ApprovalRule] = []
    beside: list[ApprovalRule] = []
    for rule in rules:
        answer = about(rule.when, matter)
        if answer is False or (deciding and not rule.adds):
            continue
        if rule.adds or answer is None:
            beside.append(rule)
        else:
            deciding.append(rule)
    return deciding, beside


def _needs(matter: Matter, deciding: Sequence[ApprovalRule], beside: Sequence[ApprovalRule]) -> ChangeNeeds:
    asking = (*deciding, *beside)
    tracks = [_track(rule, matter) for rule in asking]
    if not deciding:
        tracks.insert(0, [Need(DEFAULT, (ADMINISTRATORS,))])
    depth = max(map(len, tracks))
    stages = [[track[place] for track in tracks if place < len(track)] for place in range(depth)]
    if any(finding.verdict is Verdict.MORE_APPROVAL for finding in matter.findings):
        last = tracks[0][-1]
        stages[len(tracks[0]) - 1].append(Need(GUARDRAILS, tuple(dict.fromkeys((*last.approvers, ADMINISTRATORS)))))
    ends = [rule.ends_within_hours for rule in asking if rule.ends_within_hours is not None]
    return ChangeNeeds(
        matter=matter,
        rules=tuple(rule.name for rule in asking) or (DEFAULT,),
        stages=tuple(tuple(stage) for stage in stages),
        by_default=not asking,
        by_rule=_by_rule(matter, deciding, beside),
        ends_by=matter.written_at + min(ends) * HOUR if ends else None,
    )


def _track(rule: ApprovalRule, matter: Matter) -> list[Need]:
    later: tuple[str, ...] = ()
    later_at: int | None = None
    if rule.escalate is not None:
        later, later_at = _people(rule.escalate.to, matter), matter.written_at + rule.escalate.after_hours * HOUR
    return [Need(rule.name, _people(stage.approvers, matter), stage.count, later, later_at) for stage in rule.stages]


def _people(approvers: Iterable[str], matter: Matter) -> tuple[str, ...]:
    """Owners by their names; where nobody is named, administrators stand in."""
    named = {OWNER: matter.owner, ACCOUNT_OWNER: matter.account_owner}
    found: list[str] = []
    for approver in approvers:
        found += (sorted(named[approver]) or [ADMINISTRATORS]) if approver in named else [approver]
    return tuple(dict.fromkeys(found))


def _by_rule(matter: Matter, deciding: Sequence[ApprovalRule], beside: Sequence[ApprovalRule]) -> Decision:
    """Whether the rule that decides approves it without a person: only what every rule can judge, and none asks for more."""
    if not deciding or deciding[0].auto is None:
        return Decision.no("No rule approves this without a person.", "no_auto_rule")
    if beside:
        return Decision.no(f"The rule {beside[0].name} asks for people.", "asked_beside")
    if worse := _wants_people(matter):
        return worse
    if not matter.target.known:
        return Decision.no(f"The directory does not know the account of {matter.target}.", "unknown_target")
    found = proved(deciding[0].auto, matter)
    return Decision.yes(found.reason, deciding[0].name) if found.allowed else found


def judged_by_rules(asked: Requirements, facts: ApprovalFacts, said: Sequence[tuple[str, Decision]]) -> Decision:
    """What rules come to together that approve without a person. Rules of the configuration prove their changes harmless; plugins' say
    so about the others that no rule of the configuration is about: (plugin, Decision). One objection keeps it for people, and silence does
    too.
    """
    if unknown := [change.target for change in facts.changes if not change.target.known]:
        return Decision.no(f"The directory does not know the account of {unknown[0]}.", "unknown_target")
    for plugin, decision in said:
        if not decision.allowed:
            return Decision.no(decision.reason, f"{plugin}: {decision.rule}")
    if not asked.changes:
        return Decision.no("No rule approves this.", "no_rule")
    reasons: list[str] = []
    names: list[str] = []
    for needs in asked.changes:
        if needs.by_rule.allowed:
            reasons.append(needs.by_rule.reason)
            names.append(needs.by_rule.rule)
        elif not needs.by_default:
            return needs.by_rule
        elif worse := _wants_people(needs.matter):
            return worse
        elif not said:
            return Decision.no("No rule approves this.", "no_rule")
        else:
            reasons += [decision.reason for _, decision in said]
            names += [f"{plugin}: {decision.rule}" for plugin, decision in said]
    return Decision.yes("; ".join(dict.fromkeys(reasons)), ", ".join(dict.fromkeys(names)))


def _wants_people(matter: Matter) -> Decision | None:
    worse = [finding for finding in matter.findings if finding.verdict not in _NOBODY_NEEDED]
    return Decision.no(f"A guardrail wants a person: {worse[0].title}", "guardrail") if worse else None

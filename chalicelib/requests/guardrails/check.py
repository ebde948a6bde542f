"""Changes before guardrails: each is asked about each, and what they say is put in one order."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from chalicelib.core.decisions import Decision
from chalicelib.core.errors import Forbidden
from chalicelib.requests.guardrails.models import Finding, Verdict
from chalicelib.requests.guardrails.registry import Judge, guardrails
from chalicelib.requests.guardrails.subjects import Facts, Said, Subject
from chalicelib.requests.models import PlannedChange

MOST, MOST_IN_ALL = 30, 120
"""Findings that are kept of one change, and of a whole request: they are stored with it in one item."""
_TEXT = 600
_ORDER = (Verdict.REFUSE, Verdict.MORE_APPROVAL, Verdict.WARN, Verdict.NOTE)
REFUSED = "refused_by_guardrail"
REFUSING = frozenset({"protected", "denied_actions", "required_boundary", "public_access"})
"""The guardrails that refuse without the configuration telling them to."""
_ASKING_AWS = {"unread_policy", "access_analyzer"}

Gather = Callable[[Sequence[PlannedChange]], tuple[tuple[Subject, ...], Facts]]
"""What the changes are, and the facts around them."""


def check_changes(
    subjects: Sequence[Subject], facts: Facts, rules: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """In the order of the changes, of each the gravest first; by these guardrails alone, or by all. Pure, as far as the facts are."""
    judges = {name: judge for name, judge in guardrails().items() if rules is None or name in rules}
    found: list[Finding] = []
    change_ids = list(dict.fromkeys(subject.change_id for subject in subjects))
    most = min(MOST, MOST_IN_ALL // max(len(change_ids), 1))
    for change_id in change_ids:
        these = [subject for subject in subjects if subject.change_id == change_id]
        own = [finding for subject in these for finding in _said(subject, facts, judges)]
        found += _shortened(change_id, sorted(dict.fromkeys(own), key=lambda one: _ORDER.index(one.verdict)), most)
    return tuple(found)


def _said(subject: Subject, facts: Facts, judges: Mapping[str, Judge]) -> Iterator[Finding]:
    for name, judge in judges.items():
        wanted = facts.config.verdicts.get(name)
        for said in judge(subject, facts):
            settled = said.fixed or said.verdict is Verdict.NOTE
            yield _finding(subject, name, said if wanted is None or settled else replace(said, verdict=wanted))


def _finding(subject: Subject, rule: str, said: Said) -> Finding:
    return Finding(
        change_id=subject.change_id,
        rule=rule,
        verdict=said.verdict,
        title=said.title[:_TEXT],
        reason=said.reason[:_TEXT],
        place=said.place[:_TEXT],
    )


def _shortened(change_id: str, findings: list[Finding], most: int) -> list[Finding]:
    if len(findings) <= most:
        return findings
    left_out = Finding(
        change_id=change_id,
        rule="findings",
        verdict=Verdict.NOTE,
        title="More findings",
        reason=f"{len(findings) - most} more findings are not kept; these are the gravest.",
    )
    return [*findings[:most], left_out]


class Guardrails:
    def __init__(self, gather: Gather) -> None:
        self._gather = gather

    def check(self, changes: Sequence[PlannedChange]) -> tuple[Finding, ...]:
        """Raises Forbidden with every reason when a guardrail refuses."""
        findings = self.findings(changes)
        refusal = refusal_of(findings)
        if not refusal.allowed:
            raise Forbidden(refusal.reason, reason=refusal.rule)
        return findings

    def today(self, changes: Sequence[PlannedChange]) -> Decision:
        """Whether they would still be taken: only what may refuse is asked, and by nobody who may read AWS's own policies or ask Access
        Analyzer.
        """
        subjects, facts = self._gather(changes)
        named = {name for name, verdict in facts.config.verdicts.items() if verdict is Verdict.REFUSE}
        return refusal_of(check_changes(subjects, facts, (REFUSING | named) - _ASKING_AWS))

    def findings(self, changes: Sequence[PlannedChange]) -> tuple[Finding, ...]:
        """What there is to know of the changes, also when it refuses them. Raises Upstream when the facts can't be had."""
        return check_changes(*self._gather(changes))


def refusal_of(findings: Sequence[Finding]) -> Decision:
    """Whether no guardrail refuses."""
    refusals = list(dict.fromkeys(found.reason for found in findings if found.verdict is Verdict.REFUSE))
    if refusals:
        return Decision.no(" ".join(refusals), REFUSED)
    return Decision.yes("no guardrail refuses", "guardrails")

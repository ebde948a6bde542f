"""A policy while somebody writes it: what the linters say, and what the guardrails would say of a request for it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from chalicelib.core.errors import InvalidInput
from chalicelib.core.policy_document import (
    VERSION,
    check_actions,
    check_identity_policy,
    check_resources,
    check_statement,
    checked_statements,
)
from chalicelib.core.trust_document import OLD_VERSION, check_principals, check_trust_policy
from chalicelib.requests.guardrails.check import check_changes
from chalicelib.requests.guardrails.models import Finding, Verdict
from chalicelib.requests.guardrails.places import Fault, Places, read
from chalicelib.requests.guardrails.subjects import Document, Facts, Kind, Lint, Subject
from chalicelib.requests.guardrails.wire import Location, Remark, Wanted

_BY_LINTERS = {"lint", "access_analyzer"}
_SEVERITIES = {
    Verdict.NOTE: "INFO",
    Verdict.WARN: "MEDIUM",
    Verdict.MORE_APPROVAL: "HIGH",
    Verdict.REFUSE: "CRITICAL",
}
_FOLLOWS = {
    Verdict.NOTE: "",
    Verdict.WARN: "Whoever decides is shown this.",
    Verdict.MORE_APPROVAL: "A request for this needs one more approval.",
    Verdict.REFUSE: "A request for this is refused.",
}
_STATEMENT = re.compile(r"Statement\[(\d+)\]")
_RESOURCE_KEYS = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
}


class Gathering(Protocol):
    """What is known around a policy."""

    def facts(self, subjects: Sequence[Subject]) -> Facts: ...

    def account_of(self, arn: str) -> str: ...

    def held(self, principal: str, name: str) -> Document | None: ...


class PolicyChecker:
    def __init__(self, gather: Gathering) -> None:
        self._gather = gather

    def check(self, text: str, wanted: Wanted) -> list[Remark]:
        """Empty for a policy about which there is nothing to say."""
        document = read(text)
        if isinstance(document, Fault):
            return [_malformed("MALFORMED_JSON", "JSON is malformed", document.reason, document.location)]
        places = Places(text)
        try:
            CHECKS[wanted.kind](document)
        except InvalidInput as error:
            number = _STATEMENT.search(error.message)
            place = places.of(int(number[1]) if number else None)
            return [_malformed("MALFORMED", "Malformed", error.message, place)]
        subject, facts = self._about(document, wanted)
        return list(_remarks(subject, facts, places, told=bool(wanted.arn)))

    def _about(self, document: Document, wanted: Wanted) -> tuple[Subject, Facts]:
        """What a principal has under that name already is not new."""
        before = self._gather.held(wanted.arn, wanted.name) if wanted.kind is Kind.IDENTITY and wanted.name else None
        account = self._gather.account_of(wanted.arn) if wanted.arn else ""
        subject = Subject("", wanted.kind, wanted.arn, account, wanted.name, before, document)
        return subject, self._gather.facts([subject])


def _check_resource_policy(document: Document) -> None:
    for place, statement in checked_statements(document, versions=(VERSION, OLD_VERSION)):
        check_statement(place, statement, _RESOURCE_KEYS)
        check_principals(place, statement)
        check_actions(place, statement)
        check_resources(place, statement)


CHECKS: Mapping[Kind, Callable[[Document], None]] = {
    Kind.IDENTITY: check_identity_policy,
    Kind.TRUST: check_trust_policy,
    Kind.RESOURCE: _check_resource_policy,
}
"""The kinds of policies that can be checked, and their grammar."""


def _remarks(subject: Subject, facts: Facts, places: Places, *, told: bool) -> Iterator[Remark]:
    """Linters first, then what follows from the guardrails. Summaries only for whoever says whose policy it is."""
    document = subject.after or {}
    linted: Sequence[Lint] = () if subject.kind is Kind.TRUST else facts.lint(document)
    for found in (*linted, *facts.analyze(document, subject.kind)):
        yield Remark(
            issue=found.issue,
            detail=json.dumps(found.detail),
            location=places.of(found.number, found.text),
            severity=found.severity,
            title=found.title,
        )
    for finding in check_changes([subject], facts):
        if finding.rule not in _BY_LINTERS and (told or finding.verdict is not Verdict.NOTE):
            yield _of_guardrail(finding, places)


def _of_guardrail(finding: Finding, places: Places) -> Remark:
    number = _STATEMENT.fullmatch(finding.place)
    return Remark(
        issue=finding.rule.upper(),
        detail=json.dumps(finding.reason),
        location=places.of(int(number[1]) if number else None),
        severity=_SEVERITIES[finding.verdict],
        title=finding.title,
        description=_FOLLOWS[finding.verdict],
    )


def _malformed(issue: str, title: str, reason: str, location: Location) -> Remark:
    return Remark(
        issue=issue,
        detail=json.dumps(reason),
        location=location,
        severity="CRITICAL" if issue == "MALFORMED_JSON" else "HIGH",
        title=title,
        description="Other issues cannot be checked for until this is fixed.",
    )

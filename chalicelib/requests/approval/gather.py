"""What the approval rules must know of changes: accounts, owners, and the groups of whoever asks, looked up only where a rule asks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.core.principals import Caller, Principal, PrincipalKind
from chalicelib.identity.directory.models import Kinds
from chalicelib.identity.permissions import Permissions
from chalicelib.identity.targets import Targets
from chalicelib.requests.approval.models import ACCOUNT_OWNER, OWNER, ApprovalRule, Matter
from chalicelib.requests.guardrails.models import Finding
from chalicelib.requests.models import PlannedChange, Request

Knows = Callable[[Iterable[str]], Mapping[str, Kinds]]
"""What the directory knows bare names as."""
Owners = Callable[[Sequence[str]], Mapping[str, str | None]]
"""Whom the inventory names as owner of resources, by ARN; what it does not have is missing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change, as far as it says itself what it is."""

    change_id: str
    change_type: str
    title: str
    target: str
    until: int | None = None
    findings: tuple[Finding, ...] = ()
    gains: frozenset[str] = frozenset()
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class GatherMatters:
    def __init__(self, *, permissions: Permissions, knows: Knows, owners: Owners) -> None:
        self._permissions = permissions
        self._knows = knows
        self._owners = owners

    def of_request(self, request: Request, caller: Caller | None, rules: Sequence[ApprovalRule]) -> tuple[Matter, ...]:
        findings = request.revision.findings
        wanted = [_wanted(change, findings) for change in request.revision.changes if not change.cancelled]
        return self.of(wanted, request.head.requester, request.revision.created_at, caller, rules)

    def of(
        self,
        wanted: Sequence[Wanted],
        requester: str,
        written_at: int,
        caller: Caller | None,
        rules: Sequence[ApprovalRule],
    ) -> tuple[Matter, ...]:
        """The caller's groups are those of their session; of everybody else the directory's."""
        arns = [change.target for change in wanted]
        targets = self._permissions.facts(arns) if rules else Targets(None).of(arns)
        groups = self._groups(requester, caller) if _ask_for_groups(rules) else None
        asked_for = {one for rule in rules for one in _approvers(rule)}
        owners = self._owned(arns) if OWNER in asked_for else {}
        of_accounts = self._named([one.tags.get("owner") for one in targets]) if ACCOUNT_OWNER in asked_for else {}
        return tuple(
            Matter(
                change_id=change.change_id,
                change_type=change.change_type,
                title=change.title,
                target=target,
                requester=requester,
                requester_groups=groups,
                written_at=written_at,
                until=change.until,
                findings=change.findings,
                owner=owners.get(change.target, frozenset()),
                account_owner=of_accounts.get(target.tags.get("owner"), frozenset()),
                gains=change.gains,
                before=change.before,
                after=change.after,
            )
            for change, target in zip(wanted, targets, strict=True)
        )

    def _groups(self, user: str, caller: Caller | None) -> frozenset[str] | None:
        if caller is not None and caller.user == user:
            return caller.groups
        absent = self._permissions.absent(user)
        if not absent.known.allowed:
            return None
        return frozenset(one.name for one in absent.principals if one.kind is PrincipalKind.GROUP)

    def _owned(self, arns: Sequence[str]) -> Mapping[str, frozenset[str]]:
        owners = self._owners(sorted(set(arns)))
        named = self._named(list(owners.values()))
        return {arn: named.get(owner, frozenset()) for arn, owner in owners.items()}

    def _named(self, owners: Sequence[str | None]) -> Mapping[str | None, frozenset[str]]:
        """Whom an owner's name means. A bare one means the user or the group that the directory knows by it; with both, nobody."""
        said = {owner: owner.strip().casefold() for owner in owners if owner and owner.strip()}
        bare = {name for name in said.values() if not name.startswith(("user:", "group:"))}
        known = self._knows(bare) if bare else {}
        return {owner: _principals_of(name, known.get(name)) for owner, name in said.items()}


def _principals_of(name: str, kinds: Kinds | None) -> frozenset[str]:
    kind, colon, rest = name.partition(":")
    if colon and kind in set(PrincipalKind):
        return frozenset({str(Principal.parse(name))}) if rest.strip() else frozenset()
    if kinds is None or kinds.ambiguous:
        return frozenset()
    users = {str(Principal.user(name))} if kinds.user else set()
    return frozenset(users | ({str(Principal.group(name))} if kinds.group else set()))


def _approvers(rule: ApprovalRule) -> tuple[str, ...]:
    later = rule.escalate.to if rule.escalate else ()
    return (*(one for stage in rule.stages for one in stage.approvers), *later)


def _ask_for_groups(rules: Sequence[ApprovalRule]) -> bool:
    return any(name.startswith("group:") for rule in rules for name in rule.when.requesters or ())


def _wanted(change: PlannedChange, findings: Iterable[Finding]) -> Wanted:
    return Wanted(
        change_id=change.id,
        change_type=change.change_type,
        title=change.title,
        target=change.target,
        until=change.spec.until,
        findings=tuple(one for one in findings if one.change_id == change.id),
        gains=gains_of(change),
        before=change.preview.before.content,
        after=change.preview.after.content,
    )


def gains_of(change: PlannedChange) -> frozenset[str]:
    """Principals who get something for themselves by a change."""
    gained = change.wish.get("identity") if change.change_type == "role_access" else None
    return frozenset({gained} if isinstance(gained, str) else ())

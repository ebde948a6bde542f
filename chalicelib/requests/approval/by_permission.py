"""What some people may do without anybody's approval: create and delete roles, each by a permission of its own. Pure."""

from collections.abc import Callable, Iterable

from chalicelib.core.decisions import Decision, Permission
from chalicelib.requests.guardrails.models import Finding, Verdict
from chalicelib.requests.models import Request

_CHANGES = {Permission.CREATE_ROLES: {"role_create"}, Permission.DELETE_IAM_PRINCIPALS: {"role_delete"}}


def wants_more(findings: Iterable[Finding]) -> bool:
    """Whether a guardrail asks for somebody else; then nobody does it alone."""
    return any(finding.verdict in {Verdict.MORE_APPROVAL, Verdict.REFUSE} for finding in findings)


def permission_used(request: Request) -> Permission | None:
    """By which the requester did without approvals."""
    head = request.head
    rules = [
        ruling.rule
        for ruling in request.rulings
        if ruling.actor == head.requester
        and (ruling.revision, ruling.revision_hash) == (head.revision, head.revision_hash)
    ]
    return next((permission for permission in _CHANGES if permission in rules), None)


def by_permission(request: Request, permission: Permission, holds: Callable[[], Decision]) -> Decision:
    """Whether that still does: only for the changes that it is about, and while they still hold it."""
    if {change.change_type for change in request.revision.changes} != _CHANGES.get(permission):
        return Decision.no(f"{permission} is not about these changes.", "other_changes")
    if wants_more(request.revision.findings):
        return Decision.no("A guardrail wants somebody else to approve it as well.", "more_approval")
    return holds()

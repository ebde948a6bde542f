"""Whether an approval that was given still counts: asked about each one anew, immediately before a change is written."""

from chalicelib.core.decisions import Decision, Permission
from chalicelib.identity.permissions import Permissions
from chalicelib.requests.auto_approval import AutoApproval
from chalicelib.requests.models import Request, Ruling


class Approvals:
    def __init__(self, *, permissions: Permissions, auto_approval: AutoApproval) -> None:
        self._permissions = permissions
        self._auto_approval = auto_approval

    def counts_still(self, request: Request, ruling: Ruling) -> Decision:
        """A person must still hold the permission over every target; a rule must still say so."""
        if ruling.rule is not None:
            return self._auto_approval.judge(request)
        return self._permissions.of_absent_over(ruling.actor, Permission.ADMIN_POLICIES, request.targets)

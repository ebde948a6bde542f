"""Who may approve a request: facts and people are looked up here, anew for each question; the pure rules decide."""

import functools

from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.principals import Caller
from chalicelib.identity.permissions import Permissions
from chalicelib.requests.approval.by_permission import by_permission, permission_used
from chalicelib.requests.approval.gather import GatherMatters
from chalicelib.requests.approval.models import Jury, Requirements, Voter
from chalicelib.requests.approval.rules import requirements
from chalicelib.requests.auto_approval import AutoApproval
from chalicelib.requests.models import Request, RequestsConfig


class Approvals:
    def __init__(
        self,
        *,
        permissions: Permissions,
        auto_approval: AutoApproval,
        matters: GatherMatters,
        config: RequestsConfig,
        clock: Clock,
    ) -> None:
        self._permissions = permissions
        self._auto_approval = auto_approval
        self._matters = matters
        self._config = config
        self._clock = clock

    def jury(self, request: Request, caller: Caller | None = None) -> Jury:
        """What the present revision needs, and who the people are: the caller as their session says, all others as the directory does."""
        asked = self.requirements(request, caller)
        return Jury(
            requirements=asked,
            who_is=functools.cache(lambda user: self._voter(user, caller)),
            by_rule=functools.cache(lambda: self._by_rule(request, asked, caller)),
            now=self._clock.now(),
        )

    def _by_rule(self, request: Request, asked: Requirements, caller: Caller | None) -> Decision:
        """Rules, or what the requester may do by a permission of their own."""
        permission = permission_used(request)
        if permission is None:
            return self._auto_approval.judge(request, asked)
        return by_permission(request, permission, lambda: self._holds(request, permission, caller))

    def _holds(self, request: Request, permission: Permission, caller: Caller | None) -> Decision:
        user = request.head.requester
        if caller is not None and caller.user == user:
            return self._permissions.of_caller_over(caller, permission, request.targets)
        return self._permissions.of_absent_over(user, permission, request.targets)

    def requirements(self, request: Request, caller: Caller | None = None) -> Requirements:
        """Without rules nothing is looked up: then each change is for an administrator of its target."""
        rules = self._config.approval_rules
        return requirements(self._matters.of_request(request, caller, rules), rules)

    def _voter(self, user: str, caller: Caller | None) -> Voter:
        if caller is not None and caller.user == user:
            over = self._permissions.of_caller_over
            return Voter(
                user,
                frozenset(map(str, caller.principals)),
                functools.cache(lambda arn: over(caller, Permission.ADMIN_POLICIES, [arn])),
            )
        absent = self._permissions.absent(user)
        return Voter(
            user,
            frozenset(map(str, absent.principals)),
            functools.cache(lambda arn: absent.over(Permission.ADMIN_POLICIES, [arn])),
            absent.known,
        )

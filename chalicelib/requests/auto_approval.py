"""Approval by rules alone: where the configuration has switched it on, and never about what nobody can judge."""

from collections.abc import Callable, Sequence

from chalicelib.core.decisions import Decision
from chalicelib.core.errors import AppError
from chalicelib.core.hooks import ApprovalFacts, ChangeFacts
from chalicelib.core.targets import Target
from chalicelib.observability import logger
from chalicelib.plugins.calls import Calls
from chalicelib.requests.approval.models import Requirements
from chalicelib.requests.approval.rules import judged_by_rules
from chalicelib.requests.models import Request, RequestsConfig

Facts = Callable[[Sequence[str]], tuple[Target, ...]]
"""What is known of resources, by ARN and in the same order."""


class AutoApproval:
    def __init__(self, *, hooks: Calls, facts: Facts, config: RequestsConfig) -> None:
        self._hooks = hooks
        self._facts = facts
        self._config = config

    def judge(self, request: Request, requirements: Requirements) -> Decision:
        """Asked when a request is prepared, and again before each of its changes is applied. What fails decides nothing."""
        if not self._config.auto_approval:
            return Decision.no("The configuration does not let rules approve requests.", "auto_approval_off")
        try:
            facts = self._facts_of(request)
            said = self._hooks.every("auto_approval", Decision, request=facts)
        except AppError as error:
            logger.error("no rule was asked", extra={"request": request.head.id, "cause": error.message[:500]})
            return Decision.no(error.message, error.reason)
        return judged_by_rules(requirements, facts, [(one.plugin, one.answer) for one in said])

    def _facts_of(self, request: Request) -> ApprovalFacts:
        changes = [change for change in request.revision.changes if not change.cancelled]
        targets = self._facts([change.target for change in changes])
        return ApprovalFacts(
            request_id=request.head.id,
            requester=request.head.requester,
            justification=request.head.justification,
            changes=tuple(
                ChangeFacts(
                    change_type=change.change_type,
                    title=change.title,
                    target=target,
                    before=change.preview.before.content,
                    after=change.preview.after.content,
                )
                for change, target in zip(changes, targets, strict=True)
            ),
        )

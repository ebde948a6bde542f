"""How far the approval of a request has come, in words and counts. Pure."""

from chalicelib.requests.approval.models import DEFAULT, GUARDRAILS, Need
from chalicelib.requests.approval.progress import ChangeProgress, described
from chalicelib.requests.approval.standing import Standing
from chalicelib.requests.models import Request
from chalicelib.requests.present_review import shown_ruling
from chalicelib.requests.states import UNDECIDED
from chalicelib.requests.wire_review import ApprovalProgress, ReviewStage


def shown_progress(stands: Standing) -> ApprovalProgress:
    """Needs that are the same for several changes, and as far, are shown once."""
    request, verdict = stands.request, stands.verdict()
    open_still = request.head.state in UNDECIDED
    stages: dict[object, ReviewStage] = {}
    for change in stands.changes:
        for number, stage in enumerate(change.stages, start=1):
            for need, given in zip(stage.needs, stage.given, strict=True):
                key = (number, need, given, stage.open, stage.complete)
                shown = stages.get(key) or _shown(number, need, given, open_now=open_still and stage.open)
                stages[key] = shown.model_copy(
                    update={"change_ids": [*shown.change_ids, change.needs.matter.change_id]}
                )
    return ApprovalProgress(
        approved=verdict.allowed,
        reason=_reason(stands, request),
        stages=list(stages.values()),
        rulings=[shown_ruling(ruling) for ruling in sorted(request.rulings, key=lambda ruling: ruling.id)],
    )


def planned_stages(changes: tuple[ChangeProgress, ...]) -> list[ReviewStage]:
    """What would have to be approved by whom."""
    return [
        _shown(number, need, (), open_now=stage.open).model_copy(update={"change_ids": [change.needs.matter.change_id]})
        for change in changes
        for number, stage in enumerate(change.stages, start=1)
        for need in stage.needs
    ]


def _shown(number: int, need: Need, given: tuple[str, ...], *, open_now: bool) -> ReviewStage:
    complete = len(given) >= need.count
    return ReviewStage(
        stage=number,
        rule=need.rule,
        reason=_why(need),
        change_ids=[],
        approvers=described(need.approvers),
        count=need.count,
        approved_by=list(given),
        open=open_now and not complete,
        complete=complete,
    )


def _why(need: Need) -> str:
    if need.rule == DEFAULT:
        return "No rule of the configuration is about it: an administrator of what it changes must approve it."
    if need.rule == GUARDRAILS:
        return "A guardrail wants one more approval."
    later = (
        f" After some time without a decision {' or '.join(described(need.later))} may approve it, too."
        if need.later
        else ""
    )
    return f"The rule {need.rule} asks for it.{later}"


def _reason(stands: Standing, request: Request) -> str:
    verdict = stands.verdict()
    if verdict.rule == "not_approved":
        return f"Nobody has approved revision {request.head.revision}. {stands.missing}".strip()
    return verdict.reason

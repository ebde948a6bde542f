"""What a command came to, in the words that ConsoleMe's clients read. Pure."""

from collections.abc import Sequence

from chalicelib.core.arn import Arn
from chalicelib.requests.models import ChangeRecord, PlannedChange, Request
from chalicelib.requests.states import UNDER_WAY, ChangeStatus, State
from chalicelib.requests.wire import ActionResult, ModificationResult


def success(message: str) -> ActionResult:
    return ActionResult(status="success", message=message)


def errors_in(results: Sequence[ActionResult]) -> int:
    return sum(result.status == "error" for result in results)


def answer(*results: ActionResult) -> ModificationResult:
    return ModificationResult(errors=errors_in(results), action_results=list(results))


def outcome_of(request: Request) -> list[ActionResult]:
    """One result for the approval, and one for each change that has come to its end."""
    records = {record.id: record for record in request.records}
    results = [success(f"Successfully approved revision {request.head.revision} of the request")]
    wanted = [change for change in request.revision.changes if not change.cancelled]
    results += [_result(change, records[change.id]) for change in wanted if _has_a_result(records[change.id])]
    if request.head.state is State.PENDING:
        results.append(success("Others must approve it, too. The request says who."))
    if request.head.state in UNDER_WAY:
        results.append(success("The change is being applied. Reload the request to see what became of it."))
    return results


def _has_a_result(record: ChangeRecord) -> bool:
    return record.status.ended and record.status is not ChangeStatus.CANCELLED


def _result(change: PlannedChange, record: ChangeRecord) -> ActionResult:
    name = Arn.parse(change.target).name
    match record.status:
        case ChangeStatus.APPLIED:
            return success(f"Successfully applied: {change.title}, to principal: {name}")
        case ChangeStatus.ENDED:
            return success(f"Applied, and taken back at its end: {change.title}, to principal: {name}")
        case ChangeStatus.ROLLED_BACK:
            text = f"Taken back because another change failed: {change.title}, to principal: {name}"
            return ActionResult(status="error", message=text)
    why = f" {record.error}" if record.error else ""
    return ActionResult(status="error", message=f"Not applied: {change.title}, to principal: {name}.{why}")

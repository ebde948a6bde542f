"""What a command came to, in the words that ConsoleMe's clients read. Pure."""

from collections.abc import Sequence

from chalicelib.core.arn import Arn
from chalicelib.requests.models import ChangeRecord, PlannedChange, Request
from chalicelib.requests.states import UNDER_WAY, ChangeStatus
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
    ended = [change for change in request.revision.changes if records[change.id].status.ended]
    results += [_result(change, records[change.id]) for change in ended]
    if request.head.state in UNDER_WAY:
        results.append(success("The change is being applied. Reload the request to see what became of it."))
    return results


def _result(change: PlannedChange, record: ChangeRecord) -> ActionResult:
    name = Arn.parse(change.target).name
    if record.status is ChangeStatus.APPLIED:
        return success(f"Successfully applied: {change.title}, to principal: {name}")
    return ActionResult(status="error", message=f"Not applied: {change.title}, to principal: {name}. {record.error}")

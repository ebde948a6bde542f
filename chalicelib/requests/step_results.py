"""What the steps of a request's workflow, and the task `due`, answer. Tasks declare these: nothing heavy is imported here."""

from enum import StrEnum

from chalicelib.core.model import Frozen


class Step(StrEnum):
    """Where a workflow goes on. The words stand in released definitions and never change."""

    AWAIT = "await"
    APPLY = "apply"
    FINISH = "finish"


class Plan(Frozen):
    """What a workflow carries: ids, and where it goes on."""

    request_id: str
    step: Step
    change_ids: tuple[str, ...] = ()


class ChangeOutcome(Frozen):
    """What the workflow is told. `refused` means that nothing was tried and nothing recorded."""

    request_id: str
    change_id: str
    status: str
    reason: str | None = None


class Finished(Frozen):
    request_id: str
    state: str


class DueReport(Frozen):
    """How many requests were brought forward, how many tries failed, and how many requests are stuck."""

    done: int
    failed: int
    stuck: int

"""What the steps of a request's workflow, and the task `due`, answer. Tasks declare these: nothing heavy is imported here."""

from enum import StrEnum

from chalicelib.core.model import Frozen


class Step(StrEnum):
    """Where a workflow goes on. The words stand in released definitions and never change."""

    AWAIT = "await"
    APPLY = "apply"
    FINISH = "finish"
    COMPENSATE = "compensate"


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
    """Where the request has come to. `step` is `compensate` while the changes named here must be taken back first, else `finish`."""

    request_id: str
    state: str
    step: Step = Step.FINISH
    change_ids: tuple[str, ...] = ()


class DueReport(Frozen):
    """How much was brought forward, how many tries failed, and how much is stuck."""

    done: int
    failed: int
    stuck: int


class AdoptReport(Frozen):
    """How many roles were looked at, how many of their policies are new requests, and how many could not be taken."""

    looked_at: int
    adopted: int
    failed: int

"""What a guardrail says of a change: a finding, with what follows from it."""

from enum import StrEnum

from chalicelib.core.model import Frozen


class Verdict(StrEnum):
    """What follows. `note` only informs; `more_approval` asks for one more approver than the rules would; `refuse` ends it."""

    NOTE = "note"
    WARN = "warn"
    MORE_APPROVAL = "more_approval"
    REFUSE = "refuse"


class Finding(Frozen):
    """One thing to know about one change. `rule` is the name of the guardrail; `place` says where in the document (`Statement[0].Action`),
    empty for the change as a whole.
    """

    change_id: str
    rule: str
    verdict: Verdict
    title: str
    reason: str
    place: str = ""

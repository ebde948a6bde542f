"""A run of the refresh, and what came of each account in it."""

from typing import Literal

from pydantic import Field

from chalicelib.core.model import Frozen

RunStatus = Literal["running", "succeeded", "partial", "failed", "abandoned"]
"""`partial`: some accounts failed. `abandoned`: it did not end within two hours, and nobody waits for it any more."""
OutcomeStatus = Literal["succeeded", "partial", "failed", "withdrawn", "running"]
"""`partial`: some of its scopes failed. `withdrawn`: the account is not active, and nobody has a role of it any more. `running`: it
has not ended; the counts tell how far it is.
"""

RUN_LIMIT = 7200
"""Seconds after which an unfinished run no longer keeps another from starting."""


class Wishes(Frozen):
    """What a run is to look at. `types` None means all; `due_only` leaves out what was listed a short while ago."""

    types: tuple[str, ...] | None = None
    due_only: bool = False


class Tally(Frozen):
    """Counts of a visit. `scopes` are types in places that were listed whole; `roles` are among the `resources` seen."""

    scopes: int = 0
    resources: int = 0
    roles: int = 0
    written: int = 0
    removed: int = 0
    messages: int = 0

    def plus(self, other: "Tally") -> "Tally":
        mine, others = self.model_dump(), other.model_dump()
        return Tally(**{name: mine[name] + others[name] for name in mine})


class AccountOutcome(Tally):
    """`observed_at` is when the visit began, and `roles_at` when the listing of roles that succeeded did.

    `warning` names what was left as it was although the account succeeded; `error` why it failed; `failures` are the reasons by scope
    (`s3_bucket eu-west-1`).
    """

    account_id: str
    status: OutcomeStatus
    observed_at: int
    roles_at: int | None = None
    warning: str | None = None
    error: str | None = None
    failures: dict[str, str] = Field(default_factory=dict)

    @property
    def tally(self) -> Tally:
        return Tally(**{name: getattr(self, name) for name in Tally.model_fields})


class Run(Frozen):
    """`accounts` are those that are visited."""

    run_id: str
    status: RunStatus
    started_at: int
    finished_at: int | None = None
    accounts: tuple[str, ...] = ()
    wishes: Wishes = Wishes()
    warning: str | None = None
    error: str | None = None


class Lease(Frozen):
    """The run that was last started for all accounts."""

    run_id: str
    taken_at: int
    wishes: Wishes = Wishes()


class AccountItem(Frozen):
    """One item of the workflow's map."""

    account_id: str


class RunAccounts(Frozen):
    """What the workflow's first step hands to its map."""

    run_id: str
    accounts: tuple[AccountItem, ...]


class Failure(Frozen):
    """What Step Functions tells of a step that failed."""

    Error: str
    Cause: str | None = None


class StepResult(Frozen):
    """What a visit to an account left in the workflow: only its id, whether another step must go on, and the error's name when it
    failed.
    """

    account_id: str
    more: bool = False
    error: str | None = None


class RunSummary(Frozen):
    run_id: str
    status: RunStatus
    succeeded: int
    failed: int

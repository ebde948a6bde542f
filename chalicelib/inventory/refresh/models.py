"""A run of the refresh, and what came of each account in it."""

from typing import Literal

from chalicelib.core.model import Frozen

RunStatus = Literal["running", "succeeded", "partial", "failed", "abandoned"]
"""`partial`: some accounts failed. `abandoned`: it did not end within two hours, and nobody waits for it any more."""
OutcomeStatus = Literal["succeeded", "failed", "withdrawn", "running"]
"""`withdrawn`: the account is not active, and nobody has a role of it any more. `running`: nothing is known yet."""

RUN_LIMIT = 7200
"""Seconds after which an unfinished run no longer keeps another from starting."""


class AccountOutcome(Frozen):
    """`observed_at` is when the listing began. Counts: roles seen, rows written, rows removed, messages sent.

    `warning` names what was left as it was although the account succeeded; `error` why it failed.
    """

    account_id: str
    status: OutcomeStatus
    observed_at: int
    roles: int = 0
    written: int = 0
    removed: int = 0
    messages: int = 0
    warning: str | None = None
    error: str | None = None


class Run(Frozen):
    """`accounts` are those that are visited."""

    run_id: str
    status: RunStatus
    started_at: int
    finished_at: int | None = None
    accounts: tuple[str, ...] = ()
    warning: str | None = None
    error: str | None = None


class Lease(Frozen):
    """The run that was last started for all accounts."""

    run_id: str
    taken_at: int


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
    """What a visit to an account left in the workflow: only its id, and the error's name when it failed."""

    account_id: str
    error: str | None = None


class RunSummary(Frozen):
    run_id: str
    status: RunStatus
    succeeded: int
    failed: int

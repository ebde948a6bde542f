"""What the sealer and the regular verification tell, and what they note for their next run and for people."""

from pydantic import Field

from chalicelib.audit.findings import Finding, Position
from chalicelib.core.model import Frozen

LAST_SEAL = "last_seal"
LAST_VERIFICATION = "audit_verification"
"""Names of the notes."""


class LastSeal(Frozen):
    """What the sealer notes for its next run and for people. The seals themselves are what counts."""

    number: int
    sealed_at: int
    chains: int


class SealReport(Frozen):
    """`unread` chains wait for the next seal; `lost` are chains that are shorter than a seal says."""

    number: int
    sealed_at: int
    chains: int
    unread: int = 0
    lost: tuple[str, ...] = ()


class Found(Frozen):
    """A finding, and when it was found last."""

    finding: Finding
    found_at: int


class VerificationNote(Frozen):
    """`verified` and `again` are how far each look has come; `found` keeps findings for a month, newest first."""

    verified: Position | None = None
    again: Position | None = None
    checked_at: int = 0
    whole: bool = False
    """Whether the last run reached the newest seal."""
    last_sealed_at: int | None = None
    found: tuple[Found, ...] = Field(default=())


class RegularReport(Frozen):
    seals: int
    chains: int
    entries: int
    findings: tuple[str, ...]
    whole: bool

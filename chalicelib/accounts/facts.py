"""What the spoke's reading role told of an account itself: its aliases, its regions, and whether we get in."""

from enum import StrEnum

from chalicelib.core.errors import AccessDeniedByAws
from chalicelib.core.model import Frozen

_SAYS_WHY = ("explicit deny", "because no ")
"""AWS names the kind of policy that refused only when the role is there."""


class SpokeHealth(StrEnum):
    """MISSING: the role can't be taken; AWS does not tell whether it isn't there or doesn't trust us. REFUSED: a policy forbids to take
    it, or it was taken and AWS refuses what it asks.
    """

    OK = "ok"
    MISSING = "missing"
    REFUSED = "refused"


class AccountFacts(Frozen):
    """`entered` says whether the spoke's role could be taken, `reason` why not, or what it was refused; AWS's own words.

    `regions` are those that the account has enabled, as last read; the configuration's own as long as nobody could read them
    (`regions_known`). `checked_at` is when all of this was last read, or its health changed.
    """

    account_id: str
    spoke: SpokeHealth
    entered: bool
    reason: str | None = None
    aliases: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    regions_known: bool = False
    checked_at: int = 0

    def require(self) -> None:
        """Raises AccessDeniedByAws for an account that nobody gets into."""
        if not self.entered:
            raise AccessDeniedByAws(self.reason or "The spoke role can't be taken.", reason=f"spoke_{self.spoke}")


def health_of_refusal(error: AccessDeniedByAws) -> SpokeHealth:
    """Of a spoke role that could not be taken."""
    return SpokeHealth.REFUSED if any(word in error.message for word in _SAYS_WHY) else SpokeHealth.MISSING

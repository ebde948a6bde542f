"""Time-bound grants: a right to a role from somewhere else than its tags and the configuration, until a moment or until it is dropped.

Grants, tags and configuration add up: none takes away what another gives.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from chalicelib.access.messages import GrantMessage
from chalicelib.access.rights import Claim, GrantChange, Kind, Word, grant_channel
from chalicelib.access.rules import Rulebook, terms_of_role
from chalicelib.access.tell_rights import TellRights
from chalicelib.core.arn import parse_role_arn
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Forbidden, InvalidInput, NotFound, Throttled
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Principal
from chalicelib.core.roles import AuthorizedRole, Use

_LONGEST_SOURCE = 200


class KnownRole(NamedTuple):
    """A role as it was read from IAM, and when."""

    role: AuthorizedRole
    observed_at: int


RoleReader = Callable[[str], KnownRole | None]
"""By ARN; None for a role that nobody has seen."""


class TimedGrant(NamedTuple):
    """`source` names who grants, and is the grant's own for ever (`request 01J…`): what is put again under it replaces what was."""

    identity: str
    role_arn: str
    source: str
    not_before: int | None = None
    not_after: int | None = None
    use: Use = Use.BOTH


class Grants:
    def __init__(
        self, *, rights: TellRights, roles: RoleReader, book: Rulebook, newest: Callable[[], int], clock: Clock
    ) -> None:
        """`newest` asks for the version of the configuration that is in force by now."""
        self._rights = rights
        self._roles = roles
        self._book = book
        self._newest = newest
        self._clock = clock

    def put_grant(self, grant: TimedGrant) -> None:
        """In force within seconds. May be repeated.

        Raises InvalidInput, NotFound for a role that the inventory does not know, Forbidden for one that is never handed out, and
        Throttled while this process has not seen the newest configuration, which may withhold the role.
        """
        if self._newest() != self._book.version:
            raise Throttled("The configuration has just been changed. Try again in a minute.")
        now = self._clock.now()
        if grant.not_after is not None and grant.not_after <= max(now, grant.not_before or 0):
            raise InvalidInput("The grant would end before it begins, or has ended already.", reason="bad_period")
        known = self._roles(str(parse_role_arn(grant.role_arn)))
        if known is None:
            raise NotFound(
                f"The inventory does not know {grant.role_arn}. If it exists in IAM, refresh its account.",
                reason="unknown_role",
            )
        terms = terms_of_role(known.role, self._book)
        if terms.withheld:
            raise Forbidden(terms.withheld, reason="withheld")
        claim = Claim(
            kind=Kind.GRANT,
            name=grant.source,
            use=grant.use,
            not_before=grant.not_before,
            not_after=grant.not_after,
        )
        self._tell(
            grant,
            GrantChange(
                role_arn=known.role.arn,
                words={grant_channel(grant.source): Word((claim,), now, _milliseconds())},
                terms=terms,
                terms_at=known.observed_at,
                terms_turn=self._book.version,
            ),
        )

    def drop_grant(self, identity: str, role_arn: str, source: str) -> None:
        """Gone within seconds, whatever else gives the role stays. May be repeated."""
        grant = TimedGrant(identity, str(parse_role_arn(role_arn)), source)
        word = Word((), self._clock.now(), _milliseconds())
        self._tell(grant, GrantChange(role_arn=grant.role_arn, words={grant_channel(source): word}))

    def _tell(self, grant: TimedGrant, change: GrantChange) -> None:
        if not grant.source.strip() or len(grant.source) > _LONGEST_SOURCE:
            raise InvalidInput("A grant must name its source, in no more than 200 letters.", reason="bad_source")
        identity = str(Principal.parse(grant.identity))
        self._rights.send([GrantMessage(identity=identity, changes=(change,), sent=ulid())])


def _milliseconds() -> int:
    """Puts in order what one process says within a second."""
    return time.time_ns() // 1_000_000

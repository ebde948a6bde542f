"""Who: a principal is a user or a group, and says which. The two never share a namespace."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from chalicelib.core.errors import InvalidInput


class PrincipalKind(StrEnum):
    USER = "user"
    GROUP = "group"


class SessionKind(StrEnum):
    WEB = "web"
    CLI = "cli"


def fold(name: str) -> str:
    """Names are compared without case; this is the one place that folds them, called at the edge."""
    return name.strip().casefold()


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    kind: PrincipalKind
    name: str

    @classmethod
    def user(cls, name: str) -> Self:
        return cls(PrincipalKind.USER, fold(name))

    @classmethod
    def group(cls, name: str) -> Self:
        return cls(PrincipalKind.GROUP, fold(name))

    @classmethod
    def parse(cls, text: str) -> Self:
        """`user:ada@corp.example` or `group:admins`. Raises InvalidInput for a bare name: here it must be said which."""
        kind, separator, name = text.partition(":")
        if not separator or not name.strip() or kind not in set(PrincipalKind):
            raise InvalidInput(f"'{text}' must say what it is: user:{text} or group:{text}.", reason="bad_principal")
        return cls(PrincipalKind(kind), fold(name))

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Caller:
    """The person on the line, as their session says it. `groups` are folded names.

    `live` tells whether the session row was read: a caller that is not live has only shown a well-signed token, and
    whoever serves them must read the session row together with the rows that decide.
    """

    user: str
    groups: frozenset[str]
    session_id: str
    kind: SessionKind
    expires_at: int
    address: str = ""
    live: bool = False
    groups_known: bool = True
    """False while only the session row knows them: their token would not have fitted into a cookie."""
    principals: tuple[Principal, ...] = field(init=False)

    def __post_init__(self) -> None:
        ordered = (Principal.user(self.user), *(Principal.group(name) for name in sorted(self.groups)))
        object.__setattr__(self, "principals", ordered)

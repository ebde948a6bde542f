"""Who is told about a request: who made it, who had a hand in it, and while it is undecided who may decide. Pure."""

from collections.abc import Iterable, Sequence

from chalicelib.core.hooks import NoticeKind, RequestNotice
from chalicelib.core.principals import Principal
from chalicelib.core.targets import Target
from chalicelib.identity.rules import Rulebook, may_approve
from chalicelib.notifications.messages import Recipient, Why
from chalicelib.requests.models import Request
from chalicelib.requests.states import UNDECIDED

ASKS_FOR_A_DECISION = frozenset(
    {
        NoticeKind.CREATED,
        NoticeKind.REVISED,
        NoticeKind.NEEDS_REBASE,
        NoticeKind.APPROVED_IN_PART,
        NoticeKind.WAITING,
    }
)


def recipients_of(request: Request, notice: RequestNotice, deciders: Iterable[str]) -> tuple[Recipient, ...]:
    """Nobody is told of what they did themselves. `deciders` are the principals whose approval it waits for."""
    authors = {str(Principal.user(name)) for name in (request.head.requester, *request.revision.authors)}
    involved = authors | (_heard(request) if notice.kind is NoticeKind.COMMENTED else set())
    told = [Recipient(principal=name, why=Why.REQUESTER) for name in sorted(involved)]
    asks = notice.kind in ASKS_FOR_A_DECISION or (notice.kind is NoticeKind.COMMENTED and notice.actor in authors)
    if asks and request.head.state in UNDECIDED:
        told += [Recipient(principal=name, why=Why.DECIDES) for name in sorted(set(deciders) - authors)]
    return tuple(one for one in told if one.principal != notice.actor)


def _heard(request: Request) -> set[str]:
    """Whoever has said something, or decided."""
    people = [said.actor for said in request.comments] + [
        ruling.actor for ruling in request.rulings if ruling.rule is None
    ]
    return {str(Principal.user(name)) for name in people}


def deciders_of(targets: Sequence[Target], book: Rulebook) -> frozenset[str]:
    """Principals that the configuration lets decide about every one of these targets."""
    scoped = [name for scope in book.groups.scopes for name in scope.principals]
    named = {*book.administrators, *book.groups.can_admin, *book.groups.can_admin_policies, *scoped}
    return frozenset(name for name in named if may_approve([Principal.parse(name)], targets, book).allowed)

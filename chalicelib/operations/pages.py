"""Pages of scopes; apart, so that the view that cuts them loads nothing heavy."""

from collections.abc import Sequence

from chalicelib.operations.models import Scope, ScopePage, ScopeState

_WORST_FIRST = tuple(ScopeState)


def page_of(scopes: Sequence[Scope], after: str, limit: int) -> ScopePage:
    """The worst first, then the oldest; `after` is the `next` of the page before."""
    ordered = sorted(
        scopes, key=lambda scope: (_WORST_FIRST.index(scope.state), -scope.staleness, scope.kind, scope.scope_id)
    )
    names = [f"{scope.kind} {scope.scope_id}" for scope in ordered]
    start = names.index(after) + 1 if after in names else 0
    some = ordered[start : start + limit]
    return ScopePage(
        scopes=tuple(some), total=len(ordered), next=names[start + limit - 1] if start + limit < len(ordered) else None
    )

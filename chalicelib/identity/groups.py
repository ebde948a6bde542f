"""A person's groups as the sign-in method and the company's plugins tell them together."""

from collections.abc import Callable, Iterable

from chalicelib.core.hooks import GroupFacts
from chalicelib.core.principals import fold
from chalicelib.identity.names import group_names
from chalicelib.plugins.calls import Calls


class GroupHooks:
    def __init__(self, hooks: Callable[[], Calls]) -> None:
        """Plugins are loaded when somebody signs in: most requests need none."""
        self._hooks = hooks

    def __call__(self, user: str, groups: frozenset[str], source: str) -> frozenset[str]:
        """What a sign-in counts. Raises PluginFailed and what a plugin raises on purpose: then nobody signs in."""
        folded = frozenset(map(fold, groups))
        said = self._hooks().every("groups_of", GroupFacts, user=fold(user), groups=folded, source=source)
        return corrected(folded, [one.answer for one in said])


def corrected(groups: frozenset[str], facts: Iterable[GroupFacts]) -> frozenset[str]:
    """What any plugin takes away is away, whoever else adds it. Raises Forbidden for what is no name of a group."""
    known = list(facts)
    added = group_names(name for fact in known for name in fact.add)
    removed = {fold(name) for fact in known for name in fact.remove}
    return (groups | added) - removed

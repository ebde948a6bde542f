"""What access does when the configuration was saved, and when a name has come to mean two.

What the configuration no longer gives is gone with the configuration: whoever decides asks it too. So that the map follows, the
authorisation queue is told which roles must be looked at again, and does that in steps.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from chalicelib.access.authorization import AuthorizationConfig
from chalicelib.access.messages import MapMessage, RecomputeMessage
from chalicelib.access.models import CredentialsConfig
from chalicelib.core.arn import Arn
from chalicelib.core.configuration_hooks import Sections
from chalicelib.core.roles import Use
from chalicelib.plugins.hookspecs import hookimpl

_ROLES = 500
"""ARNs that one message names."""

Mapped = dict[tuple[str, str], Use]


class Teller(Protocol):
    def send(self, messages: Iterable[MapMessage]) -> int: ...

    def names_changed(self, names: Iterable[str]) -> int: ...


class AccessHooks:
    """`accounts` lists the ids of all that are known."""

    def __init__(self, *, rights: Callable[[], Teller], accounts: Callable[[], Iterable[str]]) -> None:
        self._rights = rights
        self._accounts = accounts

    @hookimpl
    def configuration_saved(self, before: Sections, after: Sections) -> None:
        if messages := list(self._to_look_at(before, after)):
            self._rights().send(messages)

    @hookimpl
    def ambiguous_names(self, names: frozenset[str]) -> None:
        self._rights().names_changed(names)

    def _to_look_at(self, before: Sections, after: Sections) -> Iterator[RecomputeMessage]:
        if _rules(before) != _rules(after):
            for account in sorted(self._accounts()):
                yield RecomputeMessage(account_id=account, version=after.version)
            return
        by_account: dict[str, list[str]] = {}
        for arn in _mapped_otherwise(before, after):
            by_account.setdefault(Arn.parse(arn).account, []).append(arn)
        for account, arns in sorted(by_account.items()):
            for start in range(0, len(arns), _ROLES):
                chunk = tuple(arns[start : start + _ROLES])
                yield RecomputeMessage(account_id=account, version=after.version, arns=chunk)


def _mapped_otherwise(before: Sections, after: Sections) -> list[str]:
    """Roles that the mapping gives to somebody now, or no longer, or in another way."""
    old, new = _mapped(before), _mapped(after)
    return sorted(
        {arn for identity, arn in old.keys() | new.keys() if old.get((identity, arn)) != new.get((identity, arn))}
    )


def _mapped(sections: Sections) -> Mapped:
    mapping = sections.section("authorization", AuthorizationConfig).group_mapping
    return {(identity, arn): use for identity, mapped in mapping.items() for arn, use in mapped.uses.items()}


def _rules(sections: Sections) -> tuple[object, ...]:
    """What decides about every role alike."""
    rights, credentials = (
        sections.section("authorization", AuthorizationConfig),
        sections.section("credentials", CredentialsConfig),
    )
    asker = (credentials.external_id, credentials.external_ids, credentials.routes)
    return rights.role_tags, rights.required_trust_entity, asker

"""Whom a resource's own policy lets in from outside its account: reading a resource policy or a trust policy, without asking AWS.

Only statements that allow are read: a Deny may take some of it back, and is never counted on. What a condition narrows to is believed
only for keys and operators that pin the caller down. What can't be read is said, and never taken for closed.
Source: the IAM user guide, "AWS JSON policy elements: Principal"; the S3 user guide, "The meaning of public".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chalicelib.core.exposure_conditions import Limits, limits_of


class Kind(StrEnum):
    """What a principal of a policy is."""

    EVERYBODY = "everybody"
    ACCOUNT = "account"
    """An account, or a role or user of one."""
    ORGANIZATION = "organization"
    NETWORK = "network"
    """Anybody, from certain addresses or networks, or through a certain resource."""
    SERVICE = "service"
    FEDERATED = "federated"
    CANONICAL_USER = "canonical_user"
    DELETED = "deleted"
    """A role or user that is gone: AWS shows its unique id, and lets nobody in by it."""


@dataclass(frozen=True, slots=True, order=True)
class Outsider:
    """Somebody outside the account whom one statement lets in. `conditions` are the keys that the statement asks for.

    `pinned` is whether they say for whom or what it acts: a service that is not can be sent by a stranger.
    """

    kind: Kind
    who: str
    account_id: str
    statement: str
    actions: tuple[str, ...]
    conditions: tuple[str, ...]
    pinned: bool


@dataclass(frozen=True, slots=True)
class Exposure:
    """`denies` says that the policy also denies something, which may take back what is listed; `unreadable` is what was not understood."""

    outsiders: tuple[Outsider, ...] = ()
    denies: bool = False
    unreadable: tuple[str, ...] = ()

    @property
    def public(self) -> bool:
        return any(outsider.kind is Kind.EVERYBODY for outsider in self.outsiders)


@dataclass(frozen=True, slots=True)
class _Named:
    """A principal as a statement names it."""

    kind: Kind
    who: str
    account_id: str = ""


_UNIQUE_ID = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,}")
_CLOUDFRONT = re.compile(r"arn:[\w-]+:iam::cloudfront:user/.+")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ARN_PARTS = 6
_TYPES = {"Service": Kind.SERVICE, "Federated": Kind.FEDERATED, "CanonicalUser": Kind.CANONICAL_USER}


def exposure_of(document: Any, account_id: str) -> Exposure:
    """Of the policy of a resource that is in the account. A resource without a policy lets nobody in from outside."""
    if not document:
        return Exposure()
    if not isinstance(document, Mapping):
        return Exposure(unreadable=("the policy is not a JSON object",))
    outsiders: set[Outsider] = set()
    unreadable: list[str] = []
    denies = False
    for place, statement in _statements(document):
        if not isinstance(statement, Mapping) or statement.get("Effect") not in ("Allow", "Deny"):
            unreadable.append(f"{place} is not a statement that allows or denies")
        elif statement["Effect"] == "Deny":
            denies = True
        elif (found := _let_in(place, statement, account_id)) is None:
            unreadable.append(f"{place} names its principals in no way that IAM knows")
        else:
            outsiders |= found
    return Exposure(tuple(sorted(outsiders)), denies, tuple(unreadable))


def _statements(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    found = document.get("Statement")
    for number, statement in enumerate(_listed(found), start=1):
        sid = statement.get("Sid") if isinstance(statement, Mapping) else None
        yield (sid if isinstance(sid, str) and sid else f"Statement {number}"), statement


def _let_in(place: str, statement: Mapping[str, Any], account_id: str) -> set[Outsider] | None:
    """None when the principals can't be read."""
    named = _principals(statement)
    if named is None:
        return None
    limits = limits_of(statement.get("Condition"))
    found = {narrowed for principal in named for narrowed in _narrowed(principal, limits)}
    return {
        Outsider(
            one.kind,
            one.who,
            one.account_id,
            place,
            _actions(statement),
            limits.keys,
            limits.pins or one.kind not in {Kind.SERVICE, Kind.FEDERATED},
        )
        for one in found
        if one.kind is not Kind.ACCOUNT or one.account_id != account_id
    }


def _principals(statement: Mapping[str, Any]) -> list[_Named] | None:
    if "NotPrincipal" in statement:
        return [_Named(Kind.EVERYBODY, "everybody but those named")]
    principal = statement.get("Principal")
    if principal == "*":
        return [_Named(Kind.EVERYBODY, "*")]
    if not isinstance(principal, Mapping) or not principal:
        return None
    named: list[_Named] = []
    for key, values in principal.items():
        for value in _listed(values):
            one = _named(str(key), value)
            if one is None:
                return None
            named.append(one)
    return named


def _named(key: str, value: Any) -> _Named | None:
    if not isinstance(value, str) or not value:
        return None
    if key in _TYPES:
        return _Named(_TYPES[key], value)
    if key != "AWS":
        return None
    if value == "*":
        return _Named(Kind.EVERYBODY, "*")
    if _ACCOUNT.fullmatch(value):
        return _Named(Kind.ACCOUNT, value, value)
    if _CLOUDFRONT.fullmatch(value):
        return _Named(Kind.SERVICE, value)
    if _UNIQUE_ID.fullmatch(value):
        return _Named(Kind.DELETED, value)
    account = account_in(value)
    return _Named(Kind.ACCOUNT, value, account) if account else None


def _narrowed(principal: _Named, limits: Limits) -> list[_Named]:
    """Whom a statement for everybody means by its conditions; anybody else is who they are."""
    if principal.kind is not Kind.EVERYBODY or not limits.pins:
        return [principal]
    if limits.accounts is not None:
        return [_Named(Kind.ACCOUNT, who, account) for who, account in sorted(limits.accounts.items())]
    if limits.organizations:
        return [_Named(Kind.ORGANIZATION, one) for one in limits.organizations]
    return [_Named(Kind.NETWORK, one) for one in limits.networks] or [principal]


def account_in(arn: str) -> str:
    """The account that an ARN names exactly; empty for one with a wildcard, or for none."""
    parts = arn.split(":", _ARN_PARTS - 1)
    exact = len(parts) == _ARN_PARTS and parts[0] == "arn" and _ACCOUNT.fullmatch(parts[4])
    return parts[4] if exact else ""


def _actions(statement: Mapping[str, Any]) -> tuple[str, ...]:
    if "NotAction" in statement:
        return tuple(sorted(f"all but {action}" for action in _listed(statement["NotAction"])))
    return tuple(sorted(map(str, _listed(statement.get("Action")))))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]

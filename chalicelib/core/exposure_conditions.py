"""What the conditions of a statement say of whom it lets in: only what AWS compares with fixed values counts."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_ACCOUNT_KEYS = {"aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "s3:dataaccesspointaccount"}
_ARN_KEYS = {"aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"}
_ORGANIZATION_KEYS = {"aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"}
_WAYS_IN = {"aws:sourcevpc", "aws:sourcevpce", "aws:sourcearn", "s3:dataaccesspointarn"}
"""The ARN of a bucket names no account, and nobody else's bucket has its name."""
_ADDRESS_KEY = "aws:sourceip"
_SUBJECT = re.compile(r".+:(sub|aud|oaud|amr)")
"""What an identity provider says of whoever it sends: `token.actions.githubusercontent.com:sub`, `saml:aud`."""

_EXACT = {"stringequals", "stringequalsignorecase", "arnequals", "stringlike", "arnlike", "ipaddress"}
_ANY_OF = "foranyvalue:"
_BROADEST = {4: 8, 6: 32}
"""Bits of a network, by version of the protocol, below which it is not a place but most of the internet."""
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ARN_PARTS = 6


@dataclass(frozen=True, slots=True)
class Limits:
    """`accounts` maps what was compared with to its account; None when no condition names accounts.

    Several conditions must all hold, so one that pins down is enough.
    """

    keys: tuple[str, ...] = ()
    accounts: Mapping[str, str] | None = None
    organizations: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    subjects: bool = False

    @property
    def pins(self) -> bool:
        return bool(self.accounts or self.organizations or self.networks or self.subjects)


def limits_of(conditions: Any) -> Limits:
    """Of what is no map of operators nothing is believed."""
    keys: set[str] = set()
    accounts: dict[str, str] | None = None
    organizations: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    subjects = False
    for operator, key, values in _each(conditions):
        keys.add(key)
        name = key.lower()
        if not _compares(operator) or not values:
            continue
        if (found := _accounts(name, values)) is not None:
            accounts = found if accounts is None or len(found) < len(accounts) else accounts
        elif name in _ORGANIZATION_KEYS and all(map(_fixed_organization, values)):
            organizations = tuple(sorted(values))
        elif _is_way_in(name, values):
            networks = (*networks, *sorted(values))
        elif _SUBJECT.fullmatch(name) and all(value.strip("*?") for value in values):
            subjects = True
    return Limits(tuple(sorted(keys)), accounts, organizations, networks, subjects)


def _each(conditions: Any) -> Iterator[tuple[str, str, list[str]]]:
    for operator, compared in conditions.items() if isinstance(conditions, Mapping) else ():
        for key, values in compared.items() if isinstance(compared, Mapping) else ():
            listed = values if isinstance(values, list | tuple) else [values]
            yield str(operator), str(key), [str(value) for value in listed]


def _compares(operator: str) -> bool:
    """`...IfExists` and `ForAllValues:` hold when the call brings no such key at all; what negates names nobody."""
    return operator.lower().removeprefix(_ANY_OF) in _EXACT


def _accounts(name: str, values: list[str]) -> dict[str, str] | None:
    """None when the key names no accounts, or one of its values leaves the account open."""
    if name in _ACCOUNT_KEYS:
        found = {value: value for value in values if _ACCOUNT.fullmatch(value)}
    elif name in _ARN_KEYS:
        found = {value: account for value in values if (account := _account_of(value))}
    else:
        return None
    return found if len(found) == len(set(values)) else None


def _account_of(arn: str) -> str:
    parts = arn.split(":", _ARN_PARTS - 1)
    return parts[4] if len(parts) == _ARN_PARTS and _ACCOUNT.fullmatch(parts[4]) else ""


def _fixed_organization(value: str) -> bool:
    """Paths go down from the organisation's id: `o-a1b2c3/r-x/*`."""
    return re.match(r"o-[a-z0-9]{3,}(/|$)", value) is not None


def _is_way_in(name: str, values: list[str]) -> bool:
    if name == _ADDRESS_KEY:
        return all(map(_is_place, values))
    return name in _WAYS_IN and not any(map(_wild, values))


def _wild(value: str) -> bool:
    return "*" in value or "?" in value or "${" in value


def _is_place(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _BROADEST[network.version]

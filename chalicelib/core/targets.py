"""What a decision is about: an account or a resource as plain facts, and patterns that name many of them.

Three answers are possible to "does this pattern mean that target": yes, no, and not to be told (None), when a fact is missing.
Whoever grants takes None for no; whoever hides takes it for yes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.core.errors import InvalidInput
from chalicelib.core.globs import glob_matches

_PATTERN_CHARACTERS = re.compile(r"[\x21-\x7e]+")
_PARTS = 6
_SERVICE = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Target:
    """An account (`arn` empty) or a resource of it.

    `ou_path` is the names of the organisational units above the account (`Workloads/Prod`), None when no source knows the tree.
    `tags` are the account's, its environment and owner among them. `known` says whether the directory has the account at all.
    """

    account_id: str
    arn: str = ""
    ou_path: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    known: bool = True

    def __str__(self) -> str:
        return self.arn or f"account {self.account_id}"


def check_arn_pattern(text: str) -> str:
    """The pattern. Raises InvalidInput for what is no ARN with `*` and `?`, and for one that means everything."""
    parts = text.split(":", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != "arn" or not _PATTERN_CHARACTERS.fullmatch(text):
        raise InvalidInput(
            f"'{text[:200]}' is not the pattern of an ARN. One looks like arn:aws:iam::*:role/payments-*: six parts, each with * and ?.",
            reason="bad_arn_pattern",
        )
    if not parts[1] or not parts[5] or not _SERVICE.fullmatch(parts[2]):
        raise InvalidInput(
            f"'{text[:200]}' must name a partition, a resource, and one service without wildcards.",
            reason="bad_arn_pattern",
        )
    return text


def arn_matches(pattern: str, arn: str) -> bool:
    """Part by part, as IAM's ArnLike does: a `*` never reaches over the colon between two of the six parts."""
    wanted = pattern.split(":", _PARTS - 1)
    actual = arn.split(":", _PARTS - 1)
    return len(wanted) == len(actual) == _PARTS and all(map(glob_matches, wanted, actual))


def pattern_reaches(pattern: str, account_id: str) -> bool:
    """Whether it can match a resource in the account: one whose ARN names this account, or none."""
    account = pattern.split(":", _PARTS - 1)[4]
    return glob_matches(account, account_id) or glob_matches(account, "")


def in_account(accounts: Iterable[str], target: Target) -> bool | None:
    """None for a resource whose ARN names no account, such as a bucket that the inventory does not know."""
    return target.account_id in set(accounts) if target.account_id else None


def in_ou(paths: Iterable[str], target: Target) -> bool | None:
    """In one of the organisational units or below."""
    if target.ou_path is None:
        return None
    place = f"{target.ou_path}/"
    return any(place.startswith(f"{path}/") for path in paths)


def has_tags(wanted: Mapping[str, Iterable[str]], target: Target) -> bool | None:
    """Every key, each with one of its values."""
    if not target.known:
        return None
    return all(target.tags.get(key) in set(values) for key, values in wanted.items())


def is_resource(patterns: Iterable[str], target: Target) -> bool:
    """An account is no resource."""
    return bool(target.arn) and any(arn_matches(pattern, target.arn) for pattern in patterns)


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Yes if all are, no if one is no, else not to be told. Of no answers: no."""
    found = list(answers)
    if False in found or not found:
        return False
    return None if None in found else True

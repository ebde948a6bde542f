"""Policies of buckets, queues and topics: their grammar, AWS's limits for them, and statements that are added under a name of ours.

Sources: the S3 user guide, "Bucket policies"; the SQS developer guide, "Amazon SQS policy quotas"; the SNS developer guide, "Amazon SNS
policy quotas".
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.core.arn import Arn
from chalicelib.core.canonical import canonical_json, content_hash
from chalicelib.core.errors import InvalidInput
from chalicelib.core.policy_document import (
    VERSION,
    check_actions,
    check_resources,
    check_statement,
    checked_statements,
    compact,
    fault,
    one_of,
)
from chalicelib.core.policy_merge import statements
from chalicelib.core.resources import resource_noun
from chalicelib.core.trust_document import OLD_VERSION, as_kept, check_principals

_KEYS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_SID = re.compile(r"[\w -]{0,128}", re.ASCII)
_OURS = re.compile(r"cm[0-9a-f]{16}(x[0-9]+)?")
_HEX = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one policy. None is no limit but the size."""

    octets: int
    statements: int | None = None
    principals: int | None = None
    conditions: int | None = None


LIMITS = {
    "bucket": Limits(20_480),
    "queue": Limits(8_192, statements=20, principals=50, conditions=10),
    "topic": Limits(30_720, statements=100),
}


def own_sid(change_id: str) -> str:
    """The Sid of what a change adds: taking it back finds it again, and everybody sees whose it is."""
    return f"cm{content_hash(change_id)[:_HEX]}"


def is_own_sid(sid: Any) -> bool:
    return isinstance(sid, str) and _OURS.fullmatch(sid) is not None


def check_resource_policy(document: Any, arn: Arn) -> None:
    """Raises InvalidInput that names the place at fault, what is wrong there, and what is wanted."""
    found = checked_statements(_without_sids(document), versions=(VERSION, OLD_VERSION))
    for place, statement in found:
        check_statement(place, statement, _KEYS)
        check_principals(place, statement)
        check_actions(place, statement)
        check_resources(place, statement)
        for resource in one_of(place, statement, "Resource", "NotResource"):
            if resource_noun(arn) == "bucket" and not _is_of_bucket(resource, arn):
                raise fault(place, f"is about {resource[:100]}; a bucket's policy is about {arn} and {arn}/* only")


def check_limits(document: Mapping[str, Any], arn: Arn) -> None:
    """Raises InvalidInput with the number that is too large, and the one that AWS allows."""
    limits, found = LIMITS[resource_noun(arn)], statements(document)
    counted = (
        ("bytes", len(compact(document).encode()), limits.octets),
        ("statements", len(found), limits.statements),
        ("principals", sum(_principals(statement) for statement in found), limits.principals),
        ("conditions", sum(len(statement.get("Condition") or {}) for statement in found), limits.conditions),
    )
    for what, number, limit in counted:
        if limit is not None and number > limit:
            raise InvalidInput(
                f"The policy of {arn} would have {number} {what}; AWS allows {limit}. Shorten it.",
                reason="policy_too_large",
            )


def named(wanted: Sequence[Mapping[str, Any]], sid: str) -> list[dict[str, Any]]:
    """The statements under a Sid of ours each, whatever Sid they came with."""
    return [
        {"Sid": f"{sid}x{number}" if number else sid, **_bare(statement)} for number, statement in enumerate(wanted)
    ]


def with_statements(live: Mapping[str, Any] | None, ours: Sequence[Mapping[str, Any]], arn: Arn) -> dict[str, Any]:
    """The policy with these in it, behind all others, in the form in which AWS keeps it."""
    sids = {statement["Sid"] for statement in ours}
    others = [statement for statement in statements(live) if statement.get("Sid") not in sids]
    return as_kept({**(live or {"Version": VERSION}), "Statement": [*others, *ours]}, arn.partition)


def holds(live: Mapping[str, Any] | None, ours: Sequence[Mapping[str, Any]], arn: Arn) -> bool:
    """Whether all these are there: under their own Sids, or for ever. What another change of ours has put there may end before them."""
    there = statements(as_kept(live or {}, arn.partition))
    wanted = statements(as_kept({"Statement": list(ours)}, arn.partition))
    sids = {statement["Sid"] for statement in wanted}
    lasting = {
        canonical_json(_bare(statement))
        for statement in there
        if statement.get("Sid") in sids or not is_own_sid(statement.get("Sid"))
    }
    return all(canonical_json(_bare(statement)) in lasting for statement in wanted)


def dropped(live: Mapping[str, Any] | None, document: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Sids of ours that are in the live policy and not in the document."""
    kept = {statement.get("Sid") for statement in statements(document)}
    return tuple(
        statement["Sid"]
        for statement in statements(live)
        if is_own_sid(statement.get("Sid")) and statement["Sid"] not in kept
    )


def _bare(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key != "Sid"}


def _without_sids(document: Any) -> Any:
    """Names of statements are freer here than in IAM's policies. Raises InvalidInput for those that no service takes."""
    found = document.get("Statement") if isinstance(document, dict) else None
    listed = found if isinstance(found, list) else [found]
    sids = [statement.get("Sid", "") for statement in listed if isinstance(statement, dict)]
    for sid in sids:
        if not isinstance(sid, str) or not _SID.fullmatch(sid):
            raise fault("Sid", "must be at most 128 letters, digits, blanks, _ or -")
        if sid and sids.count(sid) > 1:
            raise fault("Sid", f"'{sid}' stands twice; each Sid may stand once")
    if isinstance(found, dict):
        return {**document, "Statement": _bare(found)}
    if isinstance(found, list):
        bare: Iterable[Any] = (_bare(statement) if isinstance(statement, dict) else statement for statement in found)
        return {**document, "Statement": list(bare)}
    return document


def _is_of_bucket(resource: str, arn: Arn) -> bool:
    return resource == str(arn) or resource.startswith(f"{arn}/")


def _principals(statement: Mapping[str, Any]) -> int:
    found = statement.get("Principal") or statement.get("NotPrincipal")
    if not isinstance(found, Mapping):
        return 1 if found else 0
    return sum(len(names) if isinstance(names, list) else 1 for names in found.values())

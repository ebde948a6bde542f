"""IAM roles: from what AWS answers to our record, its hash, and where the console shows it."""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from chalicelib.core.arn import parse_role_arn
from chalicelib.core.canonical import canonical_json, content_hash
from chalicelib.core.errors import InvalidInput
from chalicelib.core.partitions import partition
from chalicelib.inventory.models import AttachedPolicy, LastUse, NamedPolicy, RoleRecord

TYPE = "iam_role"
TECHNOLOGY = "AWS::IAM::Role"
"""AWS Config's word for it."""
DEFAULT_SESSION = 3600
"""MaxSessionDuration of a role that says none."""
_FORM = 1
"""Raised when the record's fields change: every row is then written anew by the next run."""
_WEEK = 7 * 86_400


class RoleHeader(NamedTuple):
    """What ListRoles and GetRole tell, and the large listing does not."""

    description: str | None
    max_session_duration: int


def header(role: Mapping[str, Any]) -> RoleHeader:
    return RoleHeader(role.get("Description") or None, int(role.get("MaxSessionDuration") or DEFAULT_SESSION))


def record(detail: Mapping[str, Any], told: RoleHeader) -> RoleRecord:
    """Raises InvalidInput when a policy of the role is not a JSON object."""
    arn = parse_role_arn(detail["Arn"])
    boundary = detail.get("PermissionsBoundary") or {}
    inline = [
        NamedPolicy(name=policy["PolicyName"], document=_document(policy["PolicyDocument"], policy["PolicyName"]))
        for policy in detail.get("RolePolicyList", ())
    ]
    attached = [
        AttachedPolicy(name=policy["PolicyName"], arn=policy["PolicyArn"])
        for policy in detail.get("AttachedManagedPolicies", ())
    ]
    return RoleRecord(
        arn=str(arn),
        name=detail["RoleName"],
        path=detail["Path"],
        account_id=arn.account,
        role_id=detail["RoleId"],
        create_date=_iso(detail["CreateDate"]),
        description=told.description,
        max_session_duration=told.max_session_duration,
        tags={tag["Key"]: tag["Value"] for tag in detail.get("Tags", ())},
        trust_policy=_document(detail["AssumeRolePolicyDocument"], "the trust policy"),
        inline_policies=tuple(sorted(inline, key=lambda policy: policy.name)),
        attached_policies=tuple(sorted(attached, key=lambda policy: policy.arn)),
        permissions_boundary=boundary.get("PermissionsBoundaryArn"),
        instance_profiles=tuple(sorted(profile["Arn"] for profile in detail.get("InstanceProfileList", ()))),
        last_used=_last_use(detail.get("RoleLastUsed") or {}),
    )


def hash_of(role: RoleRecord) -> str:
    """Changes with everything but the moment of the last use, of which only the week counts: a busy role is not a changed one."""
    used = role.last_used
    week = int(datetime.fromisoformat(used.at).timestamp()) // _WEEK if used else None
    return content_hash({**role.model_dump(mode="json", exclude={"last_used"}), "form": _FORM, "used_in_week": week})


def packed(role: RoleRecord) -> bytes:
    return gzip.compress(canonical_json(role.model_dump(mode="json")).encode(), mtime=0)


def unpacked(detail: bytes) -> RoleRecord:
    return RoleRecord.model_validate_json(gzip.decompress(detail))


def owner(tags: Mapping[str, str], keys: Iterable[str]) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def config_timeline_url(role: RoleRecord, regions: Sequence[str]) -> str:
    """AWS Config's page of the role, behind a sign-in to its account."""
    host = partition(parse_role_arn(role.arn).partition).console
    wanted = urlencode({"resourceId": role.role_id, "resourceName": role.name, "resourceType": "AWS::IAM::Role"})
    page = f"https://{regions[0]}.{host}/config/home?#/resources/timeline?{wanted}"
    return f"/role/{role.account_id}?redirect={quote(page, safe='')}"


def _document(document: Any, what: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise InvalidInput(f"{what} is not a JSON object.", reason="garbage_policy")
    return document


def _last_use(told: Mapping[str, Any]) -> LastUse | None:
    """AWS gives an empty object for a role that nobody used in 400 days."""
    if not told.get("LastUsedDate"):
        return None
    return LastUse(at=_iso(told["LastUsedDate"]), region=told.get("Region") or "")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

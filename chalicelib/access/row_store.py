"""The rows of table `access`: the authorisation map.

`ID#<identity>` / `HEAD` holds a person's or group's roles, or names the `PART#` items that hold them; `ROLE#<arn>` / `ID#<identity>` is
the way back; `FRESHNESS` says when each account was last synced.
"""

import json

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.access.packing import as_text
from chalicelib.access.rights import AccountFreshness, HeldRole
from chalicelib.db.base import Table

FRESHNESS = ("FRESHNESS", "ACCOUNTS")
PART = "PART#"


class AccessRow(Table):
    suffix = "access"

    roles = BinaryAttribute(legacy_encoding=False, null=True)
    version = NumberAttribute(null=True)
    parts = UnicodeAttribute(null=True)
    ambiguous = BooleanAttribute(null=True)
    made_at = NumberAttribute(null=True)
    held = UnicodeAttribute(null=True)
    fresh = UnicodeAttribute(null=True)


def head_key(identity: str) -> tuple[str, str]:
    return f"ID#{identity}", "HEAD"


def part_key(identity: str, part: str) -> tuple[str, str]:
    return f"ID#{identity}", part


def parts_of(head: AccessRow) -> tuple[str, ...]:
    return tuple(json.loads(head.parts)) if head.parts else ()


def way_back(identity: str, arn: str, held: HeldRole | None = None) -> AccessRow:
    return AccessRow(f"ROLE#{arn}", f"ID#{identity}", held=None if held is None else as_text(held))


def accounts_of(row: AccessRow | None) -> dict[str, AccountFreshness]:
    if row is None or not row.fresh:
        return {}
    return {account: AccountFreshness.model_validate(seen) for account, seen in json.loads(row.fresh).items()}

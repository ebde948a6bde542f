"""What ConsoleMe's search boxes and Weep's `search` ask for, on the ranked suggestions."""

from collections.abc import Callable, Mapping

from chalicelib.access.selection import Application
from chalicelib.core.errors import NotFound
from chalicelib.inventory.search.conditions import UNKNOWN
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.models import Column, Condition, Operator, Search, SearchRow, Sight
from chalicelib.inventory.search.suggest import suggest
from chalicelib.inventory.search.wire import (
    ApplicationRoles,
    Principal,
    RoleOfApplication,
    SelfServiceEntry,
    Title,
    TitleOfAccount,
)

ROLE, USER = "AWS::IAM::Role", "AWS::IAM::User"
UNKNOWN_APPLICATION = "Unknown App"
_MOST_APPLICATIONS, _MOST_ROLES = 10, 200
_TECHNOLOGIES = {
    "s3": "AWS::S3::Bucket",
    "sqs": "AWS::SQS::Queue",
    "sns": "AWS::SNS::Topic",
    "iam_arn": ROLE,
    "iam_role": ROLE,
}


def equal(column: Column, value: str) -> Condition:
    return Condition(column=column, operator=Operator.EQUALS, value=value)


_ROLES = (equal(Column.TECHNOLOGY, ROLE),)


def titles(
    index: SearchIndex, resource: str, text: str, *, account_id: str, limit: int, full_arn: bool, sight: Sight | None
) -> list[TitleOfAccount] | list[Title]:
    """Raises NotFound for a kind of resource that nobody can search so."""
    if resource not in _TECHNOLOGIES:
        raise NotFound(
            f"'{resource[:50]}' can't be searched so. One of: {', '.join(sorted([*_TECHNOLOGIES, 'account', 'app']))}.",
            reason="unknown_resource",
        )
    wanted = [equal(Column.TECHNOLOGY, _TECHNOLOGIES[resource])]
    if account_id:
        wanted.append(equal(Column.ACCOUNT_ID, account_id))
    found = [one.row for one in suggest(index, text, limit=limit, conditions=tuple(wanted), sight=sight)]
    if resource == "iam_arn":
        return [Title(title=row.arn) for row in found]
    if resource == "iam_role":
        return [Title(title=name) for name in dict.fromkeys(row.arn.partition(":role/")[2] for row in found)]
    return [TitleOfAccount(title=_bucket_or_arn(row, full_arn=full_arn), account_id=row.account_id) for row in found]


def _bucket_or_arn(row: SearchRow, *, full_arn: bool) -> str:
    return row.name if row.technology == _TECHNOLOGIES["s3"] and not full_arn else row.arn


def applications(
    index: SearchIndex, text: str, known: Mapping[str, Application], sight: Sight | None
) -> dict[str, ApplicationRoles]:
    """Roles by application: of applications whose names contain the text, and those whose ARNs do. Ten groups at most, by their names."""
    wanted = text.strip().casefold()
    found = {one.row.arn: one.row for one in suggest(index, text, limit=_MOST_ROLES, conditions=_ROLES, sight=sight)}
    for name, application in known.items():
        if wanted in name.casefold():
            arns = "|".join(f"^{_like(pattern)}$" for pattern in application.roles)
            owned = Condition(column=Column.ARN, operator=Operator.MATCHES, value=arns)
            rows = index.rows(Search(conditions=(*_ROLES, owned), limit=_MOST_ROLES), sight)
            found |= {row.arn: row for row in rows}
    groups: dict[str, list[RoleOfApplication]] = {}
    for row in sorted(found.values(), key=lambda row: row.arn):
        owners = [name for name, application in known.items() if application.owns(row.arn)] or [UNKNOWN_APPLICATION]
        account = index.account_names.get(row.account_id, UNKNOWN)
        for name in owners:
            groups.setdefault(name, []).append(RoleOfApplication(title=row.arn, description=account))
    names = sorted(groups, key=lambda name: (name == UNKNOWN_APPLICATION, name))[:_MOST_APPLICATIONS]
    return {name: ApplicationRoles(name=name, results=groups[name]) for name in names}


def _like(pattern: str) -> str:
    """The expression that fits what an ARN's pattern fits."""
    signs = {"*": "[^:]*", "?": "[^:]"}
    return "".join(signs.get(sign, sign if sign.isalnum() else f"\\{sign}") for sign in pattern)


def account_titles(names: Mapping[str, str], text: str, seen: Callable[[str], bool]) -> list[Title]:
    """`name (id)`: exact first, then those that begin so, then the rest."""
    wanted = text.strip().casefold()
    found: list[tuple[int, str]] = []
    for account_id, name in names.items():
        title = f"{name or UNKNOWN} ({account_id})"
        if wanted in title.casefold() and seen(account_id):
            exact = wanted in {name.casefold(), account_id}
            found.append((0 if exact else 1 if title.casefold().startswith(wanted) else 2, title))
    return [Title(title=title) for _, title in sorted(found)]


def arns(
    index: SearchIndex, text: str, *, account_id: str, service: str, region: str, limit: int, sight: Sight | None
) -> list[str]:
    """ARNs for policies. Account and region are the inventory's: a bucket's too, although its ARN says neither."""
    wanted: list[Condition] = []
    if account_id:
        wanted.append(equal(Column.ACCOUNT_ID, account_id))
    if region:
        wanted.append(equal(Column.REGION, region))
    if service:
        wanted.append(Condition(column=Column.ARN, operator=Operator.MATCHES, value=f"^arn:[^:]+:{_letters(service)}:"))
    return [one.row.arn for one in suggest(index, text, limit=limit, conditions=tuple(wanted), sight=sight)]


def _letters(service: str) -> str:
    return "".join(letter for letter in service.lower() if letter.isalnum() or letter == "-")


def self_service(index: SearchIndex, text: str, *, limit: int, sight: Sight | None) -> list[SelfServiceEntry]:
    """Roles, then users; nothing for no text."""
    if not text.strip():
        return []
    found: list[SelfServiceEntry] = []
    for technology, icon, family, kind in ((ROLE, "user", "roles", ":role/"), (USER, "user", "users", ":user/")):
        left = limit - len(found)
        if left > 0:
            wanted = (equal(Column.TECHNOLOGY, technology),)
            for one in suggest(index, text, limit=left, conditions=wanted, sight=sight):
                row = one.row
                found.append(
                    SelfServiceEntry(
                        icon=icon,
                        display_text=row.name,
                        account=index.account_names.get(row.account_id, UNKNOWN),
                        details_endpoint=f"/api/v2/{family}/{row.account_id}/{row.arn.partition(kind)[2]}",
                        principal=Principal(principal_arn=row.arn),
                    )
                )
    return found

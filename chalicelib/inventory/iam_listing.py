"""What the types of IAM share: the large listing by kind, the short listings of one identity, and the policies in both."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.aws.spoke_read import Batch, iam_paging
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.inventory.answers import policy_object
from chalicelib.inventory.models import AttachedPolicy, NamedPolicy
from chalicelib.inventory.resource_type import Page, Resource

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader

MOST = 1000
"""As many as IAM gives at once; without saying so it gives 100."""

R = TypeVar("R", bound=Resource)


def details(reader: "AccountReader", kind: str, items: str, after: str) -> Iterator[Batch]:
    """The account's identities or policies of one kind with their documents; `kind` is IAM's word, `User`."""
    return reader.pages(
        "iam",
        "get_account_authorization_details",
        iam_paging(items),
        after=after,
        Filter=[kind],
        MaxItems=MOST,
    )


def page_of_details(batch: Batch, record: Callable[[Mapping[str, Any]], R]) -> Page[R]:
    """One that `record` can't understand (InvalidInput) is unreadable."""
    records: list[R] = []
    unreadable: dict[str, str] = {}
    for detail in batch.items:
        try:
            records.append(record(detail))
        except InvalidInput as error:
            unreadable[detail["Arn"]] = error.message
    return Page(tuple(records), unreadable, batch.after)


def listed(reader: "AccountReader", operation: str, items: str, **of: str) -> list[Any]:
    """All of one identity's list: `listed(reader, "list_groups_for_user", "Groups", UserName=name)`."""
    pages = reader.pages("iam", operation, iam_paging(items), MaxItems=MOST, **of)
    return [item for batch in pages for item in batch.items]


def read_inline(reader: "AccountReader", list_operation: str, read_operation: str, **of: str) -> list[dict[str, Any]]:
    """One identity's inline policies. One that vanishes between the two calls is left out: its identity has not."""
    found = []
    for name in listed(reader, list_operation, "PolicyNames", **of):
        with suppress(NotFound):
            found.append(reader.call("iam", read_operation, PolicyName=name, **of))
    return found


def inline_policies(policies: Iterable[Mapping[str, Any]]) -> tuple[NamedPolicy, ...]:
    """By name. Raises InvalidInput for a document that is no JSON object."""
    found = [
        NamedPolicy(
            name=policy["PolicyName"],
            document=policy_object(policy["PolicyDocument"], f"The inline policy {policy['PolicyName']}"),
        )
        for policy in policies
    ]
    return tuple(sorted(found, key=lambda policy: policy.name))


def attached_policies(policies: Iterable[Mapping[str, Any]]) -> tuple[AttachedPolicy, ...]:
    """By ARN."""
    found = [AttachedPolicy(name=policy["PolicyName"], arn=policy["PolicyArn"]) for policy in policies]
    return tuple(sorted(found, key=lambda policy: policy.arn))


def boundary(identity: Mapping[str, Any]) -> str | None:
    return (identity.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")

"""Where a resource is shown: a page of ours, or the AWS console by a sign-in link. Empty for what neither knows."""

from chalicelib.core.arn import Arn
from chalicelib.core.errors import AppError
from chalicelib.core.partitions import partition
from chalicelib.inventory.registry import type_of
from chalicelib.inventory.search.models import SearchRow


def link(row: SearchRow) -> str:
    """A path of ours. `/role/{account}?redirect=` signs into the account's console; only `#` is escaped in what follows."""
    try:
        arn = Arn.parse(row.arn)
        return _own_page(arn, row) or _console_page(arn, row)
    except AppError:
        return ""


def _own_page(arn: Arn, row: SearchRow) -> str:
    account = row.account_id
    match arn.service, arn.resource_type:
        case "iam", "role":
            return f"/policies/edit/{account}/iamrole/{arn.name}"
        case "iam", "user":
            return f"/policies/edit/{account}/iamuser/{arn.name}"
        case "iam", "policy" if arn.account != "aws":
            return f"/policies/edit/{account}/managed_policy/{arn.path_and_name}"
        case "s3", "":
            return f"/policies/edit/{account}/s3/{arn.resource}"
        case ("sns" | "sqs") as service, "":
            return f"/policies/edit/{account}/{service}/{arn.region}/{arn.resource}"
    return ""


def _console_page(arn: Arn, row: SearchRow) -> str:
    kind = type_of(arn)
    page = kind.console(row) if kind else ""
    if not page:
        return ""
    return f"/role/{row.account_id}?redirect=https://{partition(arn.partition).console}{page.replace('#', '%23')}"

"""Denies on the pages of roles and users, in ConsoleMe's words."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.inventory.denies.wire import WireCloudTrailError, cloudtrail_errors, seen_by


class CloudTrailErrors(Frozen):
    cloudtrail_errors: tuple[WireCloudTrailError, ...] = ()


class CloudTrailDetails(Frozen):
    error_url: str = ""
    errors: CloudTrailErrors = CloudTrailErrors()


def cloudtrail_details(arn: str, caller: Caller) -> CloudTrailDetails:
    """The most frequent denies that the caller may see."""
    container = bootstrap.container()
    denies = container.inventory.denies
    seen = seen_by(denies.store.of(arn), container.identity.permissions.view(caller))
    return CloudTrailDetails(errors=CloudTrailErrors(cloudtrail_errors=cloudtrail_errors(seen, denies.config.shown)))

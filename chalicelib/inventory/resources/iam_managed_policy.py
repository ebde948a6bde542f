"""Customer managed policies with the documents of all their versions. The large listing does not tell their tags: each is asked for
these by a call of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.model import Frozen
from chalicelib.inventory.answers import iso, policy_object, tag_map
from chalicelib.inventory.describe import page_of
from chalicelib.inventory.iam_listing import details, listed
from chalicelib.inventory.resource_type import IAM_EVERY, Page, Place, Resource, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader


class PolicyVersion(Frozen):
    version_id: str
    create_date: str
    document: dict[str, Any]


class ManagedPolicyRecord(Resource):
    """Whom it is attached to stands in the records of roles, users and groups."""

    path: str
    policy_id: str
    description: str | None
    create_date: str
    update_date: str
    default_version: str
    versions: tuple[PolicyVersion, ...]
    """The oldest first; IAM keeps five."""

    @property
    def config_id(self) -> str:
        return self.policy_id

    @property
    def document(self) -> dict[str, Any]:
        """What it says now: the default version's document."""
        return next(one.document for one in self.versions if one.version_id == self.default_version)


class ManagedPolicies:
    name = "iam_managed_policy"
    technology = "managed_policy"
    """The wire's word, which is not Config's."""
    regional = False
    every = IAM_EVERY
    actions = frozenset(
        {
            "iam:GetAccountAuthorizationDetails",
            "iam:GetPolicy",
            "iam:GetPolicyVersion",
            "iam:ListPolicyVersions",
        }
    )
    record = ManagedPolicyRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[ManagedPolicyRecord]]:  # noqa: ARG002 the account is the reader's
        def describe(detail: Mapping[str, Any]) -> ManagedPolicyRecord:
            header = reader.call("iam", "get_policy", PolicyArn=detail["Arn"])["Policy"]
            return _record({**header, **detail}, detail["PolicyVersionList"])

        for batch in details(reader, "LocalManagedPolicy", "Policies", after):
            yield page_of(batch.items, arn_of=lambda detail: detail["Arn"], describe=describe, after=batch.after)

    def read(self, reader: "AccountReader", arn: Arn) -> ManagedPolicyRecord | None:
        """As the listing would tell of it. Raises InvalidInput for a policy that can't be understood."""
        try:
            header = reader.call("iam", "get_policy", PolicyArn=str(arn))["Policy"]
            return _record(header, _versions(reader, str(arn)))
        except NotFound:
            return None

    def owns(self, arn: Arn) -> bool:
        return arn.is_iam("policy")

    def console(self, record: Shown) -> str:
        return f"/iam/home#/policies/details/{quote(record.arn, safe='')}"


def _versions(reader: "AccountReader", arn: str) -> list[dict[str, Any]]:
    """The list of versions comes without their documents. One that vanishes meanwhile is left out: the policy has not."""
    found = []
    for version in listed(reader, "list_policy_versions", "Versions", PolicyArn=arn):
        with suppress(NotFound):
            told = reader.call("iam", "get_policy_version", PolicyArn=arn, VersionId=version["VersionId"])
            found.append(told["PolicyVersion"])
    return found


def _record(header: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]) -> ManagedPolicyRecord:
    arn = Arn.parse(header["Arn"])
    default = next((version["VersionId"] for version in versions if version["IsDefaultVersion"]), None)
    if default is None:
        raise InvalidInput("It changed while it was read: no version is the default one.", reason="changed_while_read")
    return ManagedPolicyRecord(
        arn=str(arn),
        name=header["PolicyName"],
        account_id=arn.account,
        tags=tag_map(header.get("Tags", ())),
        path=header["Path"],
        policy_id=header["PolicyId"],
        description=header.get("Description") or None,
        create_date=iso(header["CreateDate"]),
        update_date=iso(header["UpdateDate"]),
        default_version=default,
        versions=tuple(sorted(map(_version, versions), key=lambda version: int(version.version_id.removeprefix("v")))),
    )


def _version(version: Mapping[str, Any]) -> PolicyVersion:
    name = version["VersionId"]
    document = policy_object(version["Document"], f"Version {name}")
    return PolicyVersion(version_id=name, create_date=iso(version["CreateDate"]), document=document)


RESOURCE_TYPE = ManagedPolicies()

"""The trust policy of an IAM role, replaced as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from chalicelib.changes.base import ALREADY_SO, Image, Plain, Preview, Reading, Spec, Writing
from chalicelib.changes.gateways import existing
from chalicelib.core.arn import Arn, parse_role_arn
from chalicelib.core.canonical import canonical_json
from chalicelib.core.errors import InvalidInput
from chalicelib.core.policy_document import VERSION, counted_size
from chalicelib.core.policy_merge import taken_back
from chalicelib.core.trust_document import TRUST_LIMIT, as_kept, check_trust_policy

_QUOTA = "AssumeRolePolicySizeQuota"
_NOBODY = {
    "Version": VERSION,
    "Statement": [{"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
"""A role always has a trust policy: the one that trusts nobody."""


class AssumeRolePolicySpec(Spec):
    """`arn` is the role when it is another one than the principal on whose behalf it is changed (`sts_resource_policy`)."""

    change_type: Literal["assume_role_policy"] = "assume_role_policy"
    document: dict[str, Any]
    arn: str | None = None

    @property
    def role_arn(self) -> str:
        return self.arn or self.principal_arn


@dataclass(frozen=True, slots=True)
class HeldTrust:
    identity: str
    document: dict[str, Any]
    limit: int


class AssumeRolePolicy(Plain[AssumeRolePolicySpec]):
    name = "assume_role_policy"
    spec = AssumeRolePolicySpec
    spoke_actions = ("iam:GetAccountSummary", "iam:GetRole", "iam:UpdateAssumeRolePolicy")

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], _default_name: str) -> AssumeRolePolicySpec:
        document = (wish.get("policy") or {}).get("policy_document")
        if document is None:
            raise InvalidInput("policy: the change has no trust policy document.", reason="no_policy_document")
        return AssumeRolePolicySpec(principal_arn=principal_arn, document=document, arn=wish.get("arn"))

    def to_wire(self, spec: AssumeRolePolicySpec, before: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "resources": [],
            "arn": spec.arn,
            "policy": _policy(spec.document),
            "old_policy": _policy(before),
            "source_change_id": None,
        }

    def edited(
        self, spec: AssumeRolePolicySpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> AssumeRolePolicySpec:
        del before
        return spec if document is None else spec.model_copy(update={"document": document})

    def target(self, spec: AssumeRolePolicySpec) -> str:
        return spec.role_arn

    def place(self, _spec: AssumeRolePolicySpec) -> str:
        return "trust policy"

    def title(self, _spec: AssumeRolePolicySpec) -> str:
        return "Replace the trust policy"

    def check(self, spec: AssumeRolePolicySpec) -> None:
        parse_role_arn(spec.role_arn)
        check_trust_policy(spec.document)

    def survey(self, spec: AssumeRolePolicySpec, aws: Reading) -> HeldTrust:
        found = existing(spec.role_arn, aws.principals)
        limit = aws.principals.quotas(spec.role_arn).get(_QUOTA, TRUST_LIMIT)
        return HeldTrust(found.id, self._kept(spec, found.trust), limit)

    def preview(self, spec: AssumeRolePolicySpec, survey: HeldTrust) -> tuple[Preview, HeldTrust]:
        wanted = self._kept(spec, spec.document)
        if canonical_json(wanted) == canonical_json(survey.document):
            raise InvalidInput("The trust policy already is exactly that.", reason=ALREADY_SO)
        if (size := counted_size(wanted)) > survey.limit:
            raise InvalidInput(
                f"The trust policy would have {size} characters; the account allows {survey.limit}. Shorten it.",
                reason="policy_too_large",
            )
        images = Preview(
            before=Image(identity=survey.identity, content=survey.document),
            after=Image(identity=survey.identity, content=wanted),
        )
        return images, replace(survey, document=wanted)

    def undone(self, _spec: AssumeRolePolicySpec, preview: Preview, live: Image) -> dict[str, Any] | None:
        return taken_back(preview.before.content, preview.after.content, live.content) or dict(_NOBODY)

    def image(self, spec: AssumeRolePolicySpec, aws: Reading) -> Image:
        found = aws.principals.find(spec.role_arn)
        return Image(identity=found.id, content=self._kept(spec, found.trust))

    def _kept(self, spec: AssumeRolePolicySpec, document: Mapping[str, Any] | None) -> dict[str, Any]:
        return as_kept(document or {}, Arn.parse(spec.role_arn).partition)

    def write(self, spec: AssumeRolePolicySpec, content: dict[str, Any] | None, aws: Writing) -> None:
        aws.principals.set_trust(spec.role_arn, content or _NOBODY)


def _policy(document: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if document is None else {"version": None, "policy_document": document, "policy_sha256": None}


CHANGE = AssumeRolePolicy()

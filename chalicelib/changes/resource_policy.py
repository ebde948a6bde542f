"""The policy of a bucket, a queue or a topic: replaced as a whole, taken away, or statements added to what is there.

Added statements carry a Sid of the change, so that two changes of one policy don't stand in each other's way and each is taken back alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from chalicelib.changes.base import ALREADY_SO, Action, Image, Plain, Preview, Reading, Spec, Writing
from chalicelib.changes.gateways import missing
from chalicelib.core.arn import Arn
from chalicelib.core.canonical import canonical_json
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.policy_document import VERSION
from chalicelib.core.policy_merge import taken_back
from chalicelib.core.resource_document import (
    LIMITS,
    check_limits,
    check_resource_policy,
    dropped,
    holds,
    named,
    own_sid,
    with_statements,
)
from chalicelib.core.resources import resource_noun
from chalicelib.core.trust_document import as_kept


class ResourcePolicySpec(Spec):
    """`arn` is the resource, `principal_arn` on whose behalf its policy is changed, which may be the resource itself.

    Of `document` and `statements` one is given, and none when the policy is to go. `sid` names what is added.
    """

    change_type: Literal["resource_policy"] = "resource_policy"
    arn: str
    action: Action = Action.ATTACH
    document: dict[str, Any] | None = None
    statements: tuple[dict[str, Any], ...] | None = None
    sid: str = ""

    @property
    def resource(self) -> Arn:
        return Arn.parse(self.arn)


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    identity: str
    document: dict[str, Any] | None


class ResourcePolicy(Plain[ResourcePolicySpec]):
    name = "resource_policy"
    spec = ResourcePolicySpec
    spoke_actions = (
        "s3:DeleteBucketPolicy",
        "s3:GetBucketLocation",
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
        "sns:GetTopicAttributes",
        "sns:SetTopicAttributes",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:SetQueueAttributes",
    )

    def numbered(self, spec: ResourcePolicySpec, change_id: str) -> ResourcePolicySpec:
        return spec if spec.statements is None else spec.model_copy(update={"sid": own_sid(change_id)})

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], _default_name: str) -> ResourcePolicySpec:
        action = Action(wish.get("action") or Action.ATTACH)
        document, added = (wish.get("policy") or {}).get("policy_document"), wish.get("statements")
        if action is Action.ATTACH and (document is None) == (added is None):
            raise InvalidInput(
                "policy: send the whole policy, or as statements what is to be added to it.",
                reason="no_policy_document",
            )
        return ResourcePolicySpec(
            principal_arn=principal_arn,
            arn=wish.get("arn") or principal_arn,
            action=action,
            document=document if action is Action.ATTACH else None,
            statements=added if action is Action.ATTACH else None,
        )

    def to_wire(self, spec: ResourcePolicySpec, before: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "resources": [],
            "arn": spec.arn,
            "action": spec.action.value,
            "policy": _policy(spec.document),
            "old_policy": _policy(before),
            "statements": None if spec.statements is None else list(spec.statements),
            "source_change_id": None,
            "supported": True,
        }

    def edited(
        self, spec: ResourcePolicySpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> ResourcePolicySpec:
        """The whole policy, also of one to which statements were to be added."""
        del before
        if document is None:
            return spec
        if spec.action is Action.DETACH:
            raise InvalidInput("This change deletes a policy; there is no document to edit.", reason="nothing_to_edit")
        return spec.model_copy(update={"document": document, "statements": None, "sid": ""})

    def target(self, spec: ResourcePolicySpec) -> str:
        return spec.arn

    def place(self, spec: ResourcePolicySpec) -> str:
        return f"policy {spec.sid}".rstrip()

    def title(self, spec: ResourcePolicySpec) -> str:
        verb = "Delete the" if spec.action is Action.DETACH else "Replace the" if spec.document else "Add to the"
        return f"{verb} policy of the {resource_noun(spec.resource)} {spec.resource.resource}"

    def check(self, spec: ResourcePolicySpec) -> None:
        noun = resource_noun(spec.resource)
        if noun not in LIMITS:
            raise InvalidInput(
                f"arn: {spec.arn[:200]} is no bucket, queue or topic. Only their policies can be changed so far; for the trust policy"
                " of a role send assume_role_policy.",
                reason="resource_not_supported",
            )
        if spec.action is Action.DETACH and noun == "topic":
            raise InvalidInput("A topic always has a policy: replace it by another.", reason="policy_needed")
        if spec.document is not None:
            check_resource_policy(spec.document, spec.resource)
        elif spec.statements is not None:
            check_resource_policy({"Version": VERSION, "Statement": list(spec.statements)}, spec.resource)

    def survey(self, spec: ResourcePolicySpec, aws: Reading) -> HeldPolicy:
        try:
            return HeldPolicy(aws.resources.find(spec.arn).identity, self._live(spec, aws))
        except NotFound as error:
            raise missing(spec.arn) from error

    def preview(self, spec: ResourcePolicySpec, survey: HeldPolicy) -> tuple[Preview, HeldPolicy]:
        wanted = _wanted(spec, survey.document)
        if canonical_json(wanted) == canonical_json(survey.document):
            raise InvalidInput(f"The policy of {spec.arn} already is exactly that.", reason=ALREADY_SO)
        if wanted is not None:
            check_limits(wanted, spec.resource)
        if spec.until is not None and (lost := dropped(survey.document, wanted)):
            raise InvalidInput(
                f"The document leaves out {', '.join(lost)}, which other requests have put there. For a time, add statements"
                " instead: else what they gave would come back after its own end.",
                reason="statements_of_others",
            )
        images = Preview(
            before=Image(identity=survey.identity, content=survey.document),
            after=Image(identity=survey.identity, content=wanted),
        )
        return images, replace(survey, document=wanted)

    def undone(self, _spec: ResourcePolicySpec, preview: Preview, live: Image) -> dict[str, Any] | None:
        return taken_back(preview.before.content, preview.after.content, live.content)

    def image(self, spec: ResourcePolicySpec, aws: Reading) -> Image:
        identity = aws.resources.find(spec.arn).identity
        return Image(identity=identity, content=self._live(spec, aws))

    def write(self, spec: ResourcePolicySpec, content: dict[str, Any] | None, aws: Writing) -> None:
        aws.resources.set_policy(spec.arn, content)

    def _live(self, spec: ResourcePolicySpec, aws: Reading) -> dict[str, Any] | None:
        found = aws.resources.policy(spec.arn)
        return None if found is None else as_kept(found, spec.resource.partition)


def _wanted(spec: ResourcePolicySpec, live: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the resource is to hold. Raises InvalidInput when it holds the statements already."""
    if spec.statements is None:
        return None if spec.document is None else as_kept(spec.document, spec.resource.partition)
    ours = named(spec.statements, spec.sid)
    if holds(live, ours, spec.resource):
        raise InvalidInput(f"The policy of {spec.arn} has these statements already.", reason=ALREADY_SO)
    return with_statements(live, ours, spec.resource)


def _policy(document: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if document is None else {"version": None, "policy_document": document, "policy_sha256": None}


CHANGE = ResourcePolicy()

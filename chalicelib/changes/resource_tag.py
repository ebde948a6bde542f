"""A tag of a role, a user, a managed policy, a bucket, a queue or a topic: set, renamed, taken away."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from chalicelib.changes.base import ALREADY_SO, Image, Preview, Reading, Spec, Writing, no_document
from chalicelib.changes.gateways import missing
from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.resource_tags import check_count, check_tag
from chalicelib.core.resources import resource_noun


class TagAction(StrEnum):
    """ConsoleMe's words."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class ResourceTagSpec(Spec):
    """`principal_arn` is what is tagged. `original_key` is the key that the tag has so far, when it gets another one."""

    change_type: Literal["resource_tag"] = "resource_tag"
    tag_action: TagAction
    key: str
    value: str = ""
    original_key: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Those that the change may write."""
        return (self.key,) if self.original_key in (None, self.key) else (self.key, str(self.original_key))


@dataclass(frozen=True, slots=True)
class HeldTags:
    identity: str
    tags: dict[str, str]


class ResourceTag:
    """An image is the tags that the change may write, None when there are none of them: what others tag meanwhile is theirs."""

    name = "resource_tag"
    spec = ResourceTagSpec
    spoke_actions = (
        "iam:GetPolicy",
        "iam:GetRole",
        "iam:GetUser",
        "iam:ListPolicyTags",
        "iam:TagPolicy",
        "iam:TagRole",
        "iam:TagUser",
        "iam:UntagPolicy",
        "iam:UntagRole",
        "iam:UntagUser",
        "s3:GetBucketLocation",
        "s3:GetBucketTagging",
        "s3:PutBucketTagging",
        "sns:GetTopicAttributes",
        "sns:ListTagsForResource",
        "sns:TagResource",
        "sns:UntagResource",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ListQueueTags",
        "sqs:TagQueue",
        "sqs:UntagQueue",
    )

    def numbered(self, spec: ResourceTagSpec, _change_id: str) -> ResourceTagSpec:
        return spec

    def from_wire(self, principal_arn: str, wish: Mapping[str, Any], _default_name: str) -> ResourceTagSpec:
        action = wish.get("tag_action")
        if action is None:
            raise InvalidInput(f"tag_action: say one of {', '.join(TagAction)}.", reason="no_tag_action")
        deleted = action == TagAction.DELETE
        return ResourceTagSpec(
            principal_arn=principal_arn,
            tag_action=TagAction(action),
            key=wish.get("key") or (wish.get("original_key") if deleted else None) or "",
            value="" if deleted else wish.get("value") or "",
            original_key=None if deleted else wish.get("original_key") or None,
        )

    def to_wire(self, spec: ResourceTagSpec, before: dict[str, Any] | None) -> dict[str, Any]:
        original = spec.original_key or spec.key
        return {
            "resources": [],
            "tag_action": spec.tag_action.value,
            "key": spec.key,
            "value": spec.value,
            "original_key": spec.original_key,
            "original_value": (before or {}).get(original),
        }

    def edited(
        self, spec: ResourceTagSpec, document: dict[str, Any] | None, before: dict[str, Any] | None
    ) -> ResourceTagSpec:
        del before
        return no_document(spec, document)

    def target(self, spec: ResourceTagSpec) -> str:
        return spec.principal_arn

    def place(self, spec: ResourceTagSpec) -> str:
        return "tag " + " and ".join(sorted(spec.keys))

    def title(self, spec: ResourceTagSpec) -> str:
        if spec.tag_action is TagAction.DELETE:
            return f"Delete tag {spec.key}"
        if len(spec.keys) > 1:
            return f"Rename tag {spec.original_key} to {spec.key}"
        return f"Set tag {spec.key}"

    def check(self, spec: ResourceTagSpec) -> None:
        arn = Arn.parse(spec.principal_arn)
        if not (_is_principal(arn) or resource_noun(arn)):
            raise InvalidInput(
                f"'{spec.principal_arn[:200]}' is none of what can be tagged here: a role, a user, an account's own managed policy, a"
                " bucket, a queue or a topic.",
                reason="resource_not_supported",
            )
        for key in spec.keys:
            check_tag(key, spec.value)

    def survey(self, spec: ResourceTagSpec, aws: Reading) -> HeldTags:
        try:
            return _held(spec.principal_arn, aws)
        except NotFound as error:
            raise missing(spec.principal_arn) from error

    def preview(self, spec: ResourceTagSpec, survey: HeldTags) -> tuple[Preview, HeldTags]:
        wanted = {} if spec.tag_action is TagAction.DELETE else {spec.key: spec.value}
        before, others = _part(spec, survey.tags), {k: v for k, v in survey.tags.items() if k not in spec.keys}
        if before == wanted:
            raise InvalidInput(_already(spec), reason=ALREADY_SO)
        _check_there(spec, survey.tags)
        _check_case(spec, others)
        after = others | wanted
        check_count(after)
        images = Preview(before=_image(survey.identity, before), after=_image(survey.identity, wanted))
        return images, replace(survey, tags=after)

    def undone(self, _spec: ResourceTagSpec, preview: Preview, _live: Image) -> dict[str, Any] | None:
        """As it was, even when somebody has edited the tag since: what they have made of it may still hold what was given for a time."""
        return preview.before.content

    def halfway(self, _spec: ResourceTagSpec, preview: Preview, live: Image) -> bool:
        """A tag that gets another key has both for a moment."""
        before, after = preview.before.content or {}, preview.after.content or {}
        return live.identity == preview.before.identity and (live.content or {}) in (before | after, after | before)

    def image(self, spec: ResourceTagSpec, aws: Reading) -> Image:
        held = _held(spec.principal_arn, aws)
        return _image(held.identity, _part(spec, held.tags))

    def write(self, spec: ResourceTagSpec, content: dict[str, Any] | None, aws: Writing) -> None:
        tags = {key: str(value) for key, value in (content or {}).items()}
        gone = [key for key in spec.keys if key not in tags]
        if not _is_principal(Arn.parse(spec.principal_arn)):
            aws.resources.retag(spec.principal_arn, tags, gone)
            return
        if tags:
            aws.principals.tag(spec.principal_arn, tags)
        if gone:
            aws.principals.untag(spec.principal_arn, gone)


def _is_principal(arn: Arn) -> bool:
    return arn.is_iam("role") or arn.is_iam("user")


def _held(arn: str, aws: Reading) -> HeldTags:
    if _is_principal(Arn.parse(arn)):
        found = aws.principals.find(arn)
        return HeldTags(found.id, dict(found.tags))
    return HeldTags(aws.resources.find(arn).identity, aws.resources.tags(arn))


def _part(spec: ResourceTagSpec, tags: Mapping[str, str]) -> dict[str, str]:
    return {key: tags[key] for key in spec.keys if key in tags}


def _image(identity: str, tags: dict[str, str]) -> Image:
    return Image(identity=identity, content=dict(tags) or None)


def _already(spec: ResourceTagSpec) -> str:
    return (
        f"There is no tag {spec.key}."
        if spec.tag_action is TagAction.DELETE
        else f"The tag {spec.key} is that already."
    )


def _check_there(spec: ResourceTagSpec, tags: Mapping[str, str]) -> None:
    if spec.tag_action is TagAction.CREATE and spec.key in tags:
        raise InvalidInput(
            f"There is a tag {spec.key} already. To change it, send tag_action update.", reason="tag_exists"
        )
    if len(spec.keys) == 1:
        return
    if spec.original_key not in tags:
        raise InvalidInput(f"There is no tag {spec.original_key} to rename.", reason="tag_not_found")
    if spec.key in tags:
        raise InvalidInput(f"There is a tag {spec.key} already: it would be written over.", reason="tag_exists")


def _check_case(spec: ResourceTagSpec, others: Mapping[str, str]) -> None:
    """IAM takes two keys that differ only in case for one."""
    if Arn.parse(spec.principal_arn).service != "iam" or spec.tag_action is TagAction.DELETE:
        return
    if same := [key for key in others if key.lower() == spec.key.lower()]:
        raise InvalidInput(
            f"There is a tag {same[0]}, which IAM takes for the same key. Change that one.", reason="tag_exists"
        )


CHANGE = ResourceTag()

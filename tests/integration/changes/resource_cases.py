"""Changes of resources with a policy or tags of their own, and of rights, from every state that they may begin in."""

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.changes.base import Action, Spec
from chalicelib.changes.resource_policy import ResourcePolicySpec
from chalicelib.changes.resource_tag import ResourceTagSpec, TagAction
from chalicelib.changes.role_access import RoleAccessSpec
from chalicelib.core.arn import Arn
from chalicelib.core.resources import resource_noun
from tests.support.change_estate import ACCOUNT, NOON, Case, Estate, document

_READS = {"bucket": "s3:GetObject", "queue": "sqs:ReceiveMessage", "topic": "sns:Subscribe"}
_MADE: dict[str, Callable[[Estate], str]] = {
    "bucket": lambda estate: estate.bucket(),
    "queue": lambda estate: estate.queue(),
    "topic": lambda estate: estate.topic(),
}
_TAGGED = _MADE | {
    "role": lambda estate: estate.role(),
    "user": lambda estate: estate.user(),
    "managed policy": lambda estate: estate.policy(),
}


def allowing(arn: str, account: str, **more: Any) -> dict[str, Any]:
    """A statement of this resource's policy."""
    kind = resource_noun(Arn.parse(arn))
    on = f"{arn}/*" if kind == "bucket" else arn
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": _READS[kind], "Resource": on, **more}


def _policies(kind: str, made: Callable[[Estate], str]) -> Iterator[Case]:
    def held(estate: Estate) -> str:
        arn = made(estate)
        estate.resources.set_policy(arn, document(allowing(arn, "333333333333", Sid="Theirs")))
        return arn

    def new(estate: Estate) -> Spec:
        arn = made(estate)
        return ResourcePolicySpec(principal_arn=arn, arn=arn, document=document(allowing(arn, "444444444444")))

    def replaced(estate: Estate) -> Spec:
        arn = held(estate)
        wanted = document(allowing(arn, "333333333333", Sid="Theirs"), allowing(arn, "444444444444"))
        return ResourcePolicySpec(principal_arn=arn, arn=arn, document=wanted)

    def deleted(estate: Estate) -> Spec:
        arn = held(estate)
        return ResourcePolicySpec(principal_arn=arn, arn=arn, action=Action.DETACH)

    def added(estate: Estate) -> Spec:
        arn = held(estate)
        statements = (allowing(arn, "444444444444", Sid="Mine"), allowing(arn, "555555555555"))
        return ResourcePolicySpec(principal_arn=arn, arn=arn, statements=statements)

    def added_to_none(estate: Estate) -> Spec:
        arn = made(estate)
        return ResourcePolicySpec(principal_arn=arn, arn=arn, statements=(allowing(arn, "444444444444"),))

    def meddle(estate: Estate, spec: Spec) -> None:
        arn = spec.model_dump()["arn"]
        live = estate.resources.policy(arn) or {}
        meanwhile = allowing(arn, "666666666666", Sid="Meanwhile")
        estate.resources.set_policy(arn, {**live, "Statement": [meanwhile, *live["Statement"]]})

    def stays(estate: Estate, spec: Spec) -> bool:
        arn = spec.model_dump()["arn"]
        live = estate.resources.policy(arn) or {}
        names = [one["Principal"]["AWS"] for one in live["Statement"]]
        return names == [f"arn:aws:iam::{account}:root" for account in ("666666666666", "333333333333")]

    yield Case(f"policy of a {kind}, new", new)
    yield Case(f"policy of a {kind}, replaced", replaced, meddle, stays)
    yield Case(f"statements in the policy of a {kind}", added, meddle, stays)
    yield Case(f"statements in a {kind} without one of its own", added_to_none)
    if kind != "topic":
        yield Case(f"policy of a {kind}, deleted", deleted)


def _tags(kind: str, made: Callable[[Estate], str]) -> Iterator[Case]:
    def tagged(estate: Estate) -> str:
        arn = made(estate)
        if kind in {"role", "user"}:
            estate.principals.tag(arn, {"stage": "test", "owner": "ada"})
        else:
            estate.resources.retag(arn, {"stage": "test", "owner": "ada"}, ())
        return arn

    def create(estate: Estate) -> Spec:
        return ResourceTagSpec(principal_arn=made(estate), tag_action=TagAction.CREATE, key="team", value="payments")

    def update(estate: Estate) -> Spec:
        return ResourceTagSpec(principal_arn=tagged(estate), tag_action=TagAction.UPDATE, key="stage", value="live")

    def rename(estate: Estate) -> Spec:
        return ResourceTagSpec(
            principal_arn=tagged(estate), tag_action=TagAction.UPDATE, key="env", value="test", original_key="stage"
        )

    def delete(estate: Estate) -> Spec:
        return ResourceTagSpec(principal_arn=tagged(estate), tag_action=TagAction.DELETE, key="stage")

    yield Case(f"tag of a {kind}, new", create)
    yield Case(f"tag of a {kind}, another value", update)
    yield Case(f"tag of a {kind}, another key", rename)
    yield Case(f"tag of a {kind}, deleted", delete)


def _role_access() -> Iterator[Case]:
    def give(estate: Estate) -> Spec:
        arn = f"arn:aws:iam::{ACCOUNT}:role/{estate.unused('used')}"
        estate.rights.add(arn)
        return RoleAccessSpec(principal_arn=arn, identity="group:on-call", not_before=NOON)

    yield Case("access to a role", give)


RESOURCE_CASES = (
    *(case for kind, made in _MADE.items() for case in _policies(kind, made)),
    *(case for kind, made in _TAGGED.items() for case in _tags(kind, made)),
    *_role_access(),
)

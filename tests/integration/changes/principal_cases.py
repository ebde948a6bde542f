"""Changes of IAM roles and users, each on every kind of target and from every state that it may begin in."""

from collections.abc import Callable, Iterator

from chalicelib.changes.assume_role_policy import AssumeRolePolicySpec
from chalicelib.changes.base import Action, Spec
from chalicelib.changes.inline_policy import InlinePolicySpec
from chalicelib.changes.managed_policy import ManagedPolicySpec
from chalicelib.changes.permissions_boundary import PermissionsBoundarySpec
from chalicelib.changes.role_create import RoleCreateSpec
from chalicelib.changes.role_delete import RoleDeleteSpec
from chalicelib.changes.whole_role import WholeRole
from chalicelib.core.iam import NewRole
from tests.support.change_estate import ACCOUNT, Case, Estate, document, statement, trust

_OLD, _NEW, _THEIRS = statement("sqs:ReceiveMessage"), statement("s3:PutObject"), statement("sns:Publish")


def _principals() -> Iterator[tuple[str, Callable[[Estate], str]]]:
    yield "role", lambda estate: estate.role()
    yield "user", lambda estate: estate.user()


def _inline(kind: str, principal: Callable[[Estate], str]) -> Iterator[Case]:
    def put(estate: Estate) -> Spec:
        return InlinePolicySpec(principal_arn=principal(estate), policy_name="export", document=document())

    def replace(estate: Estate) -> Spec:
        arn = principal(estate)
        estate.principals.put_inline(arn, "export", document(_OLD))
        wanted = document(_OLD, _NEW)
        return InlinePolicySpec(principal_arn=arn, policy_name="export", new=False, document=wanted)

    def delete(estate: Estate) -> Spec:
        arn = principal(estate)
        estate.principals.put_inline(arn, "export", document(_OLD))
        return InlinePolicySpec(principal_arn=arn, policy_name="export", new=False, action=Action.DETACH)

    def meddle(estate: Estate, spec: Spec) -> None:
        estate.principals.put_inline(spec.principal_arn, "export", document(_OLD, _THEIRS, _NEW))

    def stays(estate: Estate, spec: Spec) -> bool:
        return estate.principals.inline_policy(spec.principal_arn, "export") == document(_OLD, _THEIRS)

    yield Case(f"inline policy of a {kind}, new", put)
    yield Case(f"inline policy of a {kind}, replaced", replace, meddle, stays)
    yield Case(f"inline policy of a {kind}, deleted", delete)


def _managed(kind: str, principal: Callable[[Estate], str]) -> Iterator[Case]:
    def attach(estate: Estate) -> Spec:
        return ManagedPolicySpec(principal_arn=principal(estate), arn=estate.policy(), action=Action.ATTACH)

    def detach(estate: Estate) -> Spec:
        arn, policy = principal(estate), estate.policy()
        estate.principals.attach(arn, policy)
        return ManagedPolicySpec(principal_arn=arn, arn=policy, action=Action.DETACH)

    def meddle(estate: Estate, spec: Spec) -> None:
        estate.principals.attach(spec.principal_arn, estate.policy())

    def stays(estate: Estate, spec: Spec) -> bool:
        return len(estate.principals.attached(spec.principal_arn)) == 1

    yield Case(f"managed policy of a {kind}, attached", attach, meddle, stays)
    yield Case(f"managed policy of a {kind}, detached", detach)


def _boundary(kind: str, principal: Callable[[Estate], str]) -> Iterator[Case]:
    def attach(estate: Estate) -> Spec:
        return PermissionsBoundarySpec(principal_arn=principal(estate), arn=estate.policy(), action=Action.ATTACH)

    def replace(estate: Estate) -> Spec:
        arn = principal(estate)
        estate.principals.set_boundary(arn, estate.policy())
        return PermissionsBoundarySpec(principal_arn=arn, arn=estate.policy(), action=Action.ATTACH, new=False)

    def detach(estate: Estate) -> Spec:
        arn, policy = principal(estate), estate.policy()
        estate.principals.set_boundary(arn, policy)
        return PermissionsBoundarySpec(principal_arn=arn, arn=policy, action=Action.DETACH, new=False)

    theirs: dict[str, str] = {}

    def meddle(estate: Estate, spec: Spec) -> None:
        theirs[spec.principal_arn] = estate.policy()
        estate.principals.set_boundary(spec.principal_arn, theirs[spec.principal_arn])

    def stays(estate: Estate, spec: Spec) -> bool:
        return estate.principals.find(spec.principal_arn).boundary == theirs[spec.principal_arn]

    yield Case(f"boundary of a {kind}, attached", attach)
    yield Case(f"boundary of a {kind}, replaced", replace, meddle, stays)
    yield Case(f"boundary of a {kind}, removed", detach)


def _trust(estate: Estate) -> Spec:
    wanted = trust("111111111111", "333333333333")
    return AssumeRolePolicySpec(principal_arn=estate.role(), document=wanted)


def _trusted_too(estate: Estate, spec: Spec) -> None:
    estate.principals.set_trust(spec.principal_arn, trust("111111111111", "444444444444", "333333333333"))


def _still_trusted(estate: Estate, spec: Spec) -> bool:
    return estate.principals.find(spec.principal_arn).trust == trust("111111111111", "444444444444")


def _create(estate: Estate) -> Spec:
    role = NewRole(
        trust=trust("111111111111"),
        description="What it is for",
        longest_session=7_200,
        boundary=estate.policy(),
        tags={"owner": "ada"},
    )
    name = estate.unused("made")
    whole = WholeRole(
        role=role, inline={"export": document()}, attached=(estate.policy(), estate.policy()), instance_profiles=(name,)
    )
    return RoleCreateSpec(principal_arn=f"arn:aws:iam::{ACCOUNT}:role/team/{name}", document=whole.content)


def _create_bare(estate: Estate) -> Spec:
    whole = WholeRole(role=NewRole(trust=trust("111111111111")))
    return RoleCreateSpec(principal_arn=f"arn:aws:iam::{ACCOUNT}:role/{estate.unused('bare')}", document=whole.content)


def _delete(estate: Estate) -> Spec:
    arn = estate.role(Description="old", Tags=[{"Key": "owner", "Value": "bo"}])
    estate.principals.put_inline(arn, "export", document())
    estate.principals.attach(arn, estate.policy())
    estate.principals.add_instance_profile(arn, arn.rsplit("/", 1)[-1])
    estate.principals.add_instance_profile(arn, estate.unused("profile"))
    return RoleDeleteSpec(principal_arn=arn)


PRINCIPAL_CASES = (
    *(case for kind, principal in _principals() for case in _inline(kind, principal)),
    *(case for kind, principal in _principals() for case in _managed(kind, principal)),
    *(case for kind, principal in _principals() for case in _boundary(kind, principal)),
    Case("trust policy, replaced", _trust, _trusted_too, _still_trusted),
    Case("role with everything, created", _create),
    Case("role with nothing, created", _create_bare),
    Case("role with everything, deleted", _delete),
)

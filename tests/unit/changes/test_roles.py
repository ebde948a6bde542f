"""The change types role_create and role_delete: what is taken, what is refused, and writes that were interrupted."""

from typing import Any

import pytest

from chalicelib.changes import role_create, role_delete
from chalicelib.changes.base import ALREADY_SO, Image, Preview
from chalicelib.changes.whole_role import WholeRole
from chalicelib.core.errors import AccessDeniedByAws, InvalidInput, Upstream
from chalicelib.core.iam import NewRole
from tests.support.change_estate import trust
from tests.support.principals import FakePrincipals
from tests.support.request_world import APP, document

NEW = "arn:aws:iam::222222222222:role/team/fresh"
POLICY = "arn:aws:iam::222222222222:policy/reads"
CREATE, DELETE = role_create.CHANGE, role_delete.CHANGE
WHOLE = WholeRole(
    role=NewRole(trust=trust("111111111111"), description="for tests", tags={"owner": "ada"}),
    inline={"export": document(), "import": document("s3:PutObject")},
    attached=(POLICY,),
    instance_profiles=("fresh",),
)


@pytest.fixture
def aws() -> FakePrincipals:
    return FakePrincipals(policies={POLICY})


def wished(arn: str = NEW, **more: Any) -> role_create.RoleCreateSpec:
    return role_create.RoleCreateSpec(principal_arn=arn, document=WHOLE.content | more)


def role(**more: Any) -> dict[str, Any]:
    return {"role": WHOLE.role.model_dump(mode="json") | more}


def previewed(aws: FakePrincipals, spec: role_create.RoleCreateSpec) -> Preview:
    CREATE.check(spec)
    return CREATE.preview(spec, CREATE.survey(spec, aws.gateways.reading))[0]


def test_a_role_goes_from_nothing_to_everything(aws: FakePrincipals) -> None:
    preview = previewed(aws, wished())
    assert preview.before.content is None
    assert preview.after.content == WHOLE.content


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (wished("arn:aws:iam::222222222222:role/" + "a" * 65), "1 to 64"),
        (wished("arn:aws:iam::222222222222:user/ada"), "not the ARN of an IAM role"),
        (wished(**role(description="snow ☃")), "those that IAM takes"),
        (wished(**role(description="a" * 1_001)), "1,000 characters"),
        (wished(**role(longest_session=3_599)), "3600 to 43200"),
        (wished(**role(longest_session=43_201)), "3600 to 43200"),
        (wished(**role(tags={str(number): "" for number in range(51)})), "51 tags; AWS allows 50"),
        (wished(**role(trust={})), "Version must be"),
        (wished(**role(boundary="nothing")), "not an ARN"),
        (wished(inline={"bad": {}}), "Version must be"),
        (wished(inline={"big": document(resource="arn:aws:s3:::" + "a" * 10_240)}), "AWS allows 10240"),
        (wished(attached=["arn:aws:iam::222222222222:policy/missing"]), "There is no managed policy"),
        (wished(**role(boundary="arn:aws:iam::222222222222:policy/missing")), "There is no managed policy"),
        (wished(unknown=1), "The role's unknown"),
        (wished(role=1), "The role's role"),
    ],
)
def test_a_role_that_aws_would_refuse_is_refused_before(
    aws: FakePrincipals, spec: role_create.RoleCreateSpec, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        previewed(aws, spec)


def test_the_accounts_limits_count(aws: FakePrincipals) -> None:
    aws.limits = {"AttachedPoliciesPerRoleQuota": 0}
    with pytest.raises(InvalidInput, match="1 managed policies; its account allows 0"):
        previewed(aws, wished())
    aws.limits = {"AssumeRolePolicySizeQuota": 10}
    with pytest.raises(InvalidInput, match="the account allows 10"):
        previewed(aws, wished())
    aws.limits = {"Roles": 1_000, "RolesQuota": 1_000}
    with pytest.raises(InvalidInput, match="has 1000 roles"):
        previewed(aws, wished())
    aws.limits = {"Roles": 999, "RolesQuota": 1_000}
    assert previewed(aws, wished()).after.content


def test_a_role_that_is_there_is_not_made_again_and_the_same_one_is_so_already(aws: FakePrincipals) -> None:
    CREATE.write(wished(), WHOLE.content, aws.gateways)
    with pytest.raises(InvalidInput) as same:
        previewed(aws, wished())
    with pytest.raises(InvalidInput, match=r"is a role .* already") as other:
        previewed(aws, wished(attached=[]))
    assert (same.value.reason, other.value.reason) == (ALREADY_SO, "role_exists")


class Died(BaseException):
    """The process ends."""


@pytest.mark.parametrize("calls", range(1, 5))
def test_a_write_that_died_between_any_two_calls_is_gone_on_with(aws: FakePrincipals, calls: int) -> None:
    preview = previewed(aws, wished())
    left = [calls]

    def dies() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Died

    aws.before_write = dies
    with pytest.raises(Died):
        CREATE.write(wished(), preview.after.content, aws.gateways)
    aws.before_write = lambda: None
    live = CREATE.image(wished(), aws.gateways.reading)
    assert CREATE.halfway(wished(), preview, live)
    CREATE.write(wished(), preview.after.content, aws.gateways)
    assert CREATE.image(wished(), aws.gateways.reading) == preview.after


def test_a_role_of_somebody_else_is_not_gone_on_with(aws: FakePrincipals) -> None:
    preview = previewed(aws, wished())
    for theirs in (
        WHOLE.model_copy(update={"role": NewRole(trust=trust("333333333333"))}),
        WHOLE.model_copy(update={"inline": {"export": document("s3:*")}}),
        WHOLE.model_copy(update={"attached": ("arn:aws:iam::aws:policy/AdministratorAccess",)}),
        WHOLE.model_copy(update={"instance_profiles": ("other",)}),
    ):
        assert not CREATE.halfway(wished(), preview, Image(identity="", content=theirs.content))
    assert not CREATE.halfway(wished(), preview, Image(identity="", content=None))


def test_a_name_that_was_taken_meanwhile_is_a_refusal_and_what_is_there_stays(aws: FakePrincipals) -> None:
    elsewhere = NEW.replace("/team/", "/other/")

    class Taken(FakePrincipals):
        def create_role(self, role_arn: str, role: NewRole) -> None:
            super().create_role(elsewhere, role)
            super().create_role(elsewhere, role)

    taken = Taken(policies={POLICY})
    with pytest.raises(InvalidInput, match="names are unique in an account"):
        CREATE.write(wished(), WHOLE.content, taken.gateways)
    assert set(taken.held) == {elsewhere}


@pytest.mark.parametrize(("error", "kept"), [(AccessDeniedByAws("no"), False), (Upstream("lost"), True)])
def test_what_aws_refuses_leaves_nothing_and_what_is_uncertain_stays_for_the_next_try(
    error: Exception, kept: bool
) -> None:
    class Refusing(FakePrincipals):
        def attach(self, arn: str, policy_arn: str) -> None:
            raise error

    aws = Refusing(policies={POLICY})
    with pytest.raises(type(error)):
        CREATE.write(wished(), WHOLE.content, aws.gateways)
    assert (NEW in aws.held) is kept


def test_a_role_that_was_made_for_a_time_goes_whatever_is_on_it_by_then(aws: FakePrincipals) -> None:
    preview = previewed(aws, wished())
    CREATE.write(wished(), WHOLE.content, aws.gateways)
    aws.put_inline(NEW, "theirs", document())
    live = CREATE.image(wished(), aws.gateways.reading)
    assert CREATE.undone(wished(), preview, live) is None
    CREATE.write(wished(), None, aws.gateways)
    assert not aws.held


def test_a_wish_without_a_role_is_refused() -> None:
    with pytest.raises(InvalidInput, match="send the role"):
        CREATE.from_wire(NEW, {}, "")


def test_a_role_that_is_not_there_is_gone_already(aws: FakePrincipals) -> None:
    spec = role_delete.RoleDeleteSpec(principal_arn=APP)
    with pytest.raises(InvalidInput) as gone:
        DELETE.preview(spec, DELETE.survey(spec, aws.gateways.reading))
    assert gone.value.reason == ALREADY_SO
    DELETE.write(spec, None, aws.gateways)


def test_a_deletion_goes_on_with_what_it_left_and_never_with_another_role(aws: FakePrincipals) -> None:
    CREATE.write(wished(APP), WHOLE.content, aws.gateways)
    spec = role_delete.RoleDeleteSpec(principal_arn=APP)
    preview, _ = DELETE.preview(spec, DELETE.survey(spec, aws.gateways.reading))
    aws.remove_inline(APP, "export")
    aws.detach(APP, POLICY)
    assert DELETE.halfway(spec, preview, DELETE.image(spec, aws.gateways.reading))
    aws.put_inline(APP, "theirs", document())
    assert not DELETE.halfway(spec, preview, DELETE.image(spec, aws.gateways.reading))
    DELETE.write(spec, None, aws.gateways)
    CREATE.write(wished(APP), WHOLE.content, aws.gateways)
    assert not DELETE.halfway(spec, preview, DELETE.image(spec, aws.gateways.reading))


def test_a_role_that_was_deleted_comes_back_with_everything_on_it(aws: FakePrincipals) -> None:
    CREATE.write(wished(APP), WHOLE.content, aws.gateways)
    spec = role_delete.RoleDeleteSpec(principal_arn=APP)
    preview, _ = DELETE.preview(spec, DELETE.survey(spec, aws.gateways.reading))
    DELETE.write(spec, None, aws.gateways)
    gone = DELETE.image(spec, aws.gateways.reading)
    assert gone == preview.after
    DELETE.write(spec, DELETE.undone(spec, preview, gone), aws.gateways)
    assert DELETE.image(spec, aws.gateways.reading).content == WHOLE.content

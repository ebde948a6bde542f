"""Where guardrails get their facts: the directory, the inventory, and AWS for its own policies."""

from typing import Any

import pytest

from chalicelib.access.authorization import RoleTags
from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.core.errors import AccessDeniedByAws, NotFound
from chalicelib.inventory.models import AttachedPolicy
from chalicelib.inventory.resource_type import Resource
from chalicelib.inventory.store import ResourceStore
from chalicelib.requests.guardrails.config import GuardrailsConfig
from chalicelib.requests.guardrails.gather import GatherFacts
from chalicelib.requests.guardrails.subjects import Kind
from tests.integration.requests.test_guardrails import PASS, kept, role
from tests.support.guardrails import ACTIONS, planned
from tests.support.request_world import APP, SPOKE, World, empty

BUCKET = "arn:aws:s3:::exports"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OTHER, GONE = "333333333333", "444444444444"


@pytest.fixture(autouse=True)
def _known(shop: World) -> None:
    with shop.boundary.unguarded():
        empty("inventory")
        for account_id, status in ((OTHER, AccountStatus.ACTIVE), (GONE, AccountStatus.LEFT)):
            account = Account(account_id=account_id, name=account_id, status=status, organization_id="o-ours1")
            AccountStore().put(account, shop.clock.now())


def gather(answer: Any = PASS) -> GatherFacts:
    """`answer` is what AWS says of a policy of its own."""

    def document(_: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return GatherFacts(
        config=GuardrailsConfig(trusted_accounts=("555555555555",)),
        role_tags=RoleTags(),
        accounts=AccountStore(),
        resources=ResourceStore(),
        aws_documents=document,
        actions=lambda: ACTIONS,
        lint=lambda _: (),
        analyze=lambda _document, _kind: (),
        own=frozenset(),
    )


def test_the_account_of_a_bucket_is_the_inventorys_word(shop: World) -> None:
    assert gather().account_of(BUCKET) == ""
    kept(Resource(arn=BUCKET, name="exports", account_id=SPOKE), "s3_bucket", shop)
    assert gather().account_of(BUCKET) == SPOKE
    assert gather().account_of(APP) == SPOKE


def test_ours_are_the_active_accounts_of_the_directory_and_those_that_are_trusted(shop: World) -> None:
    facts = gather().facts([])
    assert facts.accounts >= {OTHER, "555555555555"}
    assert GONE not in facts.accounts
    assert facts.organizations == {"o-ours1"}


def test_a_policy_of_awss_that_the_principal_has_counts(shop: World) -> None:
    kept(role(attached=(AttachedPolicy(name="AdministratorAccess", arn=ADMIN),)), "iam_role", shop)
    assert list(gather().facts([]).standing(APP).before) == [PASS]


@pytest.mark.parametrize("trouble", [NotFound("gone"), AccessDeniedByAws("no")])
def test_a_policy_of_awss_that_can_not_be_read_is_no_empty_one(shop: World, trouble: Exception) -> None:
    change = planned("managed_policy", None, {"arn": ADMIN})
    assert [subject.kind for subject in gather()([change])[0]] == [Kind.IDENTITY]
    assert [subject.kind for subject in gather(trouble)([change])[0]] == [Kind.UNREAD]


def test_a_role_that_the_request_makes_is_known_to_have_nothing(shop: World) -> None:
    whole = {"role": {"trust": {}, "tags": {}, "boundary": None}, "inline": {"export": PASS}, "attached": []}
    _, facts = gather()([planned("role_create", None, whole).model_copy(update={"target": APP})])
    standing = facts.standing(APP)
    assert (standing.known, list(standing.before), list(standing.after)) == (True, [], [PASS])

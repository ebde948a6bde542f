"""Who may decide about a part of the estate only, and who sees only a part of it."""

from typing import Any

import pytest

from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.changes.gateways import missing
from chalicelib.core.errors import Forbidden, InvalidInput, NotFound
from chalicelib.requests.states import ChangeStatus
from chalicelib.requests.wire_list import RequestTable, TableQuery
from tests.support.request_world import ADA, APP, BO, EVE, SPOKE, ZOE, World, body, document, empty, wish

OTHER = "arn:aws:iam::222222222222:role/other"


def scope(*principals: str, permission: str = "can_admin_policies", **where: Any) -> dict[str, Any]:
    return {"principals": list(principals), "permission": permission, "where": where}


def configured(shop: World, *scopes: dict[str, Any], **sections: Any) -> None:
    shop.configure(groups={"scopes": list(scopes)}, **sections)


def listed(shop: World, user: str) -> RequestTable:
    return shop.container().requests.table.table(TableQuery(), shop.person(user), links=False)


def account(shop: World, **facts: Any) -> None:
    with shop.boundary.unguarded():
        AccountStore().put(Account(account_id=SPOKE, name="payments", **facts), shop.clock.now())


@pytest.mark.parametrize(
    "where",
    [
        pytest.param({"accounts": [SPOKE]}, id="the account"),
        pytest.param({"ous": ["Workloads"]}, id="a unit above the account"),
        pytest.param({"tags": {"team": ["payments"]}}, id="a tag of the account"),
        pytest.param({"tags": {"environment": ["prod"]}}, id="the environment of the account"),
        pytest.param({"resources": ["arn:aws:iam::*:role/team/*"]}, id="the role"),
    ],
)
def test_an_approver_of_a_part_decides_there_and_the_change_is_applied(shop: World, where: dict[str, Any]) -> None:
    account(shop, ou_path="Workloads/Prod", environment="prod", tags={"team": "payments"})
    configured(shop, scope(f"user:{BO}", **where))
    request_id = shop.requested()
    shown = shop.container().requests.read.read(request_id, shop.person(BO))
    assert shown.request_config.can_approve_reject
    shop.order(BO, request_id, "approve_request")
    shop.workflows.run()
    assert shop.find(request_id).records[0].status is ChangeStatus.APPLIED


@pytest.mark.parametrize(
    "where",
    [
        pytest.param({"accounts": ["333333333333"]}, id="another account"),
        pytest.param({"ous": ["Workloads/Test"]}, id="another unit"),
        pytest.param({"tags": {"team": ["search"]}}, id="another tag"),
        pytest.param({"resources": ["arn:aws:iam::*:role/app"]}, id="a role of another path"),
        pytest.param({"accounts": [SPOKE], "tags": {"team": ["search"]}}, id="the account with another tag"),
    ],
)
@pytest.mark.parametrize("command", ["approve_request", "reject_request", "cancel_request"])
def test_an_approver_of_another_part_is_refused(shop: World, where: dict[str, Any], command: str) -> None:
    account(shop, ou_path="Workloads/Prod", tags={"team": "payments"})
    configured(shop, scope(f"user:{BO}", **where))
    request_id = shop.requested()
    with pytest.raises(Forbidden, match="is not known to belong there") as refusal:
        shop.order(BO, request_id, command)
    assert refusal.value.reason == "out_of_scope"
    assert not shop.container().requests.read.read(request_id, shop.person(BO)).request_config.can_approve_reject
    assert shop.state(request_id) == "pending"


def test_an_account_that_the_directory_does_not_have_is_in_no_unit(shop: World) -> None:
    configured(shop, scope(f"user:{BO}", ous=["Workloads"]))
    request_id = shop.requested()
    with shop.boundary.unguarded():
        empty("directory")
        shop.sign_in(BO)
    with pytest.raises(Forbidden, match="is not known to belong there"):
        shop.order(BO, request_id, "approve_request")


def test_an_account_whose_place_no_source_knows_is_in_no_unit(shop: World) -> None:
    account(shop, ou_path=None)
    configured(shop, scope(f"user:{BO}", ous=["Workloads"]))
    with pytest.raises(Forbidden, match="is not known to belong there"):
        shop.order(BO, shop.requested(), "approve_request")


def test_an_approval_counts_no_more_when_the_scope_has_lost_the_target_before_it_is_applied(shop: World) -> None:
    account(shop, ou_path="Workloads/Prod")
    configured(shop, scope(f"user:{BO}", ous=["Workloads"]))
    request_id = shop.requested()
    shop.order(BO, request_id, "approve_request")
    account(shop, ou_path="Sandbox")
    shop.workflows.run()
    (record,) = shop.find(request_id).records
    assert record.status is ChangeStatus.FAILED
    assert "The approval does not count any more" in str(record.error)
    assert "is not known to belong there" in str(record.error)
    assert shop.policies() == {}


def test_an_approver_of_a_part_does_not_approve_their_own_request(shop: World) -> None:
    configured(shop, scope(f"user:{EVE}", accounts=[SPOKE]))
    with pytest.raises(Forbidden, match="somebody else must approve it"):
        shop.order(EVE, shop.requested(), "approve_request")


def test_an_approver_of_a_part_submits_as_approved_only_what_lies_there(shop: World) -> None:
    configured(shop, scope(f"user:{EVE}", resources=[OTHER]), requests={"allow_self_approval": True})
    shop.create_role("other", "/")
    try:
        with pytest.raises(Forbidden) as refusal:
            shop.submit(EVE, body(admin_auto_approve=True))
        assert refusal.value.reason == "out_of_scope"
        assert shop.submit(EVE, body(wish(arn=OTHER), admin_auto_approve=True)).request_created
    finally:
        shop.workflows.run()
        with shop.boundary.unguarded():
            for name in shop.policies("other"):
                shop.drop_policy(name, "other")
            shop.iam.delete_role(RoleName="other")


class TestWhatSomebodyDoesNotSee:
    @pytest.fixture
    def hidden(self, shop: World) -> str:
        """A request about a role that only Zoe, who made it, and those who decide everywhere see."""
        rule = {"principals": [f"user:{ZOE}"], "where": {"accounts": [SPOKE]}}
        shop.configure(visibility={"rules": [rule]})
        return shop.requested(ZOE)

    def test_is_answered_as_if_it_did_not_exist(self, shop: World, hidden: str) -> None:
        requests = shop.container().requests
        with pytest.raises(NotFound) as refusal:
            requests.read.read(hidden, shop.person(EVE))
        with pytest.raises(NotFound) as unknown:
            requests.read.read("missing", shop.person(EVE))
        assert (refusal.value.message, refusal.value.reason) == (unknown.value.message, unknown.value.reason)
        for request_id in (hidden, "missing"):
            with pytest.raises(InvalidInput, match=r"^Request with that ID not found$"):
                shop.order(EVE, request_id, "add_comment", comment_text="hello")

    def test_is_not_listed_and_not_counted(self, shop: World, hidden: str) -> None:
        assert (listed(shop, EVE).totalCount, listed(shop, EVE).data) == (0, [])
        for user in (ZOE, ADA, BO):
            assert [row.request_id for row in listed(shop, user).data] == [hidden]

    def test_can_not_be_asked_for_and_does_not_tell_that_it_exists(self, shop: World, hidden: str) -> None:
        for arn in (APP, APP.replace("/app", "/missing")):
            with pytest.raises(InvalidInput) as refusal:
                shop.submit(EVE, body(wish(arn=arn), dry_run=True))
            assert refusal.value.message == missing(arn).message
            assert refusal.value.reason == "principal_not_found"

    @pytest.mark.parametrize(
        ("command", "more"),
        [
            ("update_change", {"policy_document": document("s3:ListBucket")}),
            ("change_expiry", {"until": None}),
            ("cancel_change", {}),
        ],
    )
    def test_is_not_shown_to_whoever_asked_while_they_saw_it(
        self, shop: World, command: str, more: dict[str, Any]
    ) -> None:
        request_id = shop.requested(ZOE, body(wish(), wish(name="another")))
        shop.configure(visibility={"everybody_sees_the_rest": False})
        with pytest.raises(InvalidInput) as refusal:
            shop.order(ZOE, request_id, command, change_id=f"{request_id}0", **more)
        assert refusal.value.message == missing(APP).message
        assert shop.find(request_id).head.revision == 1

    def test_is_not_shown_to_whoever_submits_what_they_drafted_while_they_saw_it(self, shop: World) -> None:
        draft = str(shop.submit(ZOE, body(draft=True)).request_id)
        shop.configure(visibility={"everybody_sees_the_rest": False})
        with pytest.raises(InvalidInput) as refusal:
            shop.order(ZOE, draft, "submit_draft")
        assert refusal.value.message == missing(APP).message
        assert shop.state(draft) == "draft"

    def test_an_own_request_is_seen_after_the_right_to_see_its_target_has_gone(self, shop: World, hidden: str) -> None:
        shop.configure(visibility={"everybody_sees_the_rest": False})
        assert shop.container().requests.read.read(hidden, shop.person(ZOE)).request
        assert listed(shop, ZOE).totalCount == 1

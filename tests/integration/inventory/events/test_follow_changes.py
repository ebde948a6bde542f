"""A change in AWS is known here as soon as its event arrives, whatever way and how often it comes."""

from typing import Any

import pytest

from chalicelib.aws.objects import Objects
from chalicelib.core.errors import Upstream
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.history.archive import Archive
from chalicelib.inventory.keep_resources import Look
from chalicelib.inventory.resource_type import Place
from chalicelib.inventory.search.models import Search
from tests.integration.inventory.events.conftest import THIRD, Known
from tests.support.aws import refusing
from tests.support.builders import caller
from tests.support.estate import FIRST, HUB, SECOND, TAG
from tests.support.trail import envelope, notification, record

DENIED = {"errorCode": "AccessDenied", "errorMessage": "no"}


def event(name: str, role: str, **more: Any) -> str:
    return envelope(record(name, {"roleName": role}, **more))


def is_found(known: Known, arn: str) -> bool:
    """Whether a process that starts now finds it by searching."""
    process = known.estate.container().renewed(known.estate.container().configuration)
    asked = Search(text=arn, limit=10)
    return bool(process.inventory.search.page(asked, process.identity.permissions.view(caller())).rows)


def test_a_new_role_is_there_with_its_rights_and_is_found_by_search(known: Known) -> None:
    new = known.estate.create_role(FIRST, f"{known.name}-new", {TAG: known.group}, Path="/deep/path/")
    answer = {"role": {"arn": new, "roleName": f"{known.name}-new"}}
    assert known.told(event("CreateRole", f"{known.name}-new", responseElements=answer)) == ()
    assert new in known.estate.rows(FIRST)
    assert is_found(known, new)
    assert known.rights == {known.arn, new}


def test_a_changed_tag_changes_the_rights_of_a_role_whose_path_the_event_does_not_tell(known: Known) -> None:
    known.estate.tag_role(FIRST, known.name, consoleme_authorized=f"ops-{known.name}")
    assert known.told(event("TagRole", known.name)) == ()
    assert known.rights == set()
    assert known.estate.rights(f"group:ops-{known.name}") == {known.arn}
    assert [arn for arn in known.estate.rows(FIRST) if arn.endswith(f"/{known.name}")] == [known.arn]


def test_untagging_ends_the_right_at_once(known: Known) -> None:
    known.estate.iam(FIRST).untag_role(RoleName=known.name, TagKeys=[TAG])
    known.told(event("UntagRole", known.name))
    assert known.rights == set()


def test_a_deleted_role_is_gone_with_its_rights(known: Known) -> None:
    known.estate.iam(FIRST).delete_role(RoleName=known.name)
    assert known.told(event("DeleteRole", known.name)) == ()
    assert known.arn not in known.estate.rows(FIRST)
    assert not is_found(known, known.arn)
    assert known.rights == set()


def test_a_role_of_the_same_name_in_another_account_is_not_touched(known: Known) -> None:
    twin = known.estate.create_role(SECOND, known.name, {TAG: known.group}, Path="/team/")
    known.told(event("CreateRole", known.name, recipientAccountId=SECOND))
    known.estate.iam(FIRST).delete_role(RoleName=known.name)
    known.told(event("DeleteRole", known.name))
    assert known.rights == {twin}
    assert twin in known.estate.rows(SECOND)


def test_the_history_says_who_changed_it(known: Known) -> None:
    known.estate.tag_role(FIRST, known.name, team="blue")
    known.told(event("TagRole", known.name))
    process = known.estate.container()
    kept = Archive(Objects(process.aws, process.settings.bucket)).find(known.arn)
    assert kept is not None
    assert kept.history.versions[-1].who == "ada@example.com"


def test_an_event_comes_by_sns_too(known: Known) -> None:
    known.estate.iam(FIRST).untag_role(RoleName=known.name, TagKeys=[TAG])
    assert known.told(notification(event("UntagRole", known.name))) == ()
    assert known.rights == set()


def test_an_event_that_comes_twice_is_looked_at_once(known: Known) -> None:
    body = event("TagRole", known.name)
    known.told(body, body)
    assert known.estate.calls.count("GetRole") == 1
    known.told(body)
    known.estate.crash()
    known.told(body)
    assert known.estate.calls.count("GetRole") == 1


def test_many_events_of_one_role_are_one_look_and_what_changed_nothing_writes_no_row(known: Known) -> None:
    names = ("TagRole", "PutRolePolicy", "UntagRole", "UpdateRole")
    assert known.told(*(event(name, known.name) for name in names)) == ()
    assert known.estate.calls.count("GetRole") == 1
    assert known.estate.calls.writes_to(known.estate.table) == []


def test_events_out_of_order_and_twice_end_with_what_is_there(known: Known) -> None:
    names = ("CreateRole", "TagRole", "DeleteRole")
    for number, order in enumerate([names, names[::-1], names[1:]]):
        for name in order:
            body = event(name, known.name, requestID=str(number))
            assert known.told(body, body) == ()
            assert known.rights == {known.arn}
            assert known.arn in known.estate.rows(FIRST)
    known.estate.iam(FIRST).delete_role(RoleName=known.name)
    for name in names:
        known.told(event(name, known.name, requestID="gone"))
        assert known.rights == set()
        assert known.arn not in known.estate.rows(FIRST)


def test_what_a_slow_listing_saw_before_does_not_bring_a_deleted_role_back(known: Known) -> None:
    estate = known.estate
    inventory = estate.container().inventory
    kind = inventory.refresh.kinds[0]
    (page,) = [page for page in kind.pages(inventory.refresh.spokes.of(FIRST), Place(FIRST)) if page.records]
    began = estate.clock.now()
    estate.iam(FIRST).delete_role(RoleName=known.name)
    known.told(event("DeleteRole", known.name))
    inventory.refresh.keep.keep(Look(kind, FIRST, began), page.records, {})
    estate.deliver()
    assert known.arn not in estate.rows(FIRST)


def test_a_scope_that_never_succeeded_is_only_marked(known: Known) -> None:
    known.estate.create_role(THIRD, known.name)
    assert known.told(event("CreateRole", known.name, recipientAccountId=THIRD)) == ()
    assert known.estate.calls.count("GetRole") == 0
    assert known.estate.rows(THIRD) == set()
    state = Scopes().find("iam_role", THIRD)
    assert state is not None
    assert (state.dirty, state.succeeded_at) == (True, None)


def test_what_the_refresh_does_not_list_has_no_scope_to_be_marked(known: Known) -> None:
    queue = {"queueUrl": f"https://sqs.ap-south-1.amazonaws.com/{FIRST}/orders"}
    far = record("TagQueue", queue, source="sqs.amazonaws.com", awsRegion="ap-south-1")
    assert known.told(envelope(record("CreateUser", {"userName": known.name})), envelope(far)) == ()
    assert Scopes().find("iam_user", FIRST) is None
    assert Scopes().find("sqs_queue", f"{FIRST}/ap-south-1") is None


@pytest.mark.parametrize("account", ["999999999999", HUB])
def test_accounts_that_are_not_ours_are_left_alone(known: Known, account: str) -> None:
    assert known.told(event("CreateRole", known.name, recipientAccountId=account)) == ()
    assert known.estate.calls.count("AssumeRole") == 0
    assert Scopes().find("iam_role", account) is None


@pytest.mark.parametrize("more", [DENIED, {"readOnly": True}])
def test_a_call_that_changed_nothing_is_not_looked_at(known: Known, more: dict[str, Any]) -> None:
    assert known.told(event("PutRolePolicy", known.name, **more)) == ()
    assert known.estate.calls.count("GetRole") == 0


def test_what_is_no_event_comes_again_alone(known: Known) -> None:
    known.estate.iam(FIRST).untag_role(RoleName=known.name, TagKeys=[TAG])
    assert known.told("garbage", event("UntagRole", known.name), "{}") == ("m0", "m2")
    assert known.rights == set()


def test_an_event_that_could_not_be_looked_at_comes_again_and_then_changes_what_it_must(known: Known) -> None:
    other = known.estate.create_role(FIRST, f"{known.name}-other")
    known.estate.iam(FIRST).untag_role(RoleName=known.name, TagKeys=[TAG])
    untagged = event("UntagRole", known.name)
    known.estate.calls.on("GetRole", lambda asked, answer: answer() if asked["RoleName"] != known.name else broken())
    assert known.told(untagged, event("CreateRole", f"{known.name}-other"), untagged) == ("m0", "m2")
    assert other in known.estate.rows(FIRST)
    assert known.rights == {known.arn}
    known.estate.calls.rules.clear()
    assert known.told(untagged, untagged) == ()
    assert known.rights == set()


def broken() -> Any:
    raise Upstream("AWS is ill.")


def test_while_the_table_does_not_answer_all_come_again_and_nothing_is_lost(known: Known) -> None:
    known.estate.iam(FIRST).untag_role(RoleName=known.name, TagKeys=[TAG])
    untagged = event("UntagRole", known.name)
    with refusing("dynamodb.BatchGetItem", "InternalServerError", 500), pytest.raises(Upstream):
        known.told(untagged)
    assert known.told(untagged) == ()
    assert known.rights == set()


def test_what_may_not_be_read_is_marked_for_the_next_refresh_and_does_not_come_again(known: Known) -> None:
    known.estate.iam(FIRST).untag_role(RoleName=known.name, TagKeys=[TAG])
    known.estate.calls.refuse("GetRole", "AccessDenied")
    assert known.told(event("UntagRole", known.name)) == ()
    state = Scopes().find("iam_role", FIRST)
    assert state is not None
    assert state.dirty
    assert known.rights == {known.arn}


def test_a_role_that_cannot_be_understood_stays_as_it_was_and_does_not_come_again(known: Known) -> None:
    known.estate.calls.on("GetRole", lambda _, answer: garbled(answer()))
    assert known.told(event("UpdateAssumeRolePolicy", known.name)) == ()
    assert known.rights == {known.arn}


def garbled(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "Role": {**answer["Role"], "AssumeRolePolicyDocument": "%7Bgarbage"}}

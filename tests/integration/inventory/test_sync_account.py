"""One account's roles: read page by page, compared, told and written; what did not change costs nothing."""

import json
import os

import pytest

from chalicelib.access.rights import Terms
from chalicelib.core.errors import AccessDeniedByAws, NotFound
from chalicelib.core.roles import Use
from tests.support.estate import CLI_TAG, FIRST, HUB, SECOND, TAG, TRUST, Estate

DETAILS, HEADERS = "GetAccountAuthorizationDetails", "ListRoles"


@pytest.fixture(autouse=True)
def _directory(estate: Estate) -> None:
    estate.begin()


def names(arns: set[str]) -> set[str]:
    return {arn.rpartition("/")[2] for arn in arns}


def test_roles_and_their_rights_are_found(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "ada@example.com:engineers"}, Path="/team/", MaxSessionDuration=7200)
    cli = estate.create_role(FIRST, "cli", {CLI_TAG: "engineers"})
    plain = estate.create_role(FIRST, "plain")
    outcome = estate.sync(FIRST)
    assert (outcome.status, outcome.roles, outcome.written) == ("succeeded", 3, 3)
    assert estate.rows(FIRST) == {app, cli, plain}
    assert estate.rights("user:ada@example.com") == {app}
    assert estate.rights("group:engineers") == {app, cli}
    uses = [[claim.use for claim in estate.held(arn, "group:engineers").claims] for arn in (app, cli)]
    assert uses == [[Use.BOTH], [Use.CLI_ONLY]]
    assert estate.held(app, "group:engineers").terms == Terms(session_tags=True, max_session_duration=7200)


def test_an_unchanged_account_is_not_written_and_is_asked_for_a_thousand_roles_at_a_time(estate: Estate) -> None:
    for number in range(5):
        estate.create_role(FIRST, f"r{number}", {TAG: "engineers"})
    estate.sync(FIRST)
    estate.calls.clear()
    outcome = estate.sync(FIRST, "second")
    assert (outcome.roles, outcome.written, outcome.messages) == (5, 0, 0)
    assert estate.calls.writes_to(estate.table) == []
    assert estate.calls.count("SendMessageBatch", "TransactWriteItems") == 0
    assert (estate.calls.count(DETAILS), estate.calls.count(HEADERS)) == (1, 1)
    asked = [parameters for name, parameters in estate.calls.seen if name in {DETAILS, HEADERS}]
    assert {parameters["MaxItems"] for parameters in asked} == {1000}
    assert [parameters["Filter"] for parameters in asked if "Filter" in parameters] == [["Role"]]


def test_every_page_is_read(estate: Estate) -> None:
    for number in range(7):
        estate.create_role(FIRST, f"r{number}", MaxSessionDuration=3600 + number)
    estate.calls.page(DETAILS, "RoleDetailList", 3)
    estate.calls.page(HEADERS, "Roles", 2)
    estate.calls.clear()
    assert estate.sync(FIRST).roles == 7
    assert (estate.calls.count(DETAILS), estate.calls.count(HEADERS)) == (3, 4)
    page = estate.role_page(FIRST, "r6")
    assert page.role.max_session_duration == 3606


def test_what_is_known_is_read_page_by_page_and_of_the_whole_account_only_the_names(estate: Estate) -> None:
    for number in range(7):
        estate.create_role(FIRST, f"r{number}")
    estate.calls.page(DETAILS, "RoleDetailList", 3)
    estate.sync(FIRST)
    estate.calls.clear()
    assert (estate.sync(FIRST, "second").written, len(estate.rows(FIRST))) == (0, 7)
    read = [given["RequestItems"] for name, given in estate.calls.seen if name == "BatchGetItem"]
    assert [len(one["Keys"]) for items in read for table, one in items.items() if table == estate.table] == [3, 3, 1]
    whole = [given for name, given in estate.calls.seen if name == "Query" and given.get("IndexName") == "scope"]
    assert "ProjectionExpression" in whole[0]


def test_a_role_that_only_the_second_listing_knows_is_asked_for_alone(estate: Estate) -> None:
    estate.create_role(FIRST, "old")
    estate.create_role(FIRST, "new", Description="just made", MaxSessionDuration=7200)
    estate.calls.on(
        HEADERS, lambda _, answer: {"Roles": [one for one in answer()["Roles"] if one["RoleName"] == "old"]}
    )
    estate.calls.clear()
    estate.sync(FIRST)
    assert estate.calls.count("GetRole") == 1
    role = estate.role_page(FIRST, "new").role
    assert (role.description, role.max_session_duration) == ("just made", 7200)


def test_one_changed_tag_writes_one_role_and_touches_only_its_identities(estate: Estate) -> None:
    for number in range(4):
        estate.create_role(FIRST, f"r{number}", {TAG: "engineers"})
    estate.sync(FIRST)
    estate.tag_role(FIRST, "r1", consoleme_authorized="engineers:ops")
    estate.clock.advance(1)
    estate.calls.clear()
    outcome = estate.container().inventory.refresh.sync_account.run("second", FIRST)
    assert (outcome.written, outcome.messages) == (1, 2)
    written = [row.get("Item", row) for row in estate.calls.writes_to(estate.table)]
    # The row, its detail, the old detail's end, and the word to whoever searches.
    assert sorted("Key" in row or "detail" in row for row in written) == [False, False, True, True]
    assert sum("body" in row for row in written) == 1
    told = estate.messages()
    assert {message["identity"] for message in told} == {"user:ops", "group:ops"}
    assert [len(message["changes"]) for message in told] == [1, 1]


def test_a_tag_that_grants_nothing_writes_the_role_and_tells_nobody(estate: Estate) -> None:
    estate.create_role(FIRST, "app", {TAG: "engineers"})
    estate.sync(FIRST)
    estate.tag_role(FIRST, "app", cost_center="42")
    outcome = estate.sync(FIRST, "second")
    assert (outcome.written, outcome.messages) == (1, 0)


def test_a_right_that_the_tag_no_longer_names_ends(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers:ops"})
    estate.sync(FIRST)
    estate.tag_role(FIRST, "app", consoleme_authorized="ops")
    estate.sync(FIRST, "second")
    assert (estate.rights("group:engineers"), estate.rights("group:ops")) == (set(), {app})


def test_a_trust_policy_that_changed_tells_everybody_who_may_use_the_role(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    estate.sync(FIRST)
    estate.iam(FIRST).update_assume_role_policy(
        RoleName="app",
        PolicyDocument=json.dumps({**TRUST, "Statement": [{**TRUST["Statement"][0], "Action": "sts:AssumeRole"}]}),
    )
    estate.sync(FIRST, "second")
    assert estate.held(app, "group:engineers").terms == Terms()


def test_rights_that_come_from_the_configuration_change_with_it(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app")
    estate.sync(FIRST)
    estate.configure(authorization={"group_mapping": {"group:ops": {"roles": [app]}}})
    outcome = estate.sync(FIRST, "second")
    assert (outcome.written, outcome.messages, estate.rights("group:ops")) == (1, 1, {app})
    estate.configure()
    estate.sync(FIRST, "third")
    assert estate.rights("group:ops") == set()


def test_one_account_never_touches_the_rows_of_another(estate: Estate) -> None:
    first = estate.create_role(FIRST, "app", {TAG: "engineers"})
    second = estate.create_role(SECOND, "app", {TAG: "engineers"})
    estate.sync(FIRST)
    estate.sync(SECOND)
    estate.sync(FIRST, "again")
    assert (estate.rows(FIRST), estate.rows(SECOND)) == ({first}, {second})
    assert estate.rights("group:engineers") == {first, second}


def test_an_account_that_refuses_loses_nothing_and_says_why(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    estate.sync(FIRST)
    estate.crash()
    estate.calls.refuse("AssumeRole", "AccessDenied")
    with pytest.raises(AccessDeniedByAws, match="ConsoleMeSpokeRead"):
        estate.sync(FIRST, "second")
    estate.calls.rules.clear()
    assert (estate.rows(FIRST), estate.rights("group:engineers")) == ({app}, {app})
    (health,) = [one for one in estate.container().inventory.refresh.tell.accounts() if one.account.account_id == FIRST]
    assert health.state is not None
    assert health.state.succeeded_at is not None
    assert "ConsoleMeSpokeRead" in (health.state.error or "")
    estate.sync(FIRST, "third")
    (mended, _) = estate.container().inventory.refresh.tell.accounts()
    assert mended.state is not None
    assert mended.state.error is None


def test_a_role_that_cannot_be_understood_stays_as_it_was_and_stops_nobody(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    fine = estate.create_role(FIRST, "fine")
    estate.sync(FIRST)
    estate.tag_role(FIRST, "fine", cost_center="1")

    def garbage(_: object, answer: object) -> dict[str, object]:
        assert callable(answer)
        whole = answer()
        for role in whole["RoleDetailList"]:
            if role["RoleName"] == "app":
                role["AssumeRolePolicyDocument"] = "no json"
        said: dict[str, object] = whole
        return said

    estate.calls.on(DETAILS, garbage)
    outcome = estate.sync(FIRST, "second")
    assert (outcome.status, outcome.roles, outcome.written, outcome.removed) == ("succeeded", 2, 1, 0)
    assert app in outcome.warning
    assert estate.rows(FIRST) == {app, fine}
    assert estate.rights("group:engineers") == {app}


def test_a_role_too_large_for_a_row_is_named_and_stops_nobody(estate: Estate) -> None:
    estate.create_role(FIRST, "fine")
    estate.create_role(FIRST, "huge")
    noise = os.urandom(400_000).hex()

    def swollen(_: object, answer: object) -> dict[str, object]:
        assert callable(answer)
        whole = answer()
        for role in whole["RoleDetailList"]:
            if role["RoleName"] == "huge":
                role["RolePolicyList"] = [{"PolicyName": "p", "PolicyDocument": {"Statement": noise}}]
        said: dict[str, object] = whole
        return said

    estate.calls.on(DETAILS, swollen)
    outcome = estate.sync(FIRST)
    assert (outcome.written, names(estate.rows(FIRST))) == (1, {"fine"})
    assert "huge" in outcome.warning


def test_an_account_that_nobody_listed_is_not_visited(estate: Estate) -> None:
    with pytest.raises(NotFound, match="not in the directory"):
        estate.sync(HUB)


def test_our_own_and_reserved_roles_are_listed_and_handed_to_nobody(estate: Estate) -> None:
    estate.create_role(FIRST, "ConsoleMeSpokeRead", {TAG: "engineers"})
    estate.create_role(FIRST, "AWSReservedSSO_Admin", {TAG: "engineers"})
    assert estate.sync(FIRST).roles == 2
    assert estate.rights("group:engineers") == set()

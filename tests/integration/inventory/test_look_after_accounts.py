"""Accounts that come and go: visited at once, and forgotten when their time of grace is over. And how each is told to people."""

import json
from typing import Any

import pytest

from chalicelib.core.errors import AccessDeniedByAws, Upstream
from chalicelib.inventory.account_models import LookedAfter
from tests.integration.inventory.test_api import ENGINEER, Browser, browser
from tests.support.aws import REGION
from tests.support.estate import FIRST, SECOND, TAG, Estate
from tests.support.organisations import Org

__all__ = ["browser"]
DAY = 86_400
ACCOUNT, POLICIES = "/api/v2/accounts/{account_id}", "/api/v2/service_control_policies/{target}"
THIRD = "444444444444"


def accounts(*account_ids: str, **more: Any) -> dict[str, Any]:
    return {"sources": ["static"], "static": {one: {"name": one} for one in account_ids}, **more}


class Watch:
    """The function that looks after accounts, and the runs of refreshes that it starts."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self.started: list[Any] = []
        estate.calls.on("StartExecution", self._start)

    def _start(self, parameters: dict[str, Any], _: Any) -> dict[str, str]:
        self.started.append(json.loads(parameters["input"])["accounts"])
        return {"executionArn": "arn"}

    def looks(self, later: int = 1) -> LookedAfter:
        self._estate.clock.advance(later)
        self._estate.calls.clear()
        return self._estate.container().inventory.look_after_accounts.run()


@pytest.fixture
def watch(estate: Estate) -> Watch:
    return Watch(estate)


def test_an_account_that_comes_or_goes_is_visited_at_once_and_nothing_else_is(estate: Estate, watch: Watch) -> None:
    first = watch.looks()
    assert (first.unsettled, watch.started) == ((FIRST, SECOND), [None])
    assert (watch.looks().run_id, watch.started) == (None, [None])
    estate.configure(accounts=accounts(FIRST, THIRD))
    assert watch.looks().unsettled == (SECOND, THIRD)
    assert watch.started == [None, [SECOND, THIRD]]


def test_an_account_that_left_loses_its_rights_at_once_and_its_rows_after_the_time_of_grace(
    estate: Estate, watch: Watch
) -> None:
    gone = estate.create_role(FIRST, "app", {TAG: "engineers"})
    kept = estate.create_role(SECOND, "app", {TAG: "engineers"})
    watch.looks()
    for account_id in (FIRST, SECOND):
        estate.sync(account_id)
    estate.configure(accounts=accounts(SECOND, keep_rows_days=2))
    watch.looks(later=2 * DAY)
    assert watch.looks(later=3 * DAY).purged == 0, "its rights are not withdrawn yet"
    estate.sync(FIRST, "second")
    assert estate.rights("group:engineers") == {kept}
    assert estate.rows(FIRST) == {gone}
    told = watch.looks()
    assert (told.purged, estate.rows(FIRST), estate.rows(SECOND)) == (1, set(), {kept})
    assert estate.searched(FIRST) == set()
    watch.looks()
    assert estate.calls.writes_to(estate.table) == []


def test_what_fails_stops_nothing_else_and_is_told_at_the_end(estate: Estate, watch: Watch) -> None:
    org = Org()
    source = {"sources": ["organizations"], "organizations": {"role_arn": org.role_arn}}
    estate.configure(accounts=source)
    watch.looks()
    made = org.account("new")
    estate.clock.advance(6 * 3600)
    estate.calls.refuse("ListPolicies", "AccessDeniedException")
    with pytest.raises(Upstream, match="list_policies"):
        watch.looks()
    assert watch.started[-1] == [made]


def test_whoever_hears_of_a_change_has_the_function_begun_and_policies_read_anew(estate: Estate, watch: Watch) -> None:
    org = Org()
    estate.configure(accounts={"sources": ["organizations"], "organizations": {"role_arn": org.role_arn}})
    watch.looks()
    assert watch.looks().policies == 0
    estate.calls.on("Invoke", lambda _, __: {})
    estate.calls.clear()
    estate.container().inventory.account_services.tell_changed()
    begun = [parameters for name, parameters in estate.calls.seen if name == "Invoke"]
    assert [one["FunctionName"].rpartition("-")[2] for one in begun] == ["look_after_accounts"]
    assert (begun[0]["InvocationType"], json.loads(begun[0]["Payload"])["region"]) == ("Event", REGION)
    org.policy("iam:CreateUser", org.root)
    assert watch.looks().policies_changed == 1


def test_an_account_is_told_with_each_place_and_whether_anybody_gets_in(estate: Estate, browser: Browser) -> None:
    estate.create_role(FIRST, "app")
    estate.begin()
    estate.sync(FIRST)
    estate.calls.refuse("AssumeRole", "AccessDenied")
    estate.crash()
    with pytest.raises(AccessDeniedByAws):
        estate.sync(SECOND)
    told = {one["account_id"]: one for one in browser("GET", "/api/v2/accounts", user=ENGINEER).json["accounts"]}
    assert (told[FIRST]["standing"], told[FIRST]["spoke"]["health"]) == ("ok", "ok")
    assert told[FIRST]["fresh"] == told[FIRST]["scopes"] > 0
    assert told[FIRST]["last_success"] is not None
    assert (told[SECOND]["standing"], told[SECOND]["spoke"]["health"]) == ("unreached", "missing")
    assert "as the test wants it" in told[SECOND]["spoke"]["reason"]
    assert (told[SECOND]["fresh"], told[SECOND]["last_success"]) == (0, None)
    page = browser("GET", ACCOUNT, user=ENGINEER, account_id=FIRST).json
    assert page["account"] == told[FIRST]
    assert {scope["freshness"] for scope in page["scopes"]} == {"fresh"}
    assert "iam_role" in {scope["kind"] for scope in page["scopes"]}
    assert "us-east-1" in page["regions"]
    assert (page["source"], page["inactive_since"], page["rows_kept_until"]) == ("static", None, None)


def test_an_account_that_is_hidden_or_unknown_is_answered_alike(estate: Estate, browser: Browser) -> None:
    estate.configure(visibility={"rules": [{"where": {"accounts": [FIRST]}}]})
    estate.begin()
    for account_id in (FIRST, "999999999999"):
        page = browser("GET", ACCOUNT, user=ENGINEER, account_id=account_id)
        assert (page.status, page.json["reason"]) == (404, "unknown_account")
        policies = browser("GET", POLICIES, user=ENGINEER, target=account_id)
        assert (policies.status, policies.json["reason"]) == (404, "unknown_target")
    assert browser("GET", ACCOUNT, account_id=FIRST).status == 200


def test_service_control_policies_are_told_in_the_words_of_the_wire(
    estate: Estate, browser: Browser, watch: Watch
) -> None:
    org = Org()
    estate.configure(accounts={"sources": ["organizations"], "organizations": {"role_arn": org.role_arn}})
    unit = org.unit("Prod")
    made = org.account("payments", unit)
    policy_id = org.policy("iam:CreateUser", unit)
    estate.begin()
    unread = browser("GET", POLICIES, user=ENGINEER, target=made)
    assert (unread.status, unread.json["status"], unread.json["status_code"]) == (502, "error", 502)
    assert unread.json["errors"] == [unread.json["message"]]
    watch.looks()
    answer = browser("GET", POLICIES, user=ENGINEER, target=made).json
    assert {key for key in answer if key != "read_at"} == {
        "status", "reason", "redirect_url", "status_code", "message", "errors", "count", "total", "page", "last_page",
        "data",
    }  # fmt: skip
    assert (answer["status"], answer["status_code"]) == ("success", 200)
    (item,) = [one for one in answer["data"] if one["policy"]["id"] == policy_id]
    assert item["targets"] == [
        {"target_id": unit, "arn": item["targets"][0]["arn"], "name": "Prod", "type": "ORGANIZATIONAL_UNIT"}
    ]
    assert {**item["policy"], "arn": "", "content": json.loads(item["policy"]["content"])} == {
        "id": policy_id,
        "arn": "",
        "name": "iam:CreateUser",
        "description": "No iam:CreateUser",
        "type": "SERVICE_CONTROL_POLICY",
        "aws_managed": False,
        "content": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}],
        },
    }
    assert browser("GET", POLICIES, target=org.management).json["message"].startswith("This is the management account")

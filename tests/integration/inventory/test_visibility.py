"""Accounts and roles that some people do not see: answered, listed and counted as if they did not exist."""

import json
from typing import Any

import pytest

from tests.integration.inventory.test_api import ADMINISTRATOR, ENGINEER, ROLE, Browser, browser, refresh
from tests.support.aws import round_trips
from tests.support.estate import CONFIGURATION, FIRST, SECOND, Estate

__all__ = ["browser"]
AUDITOR = "cy@example.com"


def hiding(estate: Estate, **where: Any) -> None:
    """Only the administrator and an auditor see this part."""
    estate.configure(visibility={"rules": [{"where": where}]}, groups={"can_audit": [f"user:{AUDITOR}"]})


def accounts(browser: Browser, user: str) -> list[str]:
    return [found["account_id"] for found in browser("GET", "/api/v2/accounts", user=user).json["accounts"]]


@pytest.mark.parametrize(
    "where",
    [
        pytest.param({"accounts": [FIRST]}, id="by its number"),
        pytest.param({"tags": {"environment": ["prod"]}}, id="by its environment"),
    ],
)
def test_a_hidden_account_is_nowhere_for_whom_it_is_hidden(
    estate: Estate, browser: Browser, where: dict[str, Any]
) -> None:
    estate.create_role(FIRST, "app")
    estate.create_role(SECOND, "app")
    hiding(estate, **where)
    refresh(estate, FIRST, SECOND)
    assert accounts(browser, ENGINEER) == [SECOND]
    assert accounts(browser, AUDITOR) == [FIRST, SECOND]
    hidden = browser("GET", ROLE, user=ENGINEER, account_id=FIRST, role="app")
    nowhere = browser("GET", ROLE, user=ENGINEER, account_id="999999999999", role="app")
    assert (hidden.status, nowhere.status) == (404, 404)
    assert hidden.json["message"] == nowhere.json["message"].replace("999999999999", FIRST)
    assert hidden.json["reason"] == nowhere.json["reason"] == "unknown_account"
    missing = browser("GET", ROLE, user=ENGINEER, account_id=FIRST, role="missing")
    assert missing.json["message"] == hidden.json["message"]
    for user in (ADMINISTRATOR, AUDITOR):
        assert browser("GET", ROLE, user=user, account_id=FIRST, role="app").status == 200
    assert browser("GET", ROLE, user=ENGINEER, account_id=SECOND, role="app").status == 200


def test_a_hidden_role_is_not_there_and_its_account_is(estate: Estate, browser: Browser) -> None:
    estate.create_role(FIRST, "app")
    estate.create_role(FIRST, "secret-app", Path="/vault/")
    hiding(estate, resources=["arn:aws:iam::*:role/vault/*"])
    refresh(estate, FIRST)
    assert browser("GET", ROLE, user=ENGINEER, account_id=FIRST, role="app").status == 200
    for asked in ("secret-app", "vault/secret-app"):
        hidden = browser("GET", ROLE, user=ENGINEER, account_id=FIRST, role=asked)
        missing = browser("GET", ROLE, user=ENGINEER, account_id=FIRST, role=f"{asked}x")
        assert (hidden.status, hidden.json["reason"]) == (404, "unknown_role")
        assert missing.json["message"].replace(f"{asked}x", asked) == hidden.json["message"]
        assert browser("GET", ROLE, account_id=FIRST, role=asked).status == 200
    assert accounts(browser, ENGINEER) == [FIRST, SECOND]


def test_a_role_that_is_shown_by_itself_is_seen_in_an_account_that_is_not(estate: Estate, browser: Browser) -> None:
    arn = estate.create_role(FIRST, "app")
    rules = [{"where": {"accounts": [FIRST]}}, {"principals": [f"user:{ENGINEER}"], "where": {"resources": [arn]}}]
    estate.configure(visibility={"rules": rules})
    refresh(estate, FIRST)
    assert browser("GET", ROLE, user=ENGINEER, account_id=FIRST, role="app").status == 200
    assert browser("GET", ROLE, user=ENGINEER, account_id=FIRST, role="other").json["reason"] == "unknown_account"
    assert accounts(browser, ENGINEER) == [SECOND]


def test_the_profile_names_only_accounts_that_are_seen_and_what_is_held_over_a_part(
    estate: Estate, browser: Browser
) -> None:
    scope = {"principals": [f"user:{ENGINEER}"], "permission": "can_admin", "where": {"accounts": [SECOND]}}
    estate.configure(visibility={"everybody_sees_the_rest": False}, groups={"scopes": [scope]})
    refresh(estate, FIRST, SECOND)
    profile = browser("GET", "/api/v2/user_profile", user=ENGINEER).json
    assert profile["accounts"] == {SECOND: "payments-test"}
    assert profile["scopes"] == [{"permission": "can_admin", "where": f"accounts {SECOND}"}]
    assert {name for name, held in profile["authorization"].items() if held} == {
        "can_edit_policies",
        "can_create_roles",
        "can_delete_iam_principals",
    }
    everything = browser("GET", "/api/v2/user_profile").json
    assert set(everything["accounts"]) == {FIRST, SECOND}
    assert everything["scopes"] == []
    assert all(everything["authorization"].values())


def test_an_administrator_of_an_account_refreshes_it_and_nothing_else(estate: Estate, browser: Browser) -> None:
    scope = {"principals": [f"user:{ENGINEER}"], "permission": "can_admin", "where": {"accounts": [SECOND]}}
    estate.configure(groups={"scopes": [scope]})
    refresh(estate, FIRST, SECOND)
    estate.calls.on("StartExecution", lambda _, __: {"executionArn": "arn"})
    started = browser("POST", "/api/v2/refreshes", user=ENGINEER, body={"accounts": [SECOND]})
    assert started.status == 200
    (begun,) = [parameters for name, parameters in estate.calls.seen if name == "StartExecution"]
    assert json.loads(begun["input"])["accounts"] == [SECOND]
    for asked in ([FIRST], [FIRST, SECOND]):
        refused = browser("POST", "/api/v2/refreshes", user=ENGINEER, body={"accounts": asked})
        assert (refused.status, refused.json["reason"]) == (403, "out_of_scope")
    assert browser("POST", "/api/v2/refreshes", user=ENGINEER, body={}).json["reason"] == "no_target"


def test_where_nothing_is_hidden_nothing_more_is_read(estate: Estate, browser: Browser) -> None:
    estate.create_role(FIRST, "app")
    refresh(estate, FIRST)
    with round_trips() as without:
        page = estate.role_page(FIRST, "app", ENGINEER)
    hiding(estate, tags={"environment": ["test"]})
    with round_trips() as with_facts:
        assert estate.role_page(FIRST, "app", ENGINEER) == page
    assert len(with_facts) == len(without) + 1


def test_tags_of_accounts_may_stand_in_the_configuration(estate: Estate, browser: Browser) -> None:
    static = {**CONFIGURATION["accounts"]["static"], FIRST: {"name": "payments-prod", "tags": {"tier": "secret"}}}
    sections = {"accounts": {"sources": ["static"], "static": static}}
    estate.configure(visibility={"rules": [{"where": {"tags": {"tier": ["secret"]}}}]}, **sections)
    refresh(estate, FIRST, SECOND)
    assert accounts(browser, ENGINEER) == [SECOND]

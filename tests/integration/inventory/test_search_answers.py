"""What tables, search boxes and exports answer about roles that were found."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core.principals import SessionKind
from chalicelib.inventory.search import export
from tests.support.aws import aws_tables
from tests.support.estate import FIRST, SECOND, TAG, Estate, estate
from tests.support.searching import Person, fill, names


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, on_our_tables: None) -> Iterator[Estate]:
    with (
        pytest.MonkeyPatch.context() as patches,
        aws_tables(patches),
        estate(patches, tmp_path_factory.mktemp("answers")) as running,
    ):
        fill(running)
        yield running


def test_a_page_ends_with_where_the_next_one_begins(synced: Estate) -> None:
    person = Person()
    first = person.call("POST", "/api/v2/search", body={"limit": 3, "sort": "name"})
    second = person.call("POST", "/api/v2/search", body={"limit": 3, "sort": "name", "after": first.json["after"]})
    assert names(first) + names(second) == ["export", "ledger-0", "ledger-1", "ledger-2"]
    assert second.json["after"] is None


def test_consolemes_table_filters_by_expressions_and_links_its_rows(synced: Estate) -> None:
    body = {"filters": {"arn": "ledger-[12]$", "account_name": "PAYMENTS", "technology": "role"}, "limit": 1}
    answer = Person().call("POST", "/api/v2/policies", {"markdown": "true"}, body)
    (row,) = answer.json["data"]
    arn = f"arn:aws:iam::{FIRST}:role/team/ledger-1"
    assert row["arn"] == f"[{arn}](/policies/edit/{FIRST}/iamrole/ledger-1)"
    assert row["templated"] == "N/A"
    assert (answer.json["totalCount"], answer.json["filteredCount"], answer.json["matchingCount"]) == (4, 1, 2)


def test_rows_of_roles_link_to_what_they_were_before_as_their_pages_do(synced: Estate) -> None:
    person = Person()
    arn = f"arn:aws:iam::{FIRST}:role/team/ledger-1"
    (row,) = person.call("POST", "/api/v2/policies", body={"filters": {"arn": "ledger-1$"}}).json["data"]
    (found,) = person.call("POST", "/api/v2/search", body={"text": arn}).json["rows"]
    page = synced.role_page(FIRST, "ledger-1").page
    assert row["config_history_url"] == found["config_history_url"] == page.config_timeline_url
    assert synced.iam(FIRST).get_role(RoleName="ledger-1")["Role"]["RoleId"] in row["config_history_url"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"arn": "("}, 4),
        ({"unknown": "x"}, 0),
        ({"arn": ""}, 4),
        ({"errors": [-1, 1]}, 4),
        ({"errors": [0, 5]}, 0),
    ],
)
def test_odd_filters_of_the_wire(synced: Estate, filters: dict[str, Any], found: int) -> None:
    answer = Person().call("POST", "/api/v2/policies", body={"filters": filters})
    assert len(answer.json["data"]) == found


@pytest.mark.parametrize("filters", [{"arn": 5}, {"arn": "x" * 501}, {"arn": [1, 2]}])
def test_a_filter_of_no_shape_is_refused(synced: Estate, filters: dict[str, Any]) -> None:
    assert Person().call("POST", "/api/v2/policies", body={"filters": filters}).status == 400


def test_weep_searches_roles_and_accounts(synced: Estate) -> None:
    weep = Person(kind=SessionKind.CLI)
    roles = weep.call(
        "GET",
        "/api/v1/policies/typeahead",
        {"resource": "iam_arn", "search": f"arn:aws:iam::{FIRST}:role/team/", "limit": "5000"},
    )
    assert [one["title"].rpartition("/")[2] for one in roles.json] == ["ledger-0", "ledger-1", "ledger-2"]
    accounts = weep.call("GET", "/api/v1/policies/typeahead", {"resource": "account", "search": "pay", "limit": "1000"})
    assert accounts.json == [{"title": f"payments-prod ({FIRST})"}, {"title": f"payments-test ({SECOND})"}]


def test_typeaheads_without_what_they_need_say_so(synced: Estate) -> None:
    person = Person()
    assert person.call("GET", "/policies/typeahead", {"resource": "iam_arn"}).status == 400
    assert person.call("GET", "/policies/typeahead", {"resource": "none", "search": "x"}).status == 404
    assert person.call("GET", "/api/v2/typeahead/self_service_resources").json == []


def test_roles_are_found_by_application(synced: Estate) -> None:
    found = Person().call("GET", "/policies/typeahead", {"resource": "app", "search": "export"}).json
    arn = f"arn:aws:iam::{SECOND}:role/export"
    assert found == {
        "Unknown App": {"name": "Unknown App", "results": [{"title": arn, "description": "payments-test"}]}
    }


def test_the_wizard_finds_principals_by_letters(synced: Estate) -> None:
    (entry,) = Person().call("GET", "/api/v2/typeahead/self_service_resources", {"typeahead": "ger-2"}).json
    assert entry["display_text"] == "ledger-2"
    assert entry["account"] == "payments-prod"
    assert entry["details_endpoint"] == f"/api/v2/roles/{FIRST}/team/ledger-2"


def test_an_arn_is_completed_by_account_and_service(synced: Estate) -> None:
    query = {"typeahead": "e", "account_id": SECOND, "resource_type": "iam", "ui_formatted": "1"}
    (found,) = Person().call("GET", "/api/v2/typeahead/resources", query).json
    assert found["title"].endswith("/export")


def test_a_resource_has_an_address(synced: Estate) -> None:
    weep = Person(kind=SessionKind.CLI)
    arn = f"arn:aws:iam::{FIRST}:role/team/ledger-1"
    answer = weep.call("GET", "/api/v2/get_resource_url", {"arn": arn})
    assert answer.json["data"]["url"] == f"/policies/edit/{FIRST}/iamrole/ledger-1"
    for wrong, reason in (("", "missing_data"), ("x", "malformed_data"), (f"{arn}-none", "invalid_data")):
        refused = weep.call("GET", "/api/v2/get_resource_url", {"arn": wrong})
        assert (refused.status, refused.json["reason"]) == (404, reason)


def test_a_table_leaves_as_a_file_in_parts(synced: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"conditions": [{"column": "name", "operator": "starts_with", "value": "ledger"}], "form": "json"}
    answer = Person().call("POST", "/api/v2/search/export", body=body)
    assert [row["name"] for row in answer.json] == ["ledger-0", "ledger-1", "ledger-2"]
    assert answer.json[0]["tags"].splitlines() == [f"{TAG}=engineers", "owner=team@example.com"]
    assert "X-Next-Place" not in answer.headers
    assert answer.header("Content-Disposition") == 'attachment; filename="resources.json"'
    body = {"form": "csv", "after": ["arn:aws:zzz", "arn:aws:zzz"]}
    assert Person().call("POST", "/api/v2/search/export", body=body).text == ""
    monkeypatch.setattr(export, "ROWS", 3)
    first = Person().call("POST", "/api/v2/search/export", body={"form": "json"})
    place = json.loads(first.header("X-Next-Place"))
    second = Person().call("POST", "/api/v2/search/export", body={"form": "json", "after": place})
    assert len(json.loads(first.text + second.text)) == 4


def test_one_box_finds_accounts_roles_and_requests(synced: Estate) -> None:
    person = Person()
    found = person.call("GET", "/api/v2/search/everything", {"text": "export"}).json
    assert [(one["title"], one["rank"], one["kind"]) for one in found["roles"]] == [("export", 0, "AWS::IAM::Role")]
    assert (found["resources"], found["accounts"], found["requests"]) == ([], [], [])
    assert found["roles"][0]["url"].endswith("/iamrole/export")
    accounts = person.call("GET", "/api/v2/search/everything", {"text": "payments"}).json["accounts"]
    assert [one["title"] for one in accounts] == ["payments-prod", "payments-test"]
    assert accounts[0]["url"] == f"/policies?account_id={accounts[0]['detail']}"
    nothing: dict[str, list[str]] = {"accounts": [], "roles": [], "resources": [], "requests": []}
    assert person.call("GET", "/api/v2/search/everything", {"text": "  "}).json == nothing


def test_ten_kilobytes_of_search_are_refused_and_break_nothing(synced: Estate) -> None:
    person = Person()
    assert person.call("POST", "/api/v2/search", body={"text": "x" * 10_240}).status == 400
    condition = {"column": "arn", "operator": "matches", "value": "(" * 10_240}
    assert person.call("POST", "/api/v2/search", body={"conditions": [condition]}).status == 400
    deep = {"column": "arn", "operator": "matches", "value": "(" * 250 + ")" * 250}
    assert person.call("POST", "/api/v2/search", body={"conditions": [deep]}).status == 200
    assert person.call("POST", "/api/v2/search", body={}).json["total"] == 4
    for query in ({}, {"text": "x" * 501}, {"text": "x", "limit": "51"}, {"text": "x", "other": "1"}):
        assert person.call("GET", "/api/v2/search/everything", query).status == 400


def test_an_action_is_completed(synced: Estate) -> None:
    person = Person()
    query = {"prefix": "sqs:purge"}
    assert person.call("GET", "/api/v1/policyuniverse/autocomplete", query).json == [{"permission": "sqs:purgequeue"}]
    query = {"prefix": "sqs", "only_filter_services": "true"}
    assert person.call("GET", "/api/v1/policyuniverse/autocomplete", query).json == [{"title": "sqs"}]
    assert person.call("GET", "/api/v1/policyuniverse/autocomplete").status == 400

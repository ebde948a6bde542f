"""Searching: what a visit writes is found at once by every process, before and after it became part of a file."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from app import app
from chalicelib import bootstrap
from chalicelib.core.principals import SessionKind
from chalicelib.inventory.search import news_store
from tests.support.estate import FIRST, SECOND, TAG, Estate
from tests.support.http import Answered, rest_event, send

ADMINISTRATOR, ENGINEER = "ada@example.com", "ben@example.com"


def publish(estate: Estate) -> Any:
    return estate.container().inventory.publish_search.run()


@pytest.fixture
def synced(estate: Estate) -> Estate:
    for number in range(3):
        estate.create_role(FIRST, f"ledger-{number}", {TAG: "engineers", "owner": "team@example.com"}, Path="/team/")
    estate.create_role(SECOND, "export", {})
    estate.begin()
    estate.sync(FIRST)
    estate.sync(SECOND)
    return estate


def names(answer: Answered) -> list[str]:
    return [row["name"] for row in answer.json["rows"]]


class Person:
    def __init__(self, user: str = ENGINEER, kind: SessionKind = SessionKind.WEB) -> None:
        self._user = user
        self._kind = kind
        self._cookie = ""

    def call(self, method: str, path: str, query: dict[str, str] | None = None, body: Any = None) -> Answered:
        if not self._cookie:
            token = bootstrap.container().identity.sessions.start(
                user=self._user, groups=frozenset(), kind=self._kind, method="test", address="198.51.100.7"
            )
            self._cookie = f"{token.cookie_name}={token.value}; _xsrf=token"
        headers = {"Cookie": self._cookie, "Content-Type": "application/json"}
        if self._kind is SessionKind.WEB:
            headers |= {"Origin": "http://127.0.0.1:8000", "X-Xsrftoken": "token"}
        text = None if body is None else json.dumps(body)
        return send(app, rest_event(method, path, headers=headers, body=text, query=urlencode(query or {})))


def test_what_was_synced_is_found_before_there_is_a_file(synced: Estate) -> None:
    answer = Person().call("POST", "/api/v2/search", body={"text": "ledger"})
    assert names(answer) == ["ledger-0", "ledger-1", "ledger-2"]
    assert (answer.json["total"], answer.json["matching"], answer.json["as_of"]) == (4, 3, None)


def test_a_file_holds_what_the_changes_told_and_a_change_is_laid_over_it(synced: Estate) -> None:
    report = publish(synced)
    assert (report.published, report.rows, report.whole, report.generation) == (True, 4, True, 1)
    synced.iam(FIRST).delete_role(RoleName="ledger-1")
    synced.create_role(FIRST, "ledger-new", {})
    synced.sync(FIRST)
    answer = Person().call("POST", "/api/v2/search", body={"text": "ledger"})
    assert names(answer) == ["ledger-new", "ledger-0", "ledger-2"]
    assert answer.json["as_of"] is not None


def test_the_next_file_is_the_last_one_with_its_changes(synced: Estate) -> None:
    publish(synced)
    synced.iam(FIRST).delete_role(RoleName="ledger-1")
    synced.create_role(FIRST, "ledger-new", {})
    synced.clock.advance(120)
    synced.sync(FIRST)
    report = publish(synced)
    assert (report.published, report.rows, report.whole, report.generation) == (True, 4, False, 2)
    assert {arn.rpartition("/")[2] for arn in synced.searched(FIRST)} == {"ledger-0", "ledger-2", "ledger-new"}


def test_nothing_is_built_when_nothing_changed(synced: Estate) -> None:
    publish(synced)
    synced.clock.advance(300)
    assert not publish(synced).published


def test_once_a_day_the_file_is_built_from_the_rows(synced: Estate) -> None:
    publish(synced)
    synced.clock.advance(86_400)
    assert publish(synced).whole


def test_a_file_that_is_gone_is_built_from_the_rows(synced: Estate) -> None:
    publish(synced)
    store = synced.container().inventory._news
    pointer = store.pointer()
    assert pointer is not None
    store.move(pointer.model_copy(update={"generation": 2, "key": "search/none.gz"}))
    synced.create_role(FIRST, "late", {})
    synced.sync(FIRST)
    assert publish(synced).whole
    assert any(arn.endswith("/late") for arn in synced.searched(FIRST))


def test_of_two_builders_one_moves_the_pointer(synced: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    original = news_store.NewsStore.move

    def twice(store: news_store.NewsStore, pointer: news_store.Pointer) -> None:
        original(store, pointer)
        original(store, pointer)

    monkeypatch.setattr(news_store.NewsStore, "move", twice)
    assert not publish(synced).published
    assert len(synced.searched(FIRST)) == 3


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


def test_what_somebody_does_not_see_they_do_not_find(synced: Estate) -> None:
    rule = {"principals": ["user:ada@example.com"], "where": {"accounts": [FIRST]}}
    synced.configure(visibility={"rules": [rule]})
    ben, ada = Person(), Person(ADMINISTRATOR)
    answer = ben.call("POST", "/api/v2/search", body={})
    assert (names(answer), answer.json["total"]) == (["export"], 1)
    assert ada.call("POST", "/api/v2/search", body={}).json["total"] == 4
    arn = f"arn:aws:iam::{FIRST}:role/team/ledger-1"
    assert ben.call("GET", "/api/v2/get_resource_url", {"arn": arn}).status == 404
    assert ben.call("GET", "/policies/typeahead", {"resource": "iam_arn", "search": "ledger"}).json == []
    accounts = ben.call("GET", "/policies/typeahead", {"resource": "account", "search": FIRST})
    assert accounts.json == []

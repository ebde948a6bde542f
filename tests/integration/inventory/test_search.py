"""Searching: what a visit writes is found at once by every process, before and after it became part of a file."""

from typing import Any

import pytest

from chalicelib.inventory.search import news_store
from tests.support.estate import FIRST, Estate
from tests.support.searching import ADMINISTRATOR, ENGINEER, Person, fill, names, visit


def publish(estate: Estate) -> Any:
    return estate.container().inventory.publish_search.run()


@pytest.fixture
def synced(estate: Estate) -> Estate:
    fill(estate)
    return estate


def test_what_was_synced_is_found_before_there_is_a_file(synced: Estate) -> None:
    answer = Person().call("POST", "/api/v2/search", body={"text": "ledger"})
    assert names(answer) == ["ledger-0", "ledger-1", "ledger-2"]
    assert (answer.json["total"], answer.json["matching"], answer.json["as_of"]) == (4, 3, None)


def test_a_file_holds_what_the_changes_told_and_a_change_is_laid_over_it(synced: Estate) -> None:
    report = publish(synced)
    assert (report.published, report.rows, report.whole, report.generation) == (True, 4, True, 1)
    synced.iam(FIRST).delete_role(RoleName="ledger-1")
    synced.create_role(FIRST, "ledger-new", {})
    visit(synced, FIRST)
    answer = Person().call("POST", "/api/v2/search", body={"text": "ledger"})
    assert names(answer) == ["ledger-new", "ledger-0", "ledger-2"]
    assert answer.json["as_of"] is not None


def test_the_next_file_is_the_last_one_with_its_changes(synced: Estate) -> None:
    publish(synced)
    synced.iam(FIRST).delete_role(RoleName="ledger-1")
    synced.create_role(FIRST, "ledger-new", {})
    synced.clock.advance(120)
    visit(synced, FIRST)
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
    visit(synced, FIRST)
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


def test_whoever_sees_one_role_of_an_account_finds_this_one(synced: Estate) -> None:
    arn = f"arn:aws:iam::{FIRST}:role/team/ledger-1"
    rules = [
        {"principals": ["user:ada@example.com"], "where": {"accounts": [FIRST]}},
        {"principals": [f"user:{ENGINEER}"], "where": {"resources": [arn]}},
    ]
    synced.configure(visibility={"rules": rules})
    ben = Person()
    answer = ben.call("POST", "/api/v2/search", body={})
    assert (names(answer), answer.json["total"]) == (["ledger-1", "export"], 2)
    found = ben.call("GET", "/api/v2/search/everything", {"text": "ledger"}).json
    assert [one["title"] for one in found["roles"]] == ["ledger-1"]
    assert ben.call("GET", "/api/v2/search/everything", {"text": FIRST}).json["accounts"] == []
    told = ben.call("POST", "/api/v2/search/export", body={"form": "json"}).json
    assert [row["name"] for row in told] == ["ledger-1", "export"]

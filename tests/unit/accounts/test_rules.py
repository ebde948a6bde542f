"""Which accounts there are, and when a list that became short is believed."""

from typing import Any

import pytest

from chalicelib.accounts.models import Account, AccountRecord, AccountsConfig, AccountStatus, StaticAccount
from chalicelib.accounts.rules import (
    digest_of,
    gone,
    left,
    may_drop,
    may_write,
    merged,
    needs_run,
    rows_outlived,
    unsettled,
)

ONE, TWO = "111111111111", "222222222222"


def account(account_id: str = ONE, **more: object) -> Account:
    return Account.model_validate({"account_id": account_id, "name": "from-aws", **more})


def test_the_first_source_that_names_an_account_speaks_for_it() -> None:
    found = merged([account(name="first"), account(name="second"), account(TWO)], AccountsConfig())
    assert {key: one.name for key, one in found.items()} == {ONE: "first", TWO: "from-aws"}


def test_the_configuration_is_laid_over_what_a_source_says() -> None:
    said = {ONE: StaticAccount(name="payments", environment="prod"), TWO: StaticAccount(name="nobody-found-it")}
    found = merged([account(owner="team@example.com", ou_path="Workloads")], AccountsConfig(static=said))
    assert found == {
        ONE: account(name="payments", environment="prod", owner="team@example.com", ou_path="Workloads"),
    }


def test_tags_of_the_configuration_are_laid_over_those_of_a_source_key_by_key() -> None:
    said = {ONE: StaticAccount(tags={"tier": "1", "team": "payments"}), TWO: StaticAccount(name="search")}
    found = merged(
        [account(tags={"team": "unknown", "cost": "42"}), account(TWO, tags={"team": "search"})],
        AccountsConfig(static=said),
    )
    assert found[ONE].tags == {"tier": "1", "team": "payments", "cost": "42"}
    assert found[TWO].tags == {"team": "search"}


@pytest.mark.parametrize(
    ("known", "missing", "believed"),
    [(100, 0, True), (100, 1, True), (30, 15, True), (30, 16, False), (18, 10, True), (12, 11, False), (2, 1, True)],
)
def test_more_than_half_and_more_than_ten_at_once_are_not_believed(known: int, missing: int, believed: bool) -> None:
    assert may_drop(known, {f"{number}" for number in range(missing)}, "").allowed is believed


@pytest.mark.parametrize("known", [1, 3, 40])
def test_everything_at_once_is_never_believed_at_first(known: int) -> None:
    assert not may_drop(known, {f"{number}" for number in range(known)}, "").allowed


def test_a_second_look_that_misses_the_same_is_believed() -> None:
    missing = {f"{number}" for number in range(20)}
    assert may_drop(20, missing, digest_of(missing)).allowed


def test_a_second_look_that_misses_something_else_is_not_believed() -> None:
    missing = {f"{number}" for number in range(20)}
    assert not may_drop(25, missing, digest_of(missing | {"another"})).allowed


def test_a_refusal_says_how_many_and_what_happens_next() -> None:
    verdict = may_drop(20, {f"{number}" for number in range(19)}, "")
    assert verdict.reason.startswith("19 of 20 were missing")
    assert "next run" in verdict.reason


def test_nothing_missing_has_no_digest() -> None:
    assert digest_of(set()) == ""


def test_the_digest_does_not_depend_on_order() -> None:
    assert digest_of(["a", "b"]) == digest_of(["b", "a"])


@pytest.mark.parametrize(
    ("status", "withdrawn", "visited"),
    [("ACTIVE", False, True), ("ACTIVE", True, True), ("SUSPENDED", False, True), ("LEFT", True, False)],
)
def test_an_account_that_is_not_active_is_visited_until_its_rights_are_withdrawn(
    status: str, withdrawn: bool, visited: bool
) -> None:
    record = AccountRecord(account=account(status=status), observed_at=1, rights_withdrawn=withdrawn)
    assert needs_run(record) is visited


def test_an_account_that_left_keeps_what_was_known_of_it() -> None:
    record = AccountRecord(account=account(owner="team@example.com"), observed_at=1)
    assert left(record) == account(owner="team@example.com", status=AccountStatus.LEFT)


@pytest.mark.parametrize(
    "section", [{"sources": []}, {"sources": ["ldap"]}, {"static": {"12": {}}}, {"organisations": {}}]
)
def test_a_section_that_means_nothing_is_refused(section: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        AccountsConfig.model_validate(section)


def test_two_organisations_need_a_role_each_and_one_needs_no_list() -> None:
    arn = "arn:aws:iam::111122223333:role/Reader"
    one = AccountsConfig.model_validate({"organizations": {"role_arn": arn}})
    assert [organization.source for organization in one.organizations] == [f"organizations {arn}"]
    assert [organization.source for organization in AccountsConfig().organizations] == ["organizations"]
    with pytest.raises(ValueError, match="each needs its own"):
        AccountsConfig.model_validate({"organizations": [{"role_arn": arn}, {"role_arn": arn}]})


def test_tags_name_environment_and_owner_where_nothing_else_does() -> None:
    config = AccountsConfig(
        static={ONE: StaticAccount(owner="said@example.com")},
        environment_tags=("stage", "environment"),
        owner_tags=("owner",),
    )
    tags = {"environment": "prod", "stage": "", "owner": "tag@example.com"}
    found = merged([account(tags=tags), account(TWO, tags=tags, environment="from-source")], config)
    assert (found[ONE].environment, found[ONE].owner) == ("prod", "said@example.com")
    assert (found[TWO].environment, found[TWO].owner) == ("from-source", "tag@example.com")


def record(source: str = "here", status: str = "ACTIVE", **more: object) -> AccountRecord:
    return AccountRecord.model_validate(
        {"account": account(source=source, status=status), "observed_at": 1, **more}, from_attributes=True
    )


def test_what_a_silent_source_speaks_for_is_neither_gone_nor_told_by_another() -> None:
    known = {ONE: record("there"), TWO: record("here")}
    assert gone(known, (), {"there"}) == {TWO}
    assert not may_write(known[ONE], {"there"})
    assert may_write(known[TWO], {"there"})
    assert may_write(None, {"there"})


def test_an_account_that_does_not_remember_its_source_may_be_a_silent_ones() -> None:
    known = {ONE: record("")}
    assert gone(known, (), {"there"}) == set()
    assert gone(known, (), ()) == {ONE}


def test_an_account_that_left_is_not_gone_again() -> None:
    assert gone({ONE: record(status="LEFT")}, (), ()) == set()


@pytest.mark.parametrize(
    ("before", "now", "acts"),
    [
        (None, "ACTIVE", True),
        (None, "SUSPENDED", False),
        ("ACTIVE", "ACTIVE", False),
        ("ACTIVE", "LEFT", True),
        ("SUSPENDED", "LEFT", False),
        ("LEFT", "ACTIVE", True),
    ],
)
def test_an_account_is_unsettled_when_it_may_be_used_from_now_on_or_no_longer(
    before: str | None, now: str, acts: bool
) -> None:
    assert unsettled(record(status=before) if before else None, account(status=now)) is acts


@pytest.mark.parametrize(
    ("change", "outlived"),
    [
        ({}, True),
        ({"inactive_since": 1001}, False),
        ({"inactive_since": None}, False),
        ({"rights_withdrawn": False}, False),
        ({"rows_removed": True}, False),
        ({"status": "ACTIVE"}, False),
    ],
)
def test_rows_are_forgotten_after_the_time_of_grace_and_never_before_the_rights(
    change: dict[str, object], outlived: bool
) -> None:
    facts: dict[str, Any] = {"status": "LEFT", "rights_withdrawn": True, "inactive_since": 1000, **change}
    assert rows_outlived(record(**facts), 30, 1000 + 30 * 86_400) is outlived

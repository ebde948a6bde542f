"""Which accounts there are, and when a list that became short is believed."""

import pytest

from chalicelib.accounts.models import Account, AccountRecord, AccountsConfig, AccountStatus, StaticAccount
from chalicelib.accounts.rules import digest_of, left, may_drop, merged, needs_run

ONE, TWO = "111111111111", "222222222222"


def account(account_id: str = ONE, **more: object) -> Account:
    return Account.model_validate({"account_id": account_id, "name": "from-aws", **more})


def test_the_first_source_that_names_an_account_speaks_for_it() -> None:
    found = merged([account(name="first"), account(name="second"), account(TWO)], {})
    assert {key: one.name for key, one in found.items()} == {ONE: "first", TWO: "from-aws"}


def test_the_configuration_is_laid_over_what_a_source_says() -> None:
    said = {ONE: StaticAccount(name="payments", environment="prod"), TWO: StaticAccount(name="nobody-found-it")}
    found = merged([account(owner="team@example.com", ou_path="Workloads")], said)
    assert found == {
        ONE: account(name="payments", environment="prod", owner="team@example.com", ou_path="Workloads"),
    }


def test_tags_of_the_configuration_are_laid_over_those_of_a_source_key_by_key() -> None:
    said = {ONE: StaticAccount(tags={"tier": "1", "team": "payments"}), TWO: StaticAccount(name="search")}
    found = merged([account(tags={"team": "unknown", "cost": "42"}), account(TWO, tags={"team": "search"})], said)
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

from collections.abc import Mapping

import pytest

from chalicelib.accounts.models import Account, AccountRecord, AccountStatus
from chalicelib.core.errors import InvalidInput
from chalicelib.core.targets import Target
from chalicelib.identity.targets import Targets, tags_of, target_of_account, target_of_arn

ONE, TWO, THREE = "1" * 12, "2" * 12, "3" * 12
PAYMENTS = Account(account_id=ONE, name="payments", environment="prod", ou_path="Prod", tags={"team": "payments"})


def role(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:role/app"


class Book:
    """Knows payments and search, and counts how it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def find(self, account_id: str) -> AccountRecord | None:
        self.asked.append(account_id)
        return self._known().get(account_id)

    def all(self) -> Mapping[str, AccountRecord]:
        self.asked.append("all")
        return self._known()

    def _known(self) -> dict[str, AccountRecord]:
        known = (PAYMENTS, Account(account_id=TWO, name="search"))
        return {account.account_id: AccountRecord(account=account, observed_at=1) for account in known}


def test_an_account_is_its_place_and_its_tags_with_environment_and_owner_among_them() -> None:
    assert target_of_account(PAYMENTS) == Target(ONE, ou_path="Prod", tags={"team": "payments", "environment": "prod"})
    said = Account(account_id=ONE, name="x", owner="ada", tags={"owner": "somebody", "environment": "tagged"})
    assert tags_of(said) == {"owner": "ada", "environment": "tagged"}


def test_a_resource_has_the_facts_of_the_account_that_its_arn_names() -> None:
    assert target_of_arn(role(ONE), PAYMENTS) == Target(
        ONE, role(ONE), ou_path="Prod", tags={"team": "payments", "environment": "prod"}
    )
    for stranger in (target_of_arn(role(TWO), PAYMENTS), target_of_arn(role(TWO), None)):
        assert stranger == Target(TWO, role(TWO), known=False)


def test_what_was_known_of_an_account_that_has_left_is_known_no_longer() -> None:
    left = PAYMENTS.model_copy(update={"status": AccountStatus.LEFT})
    assert target_of_account(left) == Target(ONE, known=False)
    assert target_of_arn(role(ONE), left) == Target(ONE, role(ONE), known=False)
    suspended = PAYMENTS.model_copy(update={"status": AccountStatus.SUSPENDED})
    assert target_of_account(suspended).known


def test_each_account_is_looked_up_once() -> None:
    book = Book()
    targets = Targets(book)
    found = targets.of([role(ONE), role(ONE), "arn:aws:s3:::exports", role(TWO)])
    assert [(one.account_id, one.known) for one in found] == [(ONE, True), (ONE, True), ("", False), (TWO, True)]
    assert targets.of_accounts([ONE])[0].ou_path == "Prod"
    assert book.asked == [ONE, TWO]


def test_the_third_account_brings_all_of_them() -> None:
    book = Book()
    targets = Targets(book)
    found = targets.of_accounts([THREE, "4" * 12, ONE, TWO, THREE, "5" * 12])
    assert [one.known for one in found] == [False, False, True, True, False, False]
    assert book.asked == [THREE, "4" * 12, "all"]


def test_without_accounts_only_what_the_arn_says_is_known() -> None:
    targets = Targets(None)
    assert targets.of([role(ONE)]) == (Target(ONE, role(ONE), known=False),)
    assert targets.of_accounts([ONE]) == (Target(ONE, known=False),)


def test_what_is_no_arn_is_refused() -> None:
    with pytest.raises(InvalidInput):
        Targets(None).of(["app"])


def test_of_a_bucket_somebody_else_says_whose_it_is_and_is_asked_once() -> None:
    asked: list[str] = []

    def account_of(arn: str) -> str | None:
        asked.append(arn)
        return ONE if arn.endswith("exports") else None

    ours, unknown = "arn:aws:s3:::exports", "arn:aws:s3:::others"
    targets = Targets(Book(), account_of)
    assert targets.of([ours, ours])[1] == Target(
        ONE, ours, ou_path="Prod", tags={"team": "payments", "environment": "prod"}
    )
    assert targets.of([unknown, role(ONE)])[0] == Target("", unknown, known=False)
    assert asked == [ours, unknown]

"""The directory of accounts: from their sources, changed rows only, and never emptied by silence."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from chalicelib.accounts.list_accounts import ListAccounts, Listed
from chalicelib.accounts.models import Account, AccountRecord, AccountsConfig, AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.aws.organizations import Organization
from chalicelib.core.errors import AccessDeniedByAws, AppError, Upstream
from chalicelib.db.scopes import Scopes
from tests.support.aws import REGION
from tests.support.estate import FIRST, HUB, SECOND, TAG, Estate

ORGANIZATIONS = {"sources": ["organizations"]}


class Listing:
    """A source that a test fills."""

    name = "organizations"

    def __init__(self, *accounts: Account) -> None:
        self.found: list[Account] = list(accounts)
        self.error: AppError | None = None

    def accounts(self) -> Iterator[Account]:
        yield from self.found
        if self.error:
            raise self.error


def account(number: int = 1, status: str = "ACTIVE", **more: Any) -> Account:
    return Account(account_id=f"{number:012d}", name=f"a{number}", status=AccountStatus(status), **more)


class Directory:
    def __init__(self, estate: Estate, *accounts: Account) -> None:
        self.estate = estate
        self.source = Listing(*accounts)
        self.store = AccountStore()
        self._listing = ListAccounts(
            config=AccountsConfig(),
            sources={"organizations": [self.source]},
            store=self.store,
            scopes=Scopes(),
            clock=estate.clock,
        )

    def listed(self) -> Listed:
        self.estate.clock.advance(1)
        self.estate.calls.clear()
        return self._listing.run()

    def statuses(self) -> dict[str, str]:
        return {key: str(record.account.status) for key, record in self.store.all().items()}


def test_accounts_are_written_once_and_then_only_when_they_change(estate: Estate) -> None:
    directory = Directory(estate, account(1), account(2))
    assert directory.listed().written == 2
    assert directory.listed().written == 0
    assert estate.calls.writes_to(estate.settings.table_prefix + "directory") == []
    directory.source.found[1] = account(2, owner="team@example.com")
    assert directory.listed().written == 1
    assert directory.store.all()["000000000002"].account.owner == "team@example.com"


def test_an_account_that_no_source_names_any_more_is_marked_and_kept(estate: Estate) -> None:
    directory = Directory(estate, account(1), account(2))
    directory.listed()
    directory.source.found.pop()
    directory.listed()
    assert directory.statuses() == {"000000000001": "ACTIVE", "000000000002": "LEFT"}
    directory.source.found.append(account(2))
    directory.listed()
    assert directory.statuses() == {"000000000001": "ACTIVE", "000000000002": "ACTIVE"}


def test_no_account_at_all_is_an_error_and_changes_nothing(estate: Estate) -> None:
    directory = Directory(estate, account(1))
    directory.listed()
    directory.source.found.clear()
    with pytest.raises(Upstream, match="Nothing was changed"):
        directory.listed()
    assert directory.statuses() == {"000000000001": "ACTIVE"}


def test_a_source_that_breaks_off_changes_nothing(estate: Estate) -> None:
    directory = Directory(estate, account(1), account(2))
    directory.listed()
    directory.source.found.pop()
    directory.source.error = AccessDeniedByAws("AWS refused to read the organisation")
    with pytest.raises(AccessDeniedByAws):
        directory.listed()
    assert directory.statuses() == {"000000000001": "ACTIVE", "000000000002": "ACTIVE"}
    assert Scopes().of_kind("accounts")["all"].error == "AWS refused to read the organisation"


def test_most_accounts_gone_at_once_are_held_until_a_second_look_agrees(estate: Estate) -> None:
    directory = Directory(estate, *(account(number) for number in range(1, 21)))
    directory.listed()
    del directory.source.found[5:]
    first = directory.listed()
    assert (first.warning or "").startswith("15 of 20")
    assert set(directory.statuses().values()) == {"ACTIVE"}
    assert directory.listed().warning is None
    assert sorted(directory.statuses().values()) == ["ACTIVE"] * 5 + ["LEFT"] * 15


def test_an_older_look_never_replaces_a_newer_one(estate: Estate) -> None:
    store, now = AccountStore(), estate.clock.now()
    assert store.put(account(1, owner="new"), now)
    assert not store.put(account(1, owner="old"), now - 1)
    assert store.find("000000000001") == AccountRecord(account=account(1, owner="new"), observed_at=now)


class Org:
    """An organisation in the embedded AWS."""

    def __init__(self) -> None:
        self.client: Any = boto3.client("organizations", REGION)
        self.client.create_organization(FeatureSet="ALL")
        (self.root,) = [root["Id"] for root in self.client.list_roots()["Roots"]]

    def unit(self, name: str, parent: str = "") -> str:
        made: str = self.client.create_organizational_unit(ParentId=parent or self.root, Name=name)[
            "OrganizationalUnit"
        ]["Id"]
        return made

    def account(self, name: str, unit: str = "") -> str:
        status = self.client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
        made: str = status["AccountId"]
        if unit:
            self.client.move_account(AccountId=made, SourceParentId=self.root, DestinationParentId=unit)
        return made


@pytest.fixture
def organisation(estate: Estate) -> Org:
    estate.configure(accounts=ORGANIZATIONS)
    return Org()


def test_an_organisation_gives_names_units_and_states(estate: Estate, organisation: Org) -> None:
    workloads = organisation.unit("Workloads")
    prod = organisation.account("payments", organisation.unit("Prod", workloads))
    estate.configure(accounts={**ORGANIZATIONS, "static": {prod: {"environment": "prod", "owner": "x@example.com"}}})
    records = estate.container().inventory.list_accounts.run().records
    account = records[prod].account
    assert (account.name, account.environment, account.owner) == ("payments", "prod", "x@example.com")
    assert (account.ou_path, account.status) == ("Workloads/Prod", AccountStatus.ACTIVE)
    assert records[HUB].account.ou_path == ""


def test_tags_of_accounts_are_read_where_it_is_configured(estate: Estate, organisation: Org) -> None:
    made = organisation.account("payments")
    organisation.client.tag_resource(ResourceId=made, Tags=[{"Key": "team", "Value": "payments"}])
    assert estate.container().inventory.list_accounts.run().records[made].account.tags == {}
    assert "ListTagsForResource" not in [name for name, _ in estate.calls.seen]
    estate.configure(accounts={**ORGANIZATIONS, "organizations": {"account_tags": True}})
    assert estate.container().inventory.list_accounts.run().records[made].account.tags == {"team": "payments"}


def test_every_page_of_an_organisation_is_read_even_an_empty_one(estate: Estate, organisation: Org) -> None:
    made = {organisation.account(f"a{number}") for number in range(5)}

    def paged(parameters: dict[str, Any], answer: Any) -> dict[str, Any]:
        place = int(parameters.pop("NextToken", 0))
        whole = answer()["Accounts"]
        pages = [whole[:2], [], whole[2:]]
        more = {"NextToken": str(place + 1)} if place < 2 else {}
        return {"Accounts": pages[place], **more}

    estate.calls.on("ListAccounts", paged)
    assert made < set(estate.container().inventory.list_accounts.run().records)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"State": "SUSPENDED", "Status": "ACTIVE"}, "SUSPENDED"),
        ({"Status": "PENDING_CLOSURE"}, "PENDING_CLOSURE"),
        ({"State": "FROZEN_SINCE_TOMORROW"}, "SUSPENDED"),
        ({}, "SUSPENDED"),
    ],
)
def test_the_state_of_an_account_counts_before_its_status(
    estate: Estate, organisation: Org, said: dict[str, str], status: str
) -> None:
    made = organisation.account("payments")
    entry = {"Id": made, "Name": "payments", **said}
    estate.calls.on("ListAccounts", lambda _, __: {"Accounts": [entry]})
    assert estate.container().inventory.list_accounts.run().records[made].account.status == status


def test_the_organisation_is_read_under_the_role_that_the_configuration_names(estate: Estate) -> None:
    role = f"arn:aws:iam::{FIRST}:role/ReadOrganization"
    estate.calls.on("ListAccounts", lambda _, __: {"Accounts": []})
    assert list(Organization(estate.container().aws, role).accounts()) == []
    assert [parameters["RoleArn"] for name, parameters in estate.calls.seen if name == "AssumeRole"] == [role]


def test_the_current_account_needs_no_organisation(estate: Estate) -> None:
    estate.configure(accounts={"sources": ["current_account"], "static": {HUB: {"name": "hub"}}})
    estate.calls.clear()
    records = estate.container().inventory.list_accounts.run().records
    assert {key: record.account.name for key, record in records.items()} == {HUB: "hub"}
    assert "ListAccounts" not in estate.calls.counted()


def test_nobody_keeps_a_role_of_an_account_that_left(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    kept = estate.create_role(SECOND, "app", {TAG: "engineers"})
    estate.begin()
    estate.sync(FIRST)
    estate.sync(SECOND)
    estate.configure(accounts={"sources": ["static"], "static": {SECOND: {"name": "payments-test"}}})
    assert {item.account_id for item in estate.begin("second").accounts} == {FIRST, SECOND}
    estate.calls.clear()
    outcome = estate.sync(FIRST, "second")
    assert (outcome.status, estate.rows(FIRST)) == ("withdrawn", {app})
    assert "ListRoles" not in estate.calls.counted()
    assert estate.rights("group:engineers") == {kept}
    assert {item.account_id for item in estate.begin("third").accounts} == {SECOND}


def test_an_account_that_comes_back_gets_its_rights_back(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    estate.begin()
    estate.sync(FIRST)
    estate.configure(accounts={"sources": ["static"], "static": {SECOND: {"name": "payments-test"}}})
    estate.begin("second")
    estate.sync(FIRST, "second")
    estate.configure()
    estate.begin("third")
    assert estate.sync(FIRST, "third").status == "succeeded"
    assert estate.rights("group:engineers") == {app}

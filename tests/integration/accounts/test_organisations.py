"""Several organisations: their trees, their accounts, and their service control policies, each read under a role of its own."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.accounts.control_policies import Shown
from chalicelib.accounts.list_accounts import ListAccounts
from chalicelib.accounts.models import Account, AccountsConfig, AccountStatus, OrganizationConfig
from chalicelib.accounts.organizations_store import ScpStore, TreeStore
from chalicelib.accounts.show_policies import ShowPolicies
from chalicelib.accounts.sources.organizations import OrganizationAccounts
from chalicelib.accounts.store import AccountRow, AccountStore
from chalicelib.accounts.sync_policies import KIND, PoliciesSynced, SyncPolicies
from chalicelib.aws.organizations import Organization
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import AccessDeniedByAws, NotFound, Upstream
from chalicelib.db.scopes import Scopes
from tests.support.aws import REGION
from tests.support.calls import Answer, AwsCalls, watched
from tests.support.clock import FrozenClock
from tests.support.organisations import Org

FULL = "p-FullAWSAccess"


class Company:
    """The directory of a company with these organisations."""

    def __init__(self, clock: FrozenClock, calls: AwsCalls) -> None:
        self.clock = clock
        self.calls = calls
        self.orgs: list[Org] = []
        self.accounts = AccountStore()
        self.trees = TreeStore()
        self.scopes = Scopes()
        self.crashes()

    def crashes(self) -> None:
        """The next process remembers no role that was taken."""
        self._aws = Sessions(clock=self.clock, region=REGION, endpoint_url=None, states_endpoint_url=None)

    def founds(self) -> Org:
        self.orgs.append(Org())
        return self.orgs[-1]

    def _organizations(self) -> dict[OrganizationConfig, Organization]:
        configs = [OrganizationConfig(role_arn=org.role_arn) for org in self.orgs]
        return {config: Organization(self._aws, config.role_arn) for config in configs}

    def listed(self) -> Any:
        self.clock.advance(1)
        self.calls.clear()
        organizations = self._organizations()
        sources = [
            OrganizationAccounts(
                found, name=config.source, tags=False, keep=lambda tree: self.trees.put(tree, self.clock.now())
            )
            for config, found in organizations.items()
        ]
        listing = ListAccounts(
            config=AccountsConfig(organizations=tuple(organizations)),
            sources={"organizations": sources},
            store=self.accounts,
            scopes=self.scopes,
            clock=self.clock,
        )
        return listing.run()

    def _sync(self) -> SyncPolicies:
        found = {config.source: organization for config, organization in self._organizations().items()}
        self.clock.advance(1)
        self.calls.clear()
        return SyncPolicies(organizations=found, store=ScpStore, scopes=self.scopes, clock=self.clock)

    def synced(self) -> PoliciesSynced:
        return self._sync().run()

    def synced_if_due(self) -> PoliciesSynced:
        return self._sync().if_due()

    def shown(self, target: str, may_see: Callable[[Account], bool] = lambda _: True) -> Shown:
        showing = ShowPolicies(accounts=self.accounts, trees=self.trees, store=ScpStore, scopes=self.scopes)
        return showing.of(target, may_see)

    def names(self, target: str) -> list[str]:
        return [policy.name for policy in self.shown(target).policies if policy.policy_id != FULL]

    def breaks(self, org: Org, operation: str = "ListRoots") -> None:
        """What reads this organisation is refused."""

        def rule(parameters: dict[str, Any], answer: Answer) -> dict[str, Any]:
            if parameters.get("RoleArn") == org.role_arn or operation != "AssumeRole":
                raise AccessDeniedByAws(f"AWS refused to read {org.organization_id}")
            return answer()

        self.calls.on(operation, rule)

    def mends(self) -> None:
        self.calls.rules.clear()


@pytest.fixture
def company(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    for row in AccountRow.query("ACCOUNTS"):
        row.delete()
    with watched(monkeypatch) as calls:
        # Beginning today: the embedded STS ends its credentials by the real time.
        yield Company(FrozenClock(int(time.time())), calls)


def test_accounts_of_several_organisations_know_their_unit_and_who_speaks_for_them(company: Company) -> None:
    first, second = company.founds(), company.founds()
    prod = first.unit("Prod", first.unit("Workloads"))
    payments, search = first.account("payments", prod), second.account("search")
    records = company.listed().records
    assert records[payments].account == Account(
        account_id=payments,
        name="payments",
        ou_path="Workloads/Prod",
        organization_id=first.organization_id,
        parent_id=prod,
        source=first.source,
    )
    assert records[search].account.organization_id == second.organization_id
    tree = company.trees.all()[first.organization_id]
    assert (tree.management_account_id, tree.source) == (first.management, first.source)
    assert [unit.name for unit in tree.chain(prod)] == ["Root", "Workloads", "Prod"]


def test_an_endpoint_that_tells_paths_is_not_asked_unit_by_unit(company: Company) -> None:
    org = company.founds()
    unit = org.unit("Prod")
    made = org.account("payments", unit)
    path = f"{org.organization_id}/{org.root}/{unit}/{made}/"
    told = {"Accounts": [{"Id": made, "Name": "payments", "State": "ACTIVE", "Paths": [path]}]}
    company.calls.on("ListAccounts", lambda _, __: told)
    assert company.listed().records[made].account.ou_path == "Prod"
    assert company.calls.count("ListAccountsForParent") == 0


def test_an_organisation_that_cannot_be_read_keeps_its_accounts_and_stops_no_other(company: Company) -> None:
    first, second = company.founds(), company.founds()
    kept, gone = first.account("kept"), second.account("gone")
    company.listed()
    company.breaks(first, "AssumeRole")
    company.crashes()
    second.client.remove_account_from_organization(AccountId=gone)
    new = second.account("new")
    listed = company.listed()
    assert [listed.records[one].account.status for one in (kept, gone, new)] == ["ACTIVE", "LEFT", "ACTIVE"]
    assert listed.unsettled == tuple(sorted((gone, new)))
    assert f"{first.source} could not be read" in listed.warning
    states = company.scopes.of_kind("accounts")
    assert (states[first.source].error, states[second.source].error) == (
        f"AWS refused to read {first.organization_id}",
        None,
    )


def test_an_account_counts_as_not_active_since_it_was_first_seen_so(company: Company) -> None:
    org = company.founds()
    made = org.account("payments")
    company.listed()
    org.client.close_account(AccountId=made)
    first = company.listed()
    closed = first.records[made]
    assert (closed.inactive_since, first.unsettled) == (company.clock.now(), (made,))
    org.client.tag_resource(ResourceId=made, Tags=[])
    unit = org.unit("Closed")
    org.client.move_account(AccountId=made, SourceParentId=org.root, DestinationParentId=unit)
    moved = company.listed()
    assert moved.records[made].account.status is not AccountStatus.ACTIVE
    assert (moved.records[made].inactive_since, moved.unsettled) == (closed.inactive_since, ())


def test_an_unchanged_organisation_is_written_once(company: Company) -> None:
    org = company.founds()
    org.policy("iam:CreateUser", org.unit("Prod"))
    company.listed()
    assert company.synced().written > 0
    assert company.synced().written == 0
    company.listed()
    assert company.calls.count("PutItem", "DeleteItem") == 0


def test_an_account_has_the_policies_of_everything_above_it_those_of_the_root_first(company: Company) -> None:
    org = company.founds()
    workloads = org.unit("Workloads")
    prod, test = org.unit("Prod", workloads), org.unit("Test", workloads)
    made = org.account("payments", prod)
    for name, target in {"d": made, "c": prod, "b": workloads, "a": org.root, "other": test}.items():
        org.policy(name, target)
    company.listed()
    company.synced()
    assert company.names(made) == ["a", "b", "c", "d"]
    assert company.names(prod) == ["a", "b", "c"]
    assert company.names(org.root) == ["a"]
    shown = company.shown(made)
    assert (shown.read_at, shown.restricts) == (company.clock.now(), True)
    policy = shown.policies[-1]
    assert (policy.name, policy.description, policy.aws_managed) == ("d", "No d", False)
    assert '"Action": "d"' in policy.content
    assert [(target.target_id, target.kind) for target in policy.targets] == [(made, "ACCOUNT")]


def test_what_is_detached_and_deleted_is_told_no_longer(company: Company) -> None:
    org = company.founds()
    made = org.account("payments")
    detached, deleted = org.policy("detached", made), org.policy("deleted", made)
    company.listed()
    company.synced()
    org.client.detach_policy(PolicyId=detached, TargetId=made)
    org.client.detach_policy(PolicyId=deleted, TargetId=made)
    org.client.delete_policy(PolicyId=deleted)
    assert company.synced().removed == 1
    assert company.names(made) == []
    assert deleted not in ScpStore(org.organization_id).all()


def test_policies_that_are_all_gone_at_once_are_held_until_a_second_look_agrees(company: Company) -> None:
    org = company.founds()
    made = org.account("payments")
    org.policy("iam:CreateUser", made)
    company.listed()
    company.synced()
    company.calls.on("ListPolicies", lambda _, __: {"Policies": []})
    assert company.synced().warnings != ()
    assert company.names(made) == ["iam:CreateUser"]
    assert company.synced().warnings == ()
    assert company.shown(made).policies == ()


@pytest.mark.parametrize("operation", ["ListRoots", "ListPolicies", "ListTargetsForPolicy", "DescribePolicy"])
def test_policies_that_cannot_be_read_stay_as_they_were(company: Company, operation: str) -> None:
    org = company.founds()
    made = org.account("payments")
    org.policy("iam:CreateUser", made)
    company.listed()
    company.synced()
    company.breaks(org, operation)
    with pytest.raises(Upstream, match="AWS refused"):
        company.synced()
    assert company.names(made) == ["iam:CreateUser"]
    assert company.scopes.of_kind(KIND)[org.source].error
    company.mends()
    assert company.synced_if_due().organizations == 1
    assert company.synced_if_due().organizations == 0
    company.clock.advance(6 * 3600)
    assert company.synced_if_due().organizations == 1


def test_whoever_sees_part_of_an_organisation_sees_only_units_and_targets_of_that_part(company: Company) -> None:
    org = company.founds()
    prod, test = org.unit("Prod"), org.unit("Test")
    seen, hidden = org.account("payments", prod), org.account("search", test)
    org.policy("iam:CreateUser", seen, hidden, prod, test, org.root)
    company.listed()
    company.synced()

    def may_see(account: Account) -> bool:
        return account.account_id == seen

    (policy,) = [one for one in company.shown(seen, may_see).policies if one.policy_id != FULL]
    assert {target.target_id for target in policy.targets} == {seen, prod, org.root}
    for target in (hidden, test, "ou-none-12345678", "999999999999"):
        with pytest.raises(NotFound, match="is known"):
            company.shown(target, may_see)


def test_the_management_account_is_not_restricted(company: Company) -> None:
    org = company.founds()
    company.listed()
    company.synced()
    assert not company.shown(org.management).restricts


def test_an_account_of_no_organisation_has_no_policies(company: Company) -> None:
    company.accounts.put(Account(account_id="987654321012", name="lonely"), company.clock.now())
    assert company.shown("987654321012") == Shown(policies=())


def test_policies_that_were_never_read_are_an_error_and_not_none(company: Company) -> None:
    org = company.founds()
    made = org.account("payments")
    company.listed()
    with pytest.raises(Upstream, match="never read"):
        company.shown(made)


def test_an_account_whose_place_is_not_known_is_told_no_part_of_what_holds_for_it(company: Company) -> None:
    org = company.founds()
    made = org.account("payments")
    org.policy("iam:CreateUser", made)
    records = company.listed().records
    company.synced()
    lost = records[made].account.model_copy(update={"parent_id": "ou-gone-12345678"})
    company.accounts.put(lost, company.clock.now())
    with pytest.raises(Upstream, match="is not known, and so not what holds for it"):
        company.shown(made)

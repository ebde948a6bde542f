"""Who may use what, computed from tags and configuration by the test's own few lines."""

import pytest

from tests.integration.demo.reading import Written

EVERYWHERE = ("management", "payments-prod", "payments-test", "search-prod", "shared-security", "developer-sandbox")
SANDBOX = "developer-sandbox/SandboxPowerUser"
COSTS = "management/CostExplorer"

EXPECTED: dict[str, tuple[set[str], set[str]]] = {
    "ada@example.com": (
        {f"{account}/Administrator" for account in EVERYWHERE}
        | {f"{account}/ReadOnly" for account in EVERYWHERE}
        | {"management/PlatformEngineer", SANDBOX},
        {"management/OrganisationBreakGlass", "management/PlatformEngineer"},
    ),
    "ben@example.com": (
        {f"{account}/ReadOnly" for account in EVERYWHERE} | {"management/PlatformEngineer", SANDBOX},
        set(),
    ),
    "priya@example.com": (
        {
            "payments-prod/PaymentsEngineer",
            "payments-test/PaymentsEngineer",
            "payments-prod/LedgerMigration",
            "payments-prod/LedgerFrozen",
            "payments-prod/TerminalSupport",
            "payments-prod/PaymentsIncident",
            "payments-prod/SettlementViewer",
            "payments-test/SettlementOperator",
            COSTS,
            SANDBOX,
        },
        {"payments-prod/PaymentsDeployer", "payments-test/PaymentsDataLoader"},
    ),
    "tomas@example.com": (
        {
            "payments-prod/PaymentsEngineer",
            "payments-test/PaymentsEngineer",
            "payments-prod/LedgerMigration",
            "payments-prod/SettlementViewer",
            "payments-test/SettlementOperator",
            COSTS,
            SANDBOX,
        },
        {"payments-prod/PaymentsDeployer", "payments-test/PaymentsDataLoader"},
    ),
    "mei@example.com": (
        {
            "search-prod/SearchEngineer",
            "search-prod/SearchIncident",
            "search-prod/PartnerReports",
            "payments-test/PaymentsEngineer",
            COSTS,
            SANDBOX,
        },
        {"search-prod/IndexRebuilder"},
    ),
    "sven@example.com": (
        {"search-prod/SearchEngineer", "search-prod/PartnerReports", "payments-test/PaymentsEngineer", COSTS, SANDBOX},
        {"search-prod/IndexRebuilder"},
    ),
    "selma@example.com": (
        {f"{account}/{role}" for account in EVERYWHERE for role in ("SecurityAudit", "ReadOnly")}
        | {"shared-security/EvidenceCollector"},
        {"shared-security/KeyAdministrator"},
    ),
    "nadia@example.com": (
        {"search-prod/ClickstreamAnalyst", "search-prod/PartnerReports", COSTS, SANDBOX},
        set(),
    ),
    "frida@example.com": ({"management/InvoiceApprover", COSTS}, set()),
    "carl@contractors.example.com": ({"payments-prod/TerminalSupport", "payments-test/TerminalLab"}, set()),
}


def test_everybody_is_somebody(full: Written) -> None:
    people = {person.email: person for person in full.demo.people}
    assert set(people) == set(EXPECTED)
    assert "cloud-admins" in people["ada@example.com"].groups
    assert all(person.name and person.title and person.groups for person in people.values())


def test_no_name_is_a_user_and_a_group_at_once(full: Written) -> None:
    groups = {group for person in full.demo.people for group in person.groups}
    assert not groups & {person.email for person in full.demo.people}


@pytest.mark.parametrize("email", EXPECTED)
def test_a_person_gets_exactly_the_roles_that_tags_and_configuration_give(full: Written, email: str) -> None:
    person = next(one for one in full.demo.people if one.email == email)
    assert full.authorised(person, cli=False) == EXPECTED[email][0]
    assert full.authorised(person, cli=True) == EXPECTED[email][1]


def test_every_tag_that_grants_names_somebody_who_exists(full: Written) -> None:
    known = {name for person in full.demo.people for name in (person.email, *person.groups)}
    granted = {
        name
        for account in full.demo.accounts
        for role in full.roles(account)
        for tag in role.get("Tags", [])
        if tag["Key"].startswith("consoleme-authorized")
        for name in tag["Value"].split(":")
    }
    assert granted <= known


def test_only_three_authorised_roles_are_refused_by_their_trust_policies(full: Written) -> None:
    roles = set().union(*(console | cli for console, cli in EXPECTED.values()))
    refused = {role for role in roles if full.assume("ConsoleMeApi", role) != "ok"}
    assert refused == {"payments-prod/LedgerMigration", "payments-prod/LedgerFrozen", "search-prod/PartnerReports"}

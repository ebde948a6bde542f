import pytest

from chalicelib.access.matching import Search, match_role
from chalicelib.access.rules import EligibleRole
from tests.support.builders import ACCOUNT, eligible_role, role_arn

APP, APP_ADMIN = role_arn("app"), role_arn("app-admin")
DEPLOY = role_arn("team/deploy")
ELSEWHERE_APP, ELSEWHERE_BILLING = role_arn("app", "333333333333"), role_arn("Billing", "333333333333")
NAMES = {ACCOUNT: "payments-prod", "333333333333": "Ledger"}


@pytest.mark.parametrize(
    ("query", "arns"),
    [
        pytest.param(APP, [APP], id="an exact ARN beats the longer ones that contain it"),
        pytest.param(APP.upper(), [APP], id="an ARN has no case here"),
        pytest.param(f"  {APP}\n", [APP], id="blanks around it do not count"),
        pytest.param("app-admin", [APP_ADMIN], id="an exact name"),
        pytest.param("APP-Admin", [APP_ADMIN], id="a name has no case here"),
        pytest.param("billing", [ELSEWHERE_BILLING], id="a name in small letters"),
        pytest.param(
            "app", [APP, APP_ADMIN, ELSEWHERE_APP], id="a name that two accounts have is a search like others"
        ),
        pytest.param("payments-prod/app", [APP], id="an account by its name and a role"),
        pytest.param("PAYMENTS-PROD/APP", [APP], id="which has no case either"),
        pytest.param("ledger/app", [ELSEWHERE_APP], id="the other account"),
        pytest.param(f"{ACCOUNT}/app", [APP], id="an account by its number and a role"),
        pytest.param(f"{ACCOUNT}:role/app", [APP, APP_ADMIN], id="a piece of an ARN that two begin with"),
        pytest.param("role/app", [APP, APP_ADMIN, ELSEWHERE_APP], id="a piece of several ARNs"),
        pytest.param("deploy", [DEPLOY], id="a name without its path"),
        pytest.param("team/deploy", [DEPLOY], id="a name with its path"),
        pytest.param("payments-prod/team/deploy", [DEPLOY], id="account, path and name"),
        pytest.param("payments-prod/deploy", [DEPLOY], id="account and name without the path"),
        pytest.param("team", [DEPLOY], id="a piece of a path"),
        pytest.param("admin", [APP_ADMIN], id="a piece of a name"),
        pytest.param("333333333333", [ELSEWHERE_APP, ELSEWHERE_BILLING], id="an account, which has two"),
        pytest.param("payments-prod", [APP, APP_ADMIN, DEPLOY], id="an account by its name"),
        pytest.param("LEDGER", [ELSEWHERE_APP, ELSEWHERE_BILLING], id="which has no case either"),
        pytest.param("payments", [], id="a piece of an account's name"),
        pytest.param("payments-prod/", [], id="an account and no role"),
        pytest.param("nothing", [], id="what matches nothing"),
        pytest.param("", [], id="nothing asked for is nothing"),
        pytest.param("   ", [], id="nor are blanks"),
        pytest.param("*", [], id="a wildcard is a letter"),
        pytest.param(".*", [], id="so is a pattern"),
        pytest.param("/app", [APP, APP_ADMIN, ELSEWHERE_APP], id="no account and a role is a piece of an ARN"),
    ],
)
def test_a_search_means(query: str, arns: list[str]) -> None:
    roles = [eligible_role(arn) for arn in (APP, APP_ADMIN, DEPLOY, ELSEWHERE_APP, ELSEWHERE_BILLING)]
    assert sorted(role.arn for role in match_role(roles, query, NAMES)) == sorted(arns)


def test_one_exact_name_goes_before_the_longer_names_that_contain_it() -> None:
    roles = [eligible_role(arn) for arn in (APP, APP_ADMIN)]
    assert [role.arn for role in match_role(roles, "app", {})] == [APP]


def test_a_search_finds_only_among_what_it_is_given() -> None:
    none: list[EligibleRole] = []
    assert match_role(none, APP, NAMES) == []
    assert match_role([eligible_role(APP)], ELSEWHERE_BILLING, NAMES) == []


def test_accounts_whose_names_nobody_knows_do_not_match_an_empty_name() -> None:
    roles = [eligible_role(arn) for arn in (APP, ELSEWHERE_BILLING)]
    assert [role.arn for role in match_role(roles, "/billing", {})] == [ELSEWHERE_BILLING]
    assert match_role(roles, "/billing", {}, "name") == []


@pytest.mark.parametrize(
    ("search", "query", "arns"),
    [
        pytest.param("name", "admin", [], id="by name, a piece of a name means nothing"),
        pytest.param("name", "app", [APP, ELSEWHERE_APP], id="by name, what two accounts have is ambiguous"),
        pytest.param("name", "payments-prod/app", [APP], id="by name, with the account it is one"),
        pytest.param("name", "deploy", [DEPLOY], id="by name, one that is alone"),
        pytest.param("name", "ledger", [ELSEWHERE_APP, ELSEWHERE_BILLING], id="by name, an account's"),
        pytest.param("name", APP, [APP], id="by name, an ARN is one still"),
        pytest.param("arn", APP.upper(), [APP], id="by ARN, an ARN"),
        pytest.param("arn", "deploy", [], id="by ARN, no name"),
        pytest.param("arn", "payments-prod/deploy", [], id="by ARN, no account and name"),
        pytest.param("arn", APP[:-1], [], id="by ARN, no piece of one"),
    ],
)
def test_a_deployment_may_ask_for_more_than_a_piece(search: Search, query: str, arns: list[str]) -> None:
    roles = [eligible_role(arn) for arn in (APP, APP_ADMIN, DEPLOY, ELSEWHERE_APP, ELSEWHERE_BILLING)]
    assert sorted(role.arn for role in match_role(roles, query, NAMES, search)) == sorted(arns)


def test_what_stands_in_an_arn_goes_before_the_name_of_an_account() -> None:
    roles = [eligible_role(arn) for arn in (role_arn("ledger-reader"), ELSEWHERE_APP)]
    assert [role.arn for role in match_role(roles, "ledger", NAMES)] == [role_arn("ledger-reader")]

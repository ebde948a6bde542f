import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.embedded import Credentials, EmbeddedAws
from tests.integration.local.conftest import HUB, LAMBDA_TRUST, REGION, Clients, trust

SPOKE = "222222222222"
HUB_ROLE = f"arn:aws:iam::{HUB}:role/hub/Api"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


MANAGED = "arn:aws:iam::aws:policy"


def target(name: str) -> str:
    return f"arn:aws:iam::{SPOKE}:role/{name}"


TARGETS: dict[str, dict[str, Any]] = {
    "plain": {"AssumeRolePolicyDocument": trust(HUB_ROLE)},
    "long": {"AssumeRolePolicyDocument": trust(HUB_ROLE), "MaxSessionDuration": 7200},
    "full": {
        "AssumeRolePolicyDocument": trust(
            HUB_ROLE, actions=("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
        )
    },
    "by-account": {"AssumeRolePolicyDocument": trust(HUB)},
    "by-account-only": {"AssumeRolePolicyDocument": trust(SPOKE)},
    "by-root": {"AssumeRolePolicyDocument": trust(f"arn:aws:iam::{HUB}:root")},
    "by-session": {"AssumeRolePolicyDocument": trust(f"arn:aws:sts::{HUB}:assumed-role/Api/api_handler")},
    "by-anyone": {"AssumeRolePolicyDocument": trust("*", actions=("sts:*",))},
    "other-role": {"AssumeRolePolicyDocument": trust(f"arn:aws:iam::{HUB}:role/Api")},
    "external": {"AssumeRolePolicyDocument": trust(HUB_ROLE, Condition={"StringEquals": {"sts:ExternalId": "x-1"}})},
    "unknown-operator": {
        "AssumeRolePolicyDocument": trust(HUB_ROLE, Condition={"StringFuzzy": {"sts:ExternalId": "x-1"}})
    },
    "denied": {
        "AssumeRolePolicyDocument": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
                    {
                        "Effect": "Deny",
                        "Principal": {"AWS": "*"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{HUB}:role/hub/*"}},
                    },
                ],
            }
        )
    },
}


@pytest.fixture(scope="module", autouse=True)
def roles(clients: Clients) -> None:
    clients("iam").create_role(RoleName="Api", Path="/hub/", AssumeRolePolicyDocument=LAMBDA_TRUST)
    spoke = clients("iam", account_id=SPOKE)
    for name, arguments in TARGETS.items():
        spoke.create_role(RoleName=name, **arguments)
    spoke.create_role(RoleName="deep", Path="/team/a/", AssumeRolePolicyDocument=trust(HUB_ROLE))


@pytest.fixture(scope="module")
def sts(embedded: EmbeddedAws, clients: Clients) -> Any:
    """A client with the session that Lambda gives to the hub's API."""
    return clients("sts", credentials=embedded.function_credentials(HUB_ROLE, "api_handler", REGION))


def refusal(sts: Any, **arguments: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        sts.assume_role(**{"RoleSessionName": "ada", **arguments})
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


@pytest.mark.parametrize("name", ["plain", "by-account", "by-root", "by-session", "by-anyone", "team/a/deep"])
def test_a_role_that_trusts_the_hub_is_assumed(sts: Any, name: str) -> None:
    answer = sts.assume_role(RoleArn=target(name), RoleSessionName="ada")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{SPOKE}:assumed-role/{name.rpartition('/')[2]}/ada"


def test_the_credentials_are_the_role_in_its_account(sts: Any, clients: Clients) -> None:
    minted = sts.assume_role(RoleArn=target("plain"), RoleSessionName="ada")["Credentials"]
    credentials = Credentials(minted["AccessKeyId"], minted["SecretAccessKey"], minted["SessionToken"])
    identity = clients("sts", credentials=credentials).get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (SPOKE, f"arn:aws:sts::{SPOKE}:assumed-role/plain/ada")
    names = [role["RoleName"] for role in clients("iam", credentials=credentials).list_roles()["Roles"]]
    assert "deep" in names


@pytest.mark.parametrize(
    "name", ["missing", "deep", "team/deep", "other-role", "denied", "unknown-operator", "external"]
)
def test_a_role_that_is_missing_or_does_not_trust_the_hub_is_refused_in_the_words_of_aws(sts: Any, name: str) -> None:
    caller = f"arn:aws:sts::{HUB}:assumed-role/Api/api_handler"
    message = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {target(name)}"
    assert refusal(sts, RoleArn=target(name)) == (403, "AccessDenied", message)


def test_an_external_id_opens_the_role_that_asks_for_it(sts: Any) -> None:
    assert sts.assume_role(RoleArn=target("external"), RoleSessionName="ada", ExternalId="x-1")["Credentials"]
    assert refusal(sts, RoleArn=target("external"), ExternalId="x-2")[1] == "AccessDenied"


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        ({"SourceIdentity": "ada@example.com"}, "sts:SetSourceIdentity"),
        ({"Tags": [{"Key": "team", "Value": "payments"}]}, "sts:TagSession"),
    ],
)
def test_source_identity_and_tags_each_need_their_own_permission(
    sts: Any, arguments: dict[str, Any], action: str
) -> None:
    status, code, message = refusal(sts, RoleArn=target("plain"), **arguments)
    assert (status, code) == (403, "AccessDenied")
    assert f"perform: {action} on resource" in message
    answer = sts.assume_role(RoleArn=target("full"), RoleSessionName="ada", **arguments)
    assert answer.get("SourceIdentity") == arguments.get("SourceIdentity")


def test_the_source_identity_stays_through_a_chain_and_cannot_be_changed(sts: Any, clients: Clients) -> None:
    minted = sts.assume_role(RoleArn=target("full"), RoleSessionName="ada", SourceIdentity="ada@example.com")[
        "Credentials"
    ]
    credentials = Credentials(minted["AccessKeyId"], minted["SecretAccessKey"], minted["SessionToken"])
    chained = clients("sts", credentials=credentials)
    assert (
        chained.assume_role(RoleArn=target("by-anyone"), RoleSessionName="ada")["SourceIdentity"] == "ada@example.com"
    )
    assert refusal(chained, RoleArn=target("by-anyone"), SourceIdentity="eve@example.com")[1] == "AccessDenied"


def test_a_role_session_gets_one_hour_at_most_whatever_the_role_allows(sts: Any) -> None:
    assert refusal(sts, RoleArn=target("long"), DurationSeconds=3601) == (
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    )


def test_a_user_gets_as_long_as_the_role_allows(clients: Clients) -> None:
    sts = clients("sts")
    assert sts.assume_role(RoleArn=target("by-anyone"), RoleSessionName="ada", DurationSeconds=3600)
    assert "exceeds the MaxSessionDuration" in refusal(sts, RoleArn=target("by-anyone"), DurationSeconds=7200)[2]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"DurationSeconds": 899}, "ValidationError"),
        ({"DurationSeconds": 43201}, "ValidationError"),
        ({"RoleSessionName": "ada lovelace"}, "ValidationError"),
        ({"RoleSessionName": "a" * 65}, "ValidationError"),
        ({"SourceIdentity": "ada lovelace"}, "ValidationError"),
        ({"Policy": " " * 2049}, "ValidationError"),
        ({"Policy": "{"}, "MalformedPolicyDocument"),
        ({"Policy": '{"Version": "2012-10-17"}'}, "MalformedPolicyDocument"),
        ({"Policy": POLICY.replace("Resource", "Principal")}, "MalformedPolicyDocument"),
        ({"Tags": [{"Key": f"key{number}", "Value": "v" * 250} for number in range(20)]}, "PackedPolicyTooLarge"),
        ({"Tags": [{"Key": "Team", "Value": "a"}, {"Key": "team", "Value": "b"}]}, "InvalidParameterValue"),
        ({"RoleArn": "arn:aws:iam::222222222222:user/ada-lovelace"}, "ValidationError"),
        ({"PolicyArns": [{"arn": f"{MANAGED}/Nothing"}]}, "MalformedPolicyDocument"),
        ({"PolicyArns": [{"arn": "arn:aws:iam::222222222222:policy/ReadOnlyAccess"}]}, "MalformedPolicyDocument"),
        ({"PolicyArns": [{"arn": f"{MANAGED}/ReadOnlyAccess"}] * 11}, "ValidationError"),
        (
            {"Policy": POLICY.ljust(2048), "PolicyArns": [{"arn": f"{MANAGED}/ReadOnlyAccess"}]},
            "ValidationError",
        ),
        ({"Tags": [{"Key": "team", "Value": "a"}], "TransitiveTagKeys": ["other"]}, "InvalidParameterValue"),
        ({"TransitiveTagKeys": ["team"]}, "InvalidParameterValue"),
    ],
)
def test_what_aws_refuses_before_it_looks_at_the_role(sts: Any, arguments: dict[str, Any], code: str) -> None:
    status, found, _ = refusal(sts, **{"RoleArn": target("full"), **arguments})
    assert (status, found) == (400, code)


@pytest.mark.parametrize(
    "arguments",
    [
        {"Policy": POLICY},
        {"Policy": POLICY.ljust(2048)},
        {"PolicyArns": [{"arn": f"{MANAGED}/ReadOnlyAccess"}]},
        {"PolicyArns": [{"arn": f"{MANAGED}/job-function/ViewOnlyAccess"}], "Policy": POLICY},
    ],
)
def test_good_session_policies_are_taken(sts: Any, arguments: dict[str, Any]) -> None:
    assert sts.assume_role(RoleArn=target("plain"), RoleSessionName="ada", **arguments)["Credentials"]


def test_tags_that_are_transitive_stay_on_the_next_session_and_cannot_be_changed(sts: Any, clients: Clients) -> None:
    tags = {"Tags": [{"Key": "team", "Value": "payments"}], "TransitiveTagKeys": ["team"]}
    minted = sts.assume_role(RoleArn=target("full"), RoleSessionName="ada", **tags)["Credentials"]
    chained = clients(
        "sts", credentials=Credentials(minted["AccessKeyId"], minted["SecretAccessKey"], minted["SessionToken"])
    )
    assert "sts:TagSession" in refusal(chained, RoleArn=target("by-account-only"))[2]
    assert chained.assume_role(RoleArn=target("by-anyone"), RoleSessionName="ada")["Credentials"]


def test_lambda_gives_no_session_of_a_role_that_does_not_trust_it(embedded: EmbeddedAws) -> None:
    with pytest.raises(PermissionError, match="does not trust"):
        embedded.function_credentials(target("plain"), "api_handler", REGION)


def test_keys_that_nobody_minted_are_a_stranger_that_only_open_roles_take(
    embedded: EmbeddedAws, clients: Clients
) -> None:
    stranger = clients("sts", credentials=Credentials("test", "test"))
    assert refusal(stranger, RoleArn=target("plain"))[1] == "AccessDenied"

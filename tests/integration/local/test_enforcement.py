"""Policies are enforced by resource: what a shipped policy file does not name does not work."""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.access.selection import IpRestrictions
from chalicelib.access.session_policy import managed_policy, session_policy
from infra.local.embedded import Credentials, EmbeddedAws
from infra.local.enforcement import permits
from infra.local.locks import create_audit_key
from infra.local.targets import Request, Target, targets
from tests.integration.local.conftest import HUB, LAMBDA_TRUST, REGION, Clients, trust

TABLE = f"arn:aws:dynamodb:{REGION}:{HUB}:table/mine"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", "dynamodb:Query"],
            "Resource": [TABLE, f"{TABLE}/index/by-*"],
        },
        {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": TABLE},
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:{REGION}:{HUB}:mine"},
        {
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": f"arn:aws:secretsmanager:{REGION}:{HUB}:secret:mine-*",
        },
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::mine/*"},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/Spoke"},
        {"Effect": "Allow", "Action": "organizations:ListAccounts", "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:GetRole", "Resource": f"arn:aws:iam::{HUB}:role/team/*"},
    ],
}
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
NAMES = ("mine", "theirs")


@pytest.fixture(scope="module", autouse=True)
def kept(embedded: EmbeddedAws, clients: Clients) -> None:
    iam = clients("iam")
    iam.create_role(RoleName="Api", AssumeRolePolicyDocument=LAMBDA_TRUST)
    iam.put_role_policy(RoleName="Api", PolicyName="p", PolicyDocument=json.dumps(POLICY))
    for name in ("Spoke", "Other"):
        iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=trust(f"arn:aws:iam::{HUB}:role/Api", actions=("sts:*",))
        )
    iam.create_role(RoleName="Team", Path="/team/", AssumeRolePolicyDocument=LAMBDA_TRUST)
    for name in NAMES:
        clients("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in KEY],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        clients("sqs").create_queue(QueueName=name)
        clients("secretsmanager").create_secret(Name=name, SecretString="s")
        clients("s3").create_bucket(Bucket=name)
        clients("s3").put_object(Bucket=name, Key="a/b", Body=b"1")
    keys = {name: create_audit_key(clients("kms"), f"alias/{name}") for name in NAMES}
    mine = {"Effect": "Allow", "Action": "kms:Sign", "Resource": f"arn:aws:kms:{REGION}:{HUB}:key/{keys['mine']}"}
    iam.put_role_policy(RoleName="Api", PolicyName="key", PolicyDocument=json.dumps({**POLICY, "Statement": [mine]}))
    clients("organizations").create_organization(FeatureSet="ALL")
    embedded.enforce_policies()


@pytest.fixture(scope="module")
def own(embedded: EmbeddedAws, clients: Clients) -> Clients:
    """Clients with a session of the function's role."""
    credentials = embedded.function_credentials(f"arn:aws:iam::{HUB}:role/Api", "api", REGION)
    return lambda service: clients(service, credentials=credentials)


def calls(client: Clients, name: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The same calls, on what the policy names and on what it does not."""
    dynamodb, role = client("dynamodb"), {"mine": "Spoke", "theirs": "Other"}[name]
    yield "get", lambda: dynamodb.get_item(TableName=name, Key=KEY)
    yield "transaction", lambda: dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": name, "Key": KEY}}])
    yield (
        "put in a transaction",
        lambda: dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": name, "Item": KEY}}]),
    )
    url = f"http://x/{HUB}/{name}"
    yield "send", lambda: client("sqs").send_message(QueueUrl=url, MessageBody="x")
    entries = [{"Id": "1", "MessageBody": "x"}]
    yield "send many", lambda: client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    yield "secret", lambda: client("secretsmanager").get_secret_value(SecretId=name)
    yield "object", lambda: client("s3").get_object(Bucket=name, Key="a/b")
    how = {"MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    yield "sign", lambda: client("kms").sign(KeyId=f"alias/{name}", Message=b"0" * 32, **how)
    arn = f"arn:aws:iam::{HUB}:role/{role}"
    yield "assume", lambda: client("sts").assume_role(RoleArn=arn, RoleSessionName="ada")
    yield "role", lambda: client("iam").get_role(RoleName={"mine": "Team", "theirs": "Other"}[name])


def refused(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ClientError as error:
        if error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}:
            return True
        raise
    return False


def test_what_the_policy_names_works(own: Clients) -> None:
    assert {what: refused(call) for what, call in calls(own, "mine")} == dict.fromkeys(dict(calls(own, "mine")), False)


def test_the_same_on_anything_else_is_refused(own: Clients) -> None:
    assert {what: refused(call) for what, call in calls(own, "theirs")} == dict.fromkeys(
        dict(calls(own, "theirs")), True
    )


def test_an_action_that_is_not_named_is_refused_on_the_same_resource(own: Clients) -> None:
    assert refused(lambda: own("dynamodb").delete_item(TableName="mine", Key=KEY))
    assert refused(
        lambda: own("dynamodb").transact_write_items(TransactItems=[{"Delete": {"TableName": "mine", "Key": KEY}}])
    )
    assert refused(lambda: own("iam").list_roles())
    identity = {"RoleArn": f"arn:aws:iam::{HUB}:role/Spoke", "RoleSessionName": "ada", "SourceIdentity": "ada"}
    assert refused(lambda: own("sts").assume_role(**identity))


def test_an_action_without_resources_and_who_am_i_work(own: Clients) -> None:
    assert own("organizations").list_accounts()["Accounts"]
    assert own("sts").get_caller_identity()["Account"] == HUB


def test_root_users_may_do_everything_and_strangers_nothing(clients: Clients) -> None:
    assert clients("iam").list_roles()["Roles"]
    assert clients("dynamodb").get_item(TableName="theirs", Key=KEY)
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        clients("iam", credentials=Credentials("test", "test")).list_roles()


def test_a_deny_wins_over_every_allow() -> None:
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "sts:Assume*", "NotResource": "arn:aws:iam::*:role/Spoke"}
    documents: list[dict[str, Any]] = [{"Statement": allow}, {"Statement": [deny]}]
    assert permits(documents, Target("sts:AssumeRole", "arn:aws:iam::1:role/Spoke"))
    assert not permits(documents, Target("sts:AssumeRole", "arn:aws:iam::1:role/Other"))
    assert not permits([], Target("sts:AssumeRole", ""))


def test_an_index_and_a_batch_are_resources_of_their_own() -> None:
    def found(operation: str, **body: Any) -> list[Target]:
        return targets(Request("dynamodb", operation, HUB, REGION, "aws", json.dumps(body).encode(), {}, "*"))

    assert found("Query", TableName="mine", IndexName="by-time") == [Target("dynamodb:Query", f"{TABLE}/index/by-time")]
    assert found("BatchGetItem", RequestItems={"mine": {}}) == [Target("dynamodb:BatchGetItem", TABLE)]
    check = {"ConditionCheck": {"TableName": TABLE}}
    assert found("TransactWriteItems", TransactItems=[check]) == [Target("dynamodb:ConditionCheckItem", TABLE)]
    assert found("ListTables") == [Target("dynamodb:ListTables", "")]


def test_lambda_calls_its_own_action_by_another_name_than_its_api() -> None:
    request = Request("lambda", "Invoke", HUB, REGION, "aws", b"", {}, "*")
    assert targets(request) == [Target("lambda:InvokeFunction", "")]


ANYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def bound(networks: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The arguments of AssumeRole for the session policy that the product would send."""
    restrictions = IpRestrictions.model_validate(networks) if networks else None
    policy = session_policy(restrictions=restrictions, **more)
    arns = {"PolicyArns": [{"arn": arn} for arn in policy.arns]} if policy.arns else {}
    return {**({"Policy": policy.document} if policy.document else {}), **arns}


READ_ONLY = managed_policy("aws", "ReadOnlyAccess")
HERE, ELSEWHERE = {"cidrs": ["127.0.0.0/8"]}, {"cidrs": ["203.0.113.0/24"]}
LONG_AGO, LONG_AFTER = 1_000_000_000, 9_000_000_000


@pytest.mark.parametrize(
    ("arguments", "reads", "writes"),
    [
        pytest.param({}, True, True, id="without a policy"),
        pytest.param(bound(read_only_arn=READ_ONLY), True, False, id="read-only"),
        pytest.param(bound(HERE), True, True, id="bound to where the call comes from"),
        pytest.param(bound(ELSEWHERE), False, False, id="bound to elsewhere"),
        pytest.param(bound(HERE, custom=["203.0.113.0/24"]), False, False, id="bound to both"),
        pytest.param(bound(HERE, read_only_arn=READ_ONLY), True, False, id="read-only from here"),
        pytest.param(bound(ELSEWHERE, read_only_arn=READ_ONLY), False, False, id="read-only from elsewhere"),
        pytest.param(bound(ends_at=LONG_AFTER), True, True, id="before its end"),
        pytest.param(bound(ends_at=LONG_AGO), False, False, id="after its end"),
    ],
)
def test_a_session_of_a_role_that_may_do_anything_does_what_its_own_policy_leaves(
    own: Clients, clients: Clients, arguments: dict[str, Any], *, reads: bool, writes: bool
) -> None:
    iam = clients("iam")
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName="Anything", AssumeRolePolicyDocument=trust(HUB, actions=("sts:*",)))
        iam.put_role_policy(RoleName="Anything", PolicyName="p", PolicyDocument=ANYTHING)
        allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_role_policy(RoleName="Api", PolicyName="assume", PolicyDocument=document)
    role = f"arn:aws:iam::{HUB}:role/Anything"
    minted = own("sts").assume_role(RoleArn=role, RoleSessionName="ada", **arguments)["Credentials"]
    credentials = Credentials(minted["AccessKeyId"], minted["SecretAccessKey"], minted["SessionToken"])
    person = clients("dynamodb", credentials=credentials)
    assert refused(lambda: person.get_item(TableName="theirs", Key=KEY)) is not reads
    assert refused(lambda: person.put_item(TableName="theirs", Item=KEY)) is not writes


@pytest.mark.parametrize(
    "named", ["consoleme-due", "arn%3Aaws%3Alambda%3Aus-east-1%3A111111111111%3Afunction%3Aconsoleme-due"]
)
def test_a_function_is_named_by_the_path_of_its_call(named: str) -> None:
    call = Request("lambda", "Invoke", HUB, REGION, "aws", b"{}", {}, "*", f"/2015-03-31/functions/{named}/invocations")
    arn = f"arn:aws:lambda:{REGION}:{HUB}:function:consoleme-due"
    assert targets(call) == [Target("lambda:InvokeFunction", arn)]

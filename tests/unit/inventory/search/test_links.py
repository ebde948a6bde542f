"""Where a row of a table leads: to a page of ours, or into the account's console by a sign-in link."""

import pytest

from chalicelib.inventory.search.links import link
from chalicelib.inventory.search.models import SearchRow

ACCOUNT = "222222222222"
CONSOLE = f"/role/{ACCOUNT}?redirect=https://console.aws.amazon.com"


def linked(arn: str, region: str = "") -> str:
    name = arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return link(
        SearchRow(
            arn=arn,
            name=name,
            account_id=ACCOUNT,
            technology="",
            region=region,
            owner="",
            tags="",
            errors=0,
            observed_at=0,
        )
    )


@pytest.mark.parametrize(
    ("arn", "page"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/team/app", "iamrole/app"),
        (f"arn:aws:iam::{ACCOUNT}:user/machines/u", "iamuser/u"),
        (f"arn:aws:iam::{ACCOUNT}:policy/team/data/p", "managed_policy/team/data/p"),
        ("arn:aws:s3:::logs", "s3/logs"),
        (f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs", "sqs/eu-west-1/jobs"),
        (f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms", "sns/eu-west-1/alarms"),
    ],
)
def test_what_has_a_page_of_ours_leads_there(arn: str, page: str) -> None:
    assert linked(arn) == f"/policies/edit/{ACCOUNT}/{page}"


@pytest.mark.parametrize(
    ("arn", "page"),
    [
        (f"arn:aws:iam::{ACCOUNT}:group/teams/ops", "/iam/home%23/groups/details/ops"),
        (
            "arn:aws:iam::aws:policy/job-function/Billing",
            "/iam/home%23/policies/details/arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Fjob-function%2FBilling",
        ),
        (
            f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/orders",
            "/dynamodbv2/home?region=eu-west-1%23table?name=orders",
        ),
        (f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f", "/lambda/home?region=eu-west-1%23/functions/f"),
        (f"arn:aws:ec2:eu-west-1:{ACCOUNT}:vpc/vpc-1", "/vpc/home?region=eu-west-1%23vpcs:VpcId=vpc-1"),
        (
            f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:team/db-AbCdEf",
            "/secretsmanager/secret?region=eu-west-1&name=team%2Fdb",
        ),
        (
            f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:release",
            "/codesuite/codepipeline/pipelines/release/view?region=eu-west-1",
        ),
        (f"arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/webacl/w/id", "/wafv2/homev2/web-acls?region=eu-west-1"),
    ],
)
def test_what_has_none_leads_into_the_console_of_its_account(arn: str, page: str) -> None:
    assert linked(arn) == CONSOLE + page


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:braket:eu-west-1:{ACCOUNT}:quantum-task/q",
        f"arn:aws-iso-z:dynamodb:eu-west-1:{ACCOUNT}:table/t",
        "no-arn-at-all",
    ],
)
def test_what_nobody_knows_leads_nowhere(arn: str) -> None:
    assert linked(arn) == ""


def test_the_console_is_that_of_the_partition() -> None:
    assert linked(f"arn:aws-cn:iam::{ACCOUNT}:group/g").startswith(
        f"/role/{ACCOUNT}?redirect=https://console.amazonaws.cn/iam/"
    )

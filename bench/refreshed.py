"""In a process of its own: an account with many roles on moto, refreshed for the first time, unchanged, and with one changed role."""

import gc
import json
import os
import sys
import time
from typing import Any

import boto3
from moto import mock_aws

from bench.counted import counted
from chalicelib import bootstrap, settings
from infra.local.dynamo import small_transactions
from infra.local.options import ROOT

ACCOUNT = "222222222222"
REGION = "us-east-1"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:role/ConsoleMeApi"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": f"S{number}",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": f"arn:aws:s3:::data-{number}/*",
        }
        for number in range(8)
    ],
}


def measured(roles: int) -> list[dict[str, Any]]:
    with mock_aws(), small_transactions():
        _lay()
        iam = _filled(roles)
        refresh = bootstrap.container().inventory.refresh
        refresh.begin.run("run", None)
        rows = [_visit("first refresh"), _visit("unchanged")]
        iam.tag_role(RoleName="application-0", Tags=[{"Key": "consoleme-authorized", "Value": "other-team"}])
        rows.append(_visit("one role changed"))
    return rows


def _visit(name: str) -> dict[str, Any]:
    # As long as moto and the product share a process, neither is to pay for the other's garbage.
    gc.collect()
    with counted() as seen:
        began, busy = time.perf_counter(), time.process_time()
        outcome = bootstrap.container().inventory.refresh.sync_account.run(name, ACCOUNT)
        seconds, processor = time.perf_counter() - began, time.process_time() - busy
    return {
        "name": name,
        "seconds": seconds,
        "processor": processor,
        "roles": outcome.roles,
        "messages": outcome.messages,
        "iam": seen.of("iam"),
        "calls": sum(seen.calls.values()),
        "resources": seen.writes("inventory resources"),
        "rows": seen.writes("inventory"),
    }


def _lay() -> None:
    template = (ROOT / "infra" / "data.yaml").read_text(encoding="utf-8")
    stack = boto3.client("cloudformation", REGION)
    stack.create_stack(StackName="data", TemplateBody=template)
    outputs = stack.describe_stacks(StackName="data")["Stacks"][0]["Outputs"]
    bucket = next(output["OutputValue"] for output in outputs if output["OutputKey"] == "BucketName")
    queue = boto3.client("sqs", REGION).list_queues(QueueNamePrefix="consoleme-authorizations.fifo")["QueueUrls"][0]
    os.environ |= {"CONSOLEME_BUCKET": bucket, "CONSOLEME_AUTHORIZATION_QUEUE_URL": queue}  # noqa: TID251 this process is the deployment
    settings.load.cache_clear()


def _filled(roles: int) -> Any:
    """IAM of the account, with roles of one inline policy, one managed policy and four tags each; every tenth is somebody's."""
    keys = boto3.client("sts", REGION).assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/somebody", RoleSessionName="somebody"
    )["Credentials"]
    iam: Any = boto3.client(
        "iam",
        REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    document = json.dumps(_POLICY)
    shared = iam.create_policy(PolicyName="Shared", PolicyDocument=document)["Policy"]["Arn"]
    for number in range(roles):
        name = f"application-{number}"
        tags = {"owner": f"team-{number % 40}@corp.example", "stage": "prod", "cost-center": str(number % 90)}
        if number % 10 == 0:
            tags["consoleme-authorized"] = f"team-{number % 40}"
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(_TRUST),
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
        iam.attach_role_policy(RoleName=name, PolicyArn=shared)
    return iam


if __name__ == "__main__":
    print(json.dumps(measured(**json.load(sys.stdin))))

"""Where a resource is shown: a page of ours, or the AWS console by a sign-in link. Empty for what neither knows."""

from collections.abc import Callable
from urllib.parse import quote

from chalicelib.core.arn import Arn
from chalicelib.core.errors import AppError
from chalicelib.core.partitions import partition
from chalicelib.inventory.search.models import SearchRow

MANAGED_POLICY = "managed_policy"

_Page = Callable[[Arn], str]
_CONSOLE: dict[tuple[str, str], _Page] = {
    ("cloudformation", "stack"): lambda arn: (
        f"cloudformation/home?region={arn.region}#/stacks/stackinfo?stackId={quote(str(arn), safe='')}"
    ),
    ("cloudfront", "distribution"): lambda arn: f"cloudfront/v4/home#/distributions/{arn.name}",
    ("cloudtrail", "trail"): lambda arn: f"cloudtrail/home?region={arn.region}#/trails/{arn}",
    ("cloudwatch", "alarm"): lambda arn: (
        f"cloudwatch/home?region={arn.region}#alarmsV2:alarm/{quote(_last(arn), safe='')}"
    ),
    ("codebuild", "project"): lambda arn: f"codesuite/codebuild/{arn.account}/projects/{arn.name}?region={arn.region}",
    ("codepipeline", ""): lambda arn: f"codesuite/codepipeline/pipelines/{arn.resource}/view?region={arn.region}",
    ("dynamodb", "table"): lambda arn: f"dynamodbv2/home?region={arn.region}#table?name={arn.name}",
    ("elasticbeanstalk", "environment"): lambda arn: (
        f"elasticbeanstalk/home?region={arn.region}#/environments?filter={arn.name}"
    ),
    ("elasticloadbalancing", "loadbalancer"): lambda arn: (
        f"ec2/home?region={arn.region}#LoadBalancers:search={quote(str(arn), safe='')}"
    ),
    ("es", "domain"): lambda arn: f"aos/home?region={arn.region}#/opensearch/domains/{arn.name}",
    ("iam", "group"): lambda arn: f"iam/home#/groups/details/{arn.name}",
    ("kms", "key"): lambda arn: f"kms/home?region={arn.region}#/kms/keys/{arn.name}",
    ("lambda", "function"): lambda arn: f"lambda/home?region={arn.region}#/functions/{_last(arn)}",
    ("rds", "db"): lambda arn: f"rds/home?region={arn.region}#database:id={_last(arn)}",
    ("rds", "snapshot"): lambda arn: f"rds/home?region={arn.region}#db-snapshot:id={_last(arn)}",
    ("redshift", "cluster"): lambda arn: f"redshiftv2/home?region={arn.region}#cluster-details?cluster={_last(arn)}",
    ("secretsmanager", "secret"): lambda arn: (
        f"secretsmanager/secret?region={arn.region}&name={quote(_last(arn)[:-7], safe='')}"
    ),
}
_EC2 = {
    "customer-gateway": "CustomerGateways:customerGatewayId",
    "internet-gateway": "InternetGateways:internetGatewayId",
    "natgateway": "NatGateways:natGatewayId",
    "network-acl": "acls:networkAclId",
    "route-table": "RouteTables:routeTableId",
    "security-group": "SecurityGroups:groupId",
    "subnet": "subnets:subnetId",
    "vpc": "vpcs:VpcId",
    "vpc-endpoint": "Endpoints:vpcEndpointId",
    "vpc-peering-connection": "PeeringConnections:vpcPeeringConnectionId",
    "vpn-connection": "VpnConnections:VpnConnectionId",
    "vpn-gateway": "VpnGateways:VpnGatewayId",
}
"""Kinds of VPC's console, by the type in the ARN."""


def link(row: SearchRow) -> str:
    """A path of ours. `/role/{account}?redirect=` signs into the account's console; only `#` is escaped in what follows."""
    try:
        arn = Arn.parse(row.arn)
        return _own_page(arn, row) or _console_page(arn, row.account_id)
    except AppError:
        return ""


def _own_page(arn: Arn, row: SearchRow) -> str:
    account = row.account_id
    match arn.service, arn.resource_type:
        case "iam", "role":
            return f"/policies/edit/{account}/iamrole/{arn.name}"
        case "iam", "user":
            return f"/policies/edit/{account}/iamuser/{arn.name}"
        case "iam", "policy" if arn.account != "aws":
            return f"/policies/edit/{account}/managed_policy/{arn.path_and_name}"
        case "s3", "":
            return f"/policies/edit/{account}/s3/{arn.resource}"
        case ("sns" | "sqs") as service, "":
            return f"/policies/edit/{account}/{service}/{arn.region}/{arn.resource}"
    return ""


def _console_page(arn: Arn, account_id: str) -> str:
    kind = arn.resource_type or (arn.resource.split(":", 1)[0] if ":" in arn.resource else "")
    if arn.service == "ec2" and kind in _EC2:
        page = f"vpc/home?region={arn.region}#{_EC2[kind]}={arn.name}"
    elif (arn.service, kind) in _CONSOLE:
        page = _CONSOLE[arn.service, kind](arn)
    else:
        return ""
    return f"/role/{account_id}?redirect=https://{partition(arn.partition).console}/{page.replace('#', '%23')}"


def _last(arn: Arn) -> str:
    return arn.resource.split(":", 1)[-1].rsplit("/", 1)[-1]

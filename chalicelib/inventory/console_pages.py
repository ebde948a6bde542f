"""Pages of AWS's console for what AWS Config records, by what the ARN says: path and query without the host."""

from collections.abc import Callable
from urllib.parse import quote

from chalicelib.core.arn import Arn

_Page = Callable[[Arn], str]
_PAGES: dict[tuple[str, str], _Page] = {
    ("cloudformation", "stack"): lambda arn: (
        f"/cloudformation/home?region={arn.region}#/stacks/stackinfo?stackId={quote(str(arn), safe='')}"
    ),
    ("cloudfront", "distribution"): lambda arn: f"/cloudfront/v4/home#/distributions/{arn.name}",
    ("cloudtrail", "trail"): lambda arn: f"/cloudtrail/home?region={arn.region}#/trails/{arn}",
    ("cloudwatch", "alarm"): lambda arn: (
        f"/cloudwatch/home?region={arn.region}#alarmsV2:alarm/{quote(_last(arn), safe='')}"
    ),
    ("codebuild", "project"): lambda arn: f"/codesuite/codebuild/{arn.account}/projects/{arn.name}?region={arn.region}",
    ("codepipeline", ""): lambda arn: f"/codesuite/codepipeline/pipelines/{arn.resource}/view?region={arn.region}",
    ("dynamodb", "table"): lambda arn: f"/dynamodbv2/home?region={arn.region}#table?name={arn.name}",
    ("elasticbeanstalk", "environment"): lambda arn: (
        f"/elasticbeanstalk/home?region={arn.region}#/environments?filter={arn.name}"
    ),
    ("elasticloadbalancing", "loadbalancer"): lambda arn: (
        f"/ec2/home?region={arn.region}#LoadBalancers:search={quote(str(arn), safe='')}"
    ),
    ("es", "domain"): lambda arn: f"/aos/home?region={arn.region}#/opensearch/domains/{arn.name}",
    ("kms", "key"): lambda arn: f"/kms/home?region={arn.region}#/kms/keys/{arn.name}",
    ("lambda", "function"): lambda arn: f"/lambda/home?region={arn.region}#/functions/{_last(arn)}",
    ("rds", "db"): lambda arn: f"/rds/home?region={arn.region}#database:id={_last(arn)}",
    ("rds", "snapshot"): lambda arn: f"/rds/home?region={arn.region}#db-snapshot:id={_last(arn)}",
    ("redshift", "cluster"): lambda arn: f"/redshiftv2/home?region={arn.region}#cluster-details?cluster={_last(arn)}",
    ("secretsmanager", "secret"): lambda arn: (
        f"/secretsmanager/secret?region={arn.region}&name={quote(arn.resource.split(':', 1)[-1][:-7], safe='')}"
    ),
    ("shield", "protection"): lambda _: "/wafv2/shieldv2#/protected_resources",
    ("waf", "webacl"): lambda arn: f"/wafv2/homev2/web-acl/{arn.name}/overview?region=global",
    ("wafv2", "regional"): lambda arn: f"/wafv2/homev2/web-acls?region={arn.region}",
    ("wafv2", "global"): lambda _: "/wafv2/homev2/web-acls?region=global",
}
_VPC = {
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
"""Kinds of VPC's console, by the type in the ARN of EC2."""


def console_page(arn: Arn) -> str:
    """Empty for what the console shows nowhere that we know."""
    kind = arn.resource_type.split(":", 1)[0] or (arn.resource.split(":", 1)[0] if ":" in arn.resource else "")
    if arn.service == "ec2" and kind in _VPC:
        return f"/vpc/home?region={arn.region}#{_VPC[kind]}={arn.name}"
    page = _PAGES.get((arn.service, kind))
    return page(arn) if page else ""


def _last(arn: Arn) -> str:
    return arn.resource.split(":", 1)[-1].rsplit("/", 1)[-1]

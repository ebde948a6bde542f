"""The policies that AWS manages. moto has none until it is told to load all into every account, which takes long; these few are enough."""

import functools
import json
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from infra.local.interpreter import replaced

if TYPE_CHECKING:
    from moto.iam.models import AWSManagedPolicy

OFFERED = frozenset(
    {
        "AdministratorAccess",
        "AmazonEC2ReadOnlyAccess",
        "AmazonS3FullAccess",
        "AmazonS3ReadOnlyAccess",
        "AmazonSNSFullAccess",
        "AmazonSQSFullAccess",
        "AmazonSSMManagedInstanceCore",
        "AWSGlueServiceRole",
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
        "AmazonECSTaskExecutionRolePolicy",
        "Billing",
        "CloudWatchReadOnlyAccess",
        "IAMReadOnlyAccess",
        "PowerUserAccess",
        "ReadOnlyAccess",
        "SecurityAudit",
        "ViewOnlyAccess",
    }
)


def offered_everywhere() -> AbstractContextManager[None]:
    """While inside, every new account has them."""
    from moto.iam.models import IAMBackend

    return replaced(IAMBackend, "_init_aws_policies", _of_account)


def _of_account(backend: Any) -> list["AWSManagedPolicy"]:
    from moto.iam.models import AWSManagedPolicy

    return [
        AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, told)
        for name, told in _known().items()
    ]


@functools.cache
def _known() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies = json.loads(aws_managed_policies_data)
    return {name: policies[name] for name in sorted(OFFERED & policies.keys())}

"""The policies that AWS manages, as moto has copied them."""

import functools
import json
from typing import Any


def managed_policy(arn: str) -> dict[str, Any] | None:
    """The document of `arn:<partition>:iam::aws:policy/<path and name>`; None for one that does not exist."""
    owner, _, name = arn.partition(":policy/")
    if not name or owner.split(":")[2:] != ["iam", "", "aws"]:
        return None
    return _documents().get(name)


@functools.cache
def _documents() -> dict[str, dict[str, Any]]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies = json.loads(aws_managed_policies_data)
    return {f"{one['Path']}{name}".removeprefix("/"): one["Document"] for name, one in policies.items()}

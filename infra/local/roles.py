"""Execution roles of the functions, as the deployed stack has them: three hub roles with fixed names, one own role for each other."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.declared import API, Function
from infra.package import policies
from infra.package.policies import RoleNames

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

SHARED = "tasks"
"""The role (and group of containers) that all functions without a hub role share, unless each has its own."""
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def hub_roles(names: RoleNames) -> dict[str, str]:
    """Functions that run under a hub role, with its name: `app.yaml` gives the roles of these functions those names."""
    return {
        API: names.hub_api,
        "sync_account": names.hub_sync,
        "follow_changes": names.hub_sync,
        "follow_denies": names.hub_sync,
        "apply_change": names.hub_apply,
        "revert_change": names.hub_apply,
    }


def groups(functions: Mapping[str, Function], names: RoleNames, *, per_function: bool) -> dict[str, str]:
    """For each function the group of containers that it runs in; functions of one group have one role."""
    own = hub_roles(names)
    return {name: name if per_function or name in own else SHARED for name in functions}


def role_name(group: str, names: RoleNames) -> str:
    return hub_roles(names).get(group, f"ConsoleMe-{group}")


def create_all(
    iam: "IAMClient",
    root: Path,
    functions: Mapping[str, Function],
    groups: Mapping[str, str],
    *,
    names: RoleNames,
    stack: Mapping[str, str],
) -> None:
    """Every role, with the policies of all functions that have it."""
    documents: dict[str, dict[str, policies.Document]] = {}
    for name, function in functions.items():
        of_role = documents.setdefault(role_name(groups[name], names), {})
        if function.policy_file:
            of_role[name] = policy(root, function, names, stack)
    for role in sorted(documents):
        create(iam, role, documents[role])


def create(iam: "IAMClient", name: str, documents: Mapping[str, policies.Document]) -> None:
    """The role with these policies, and with no others."""
    try:
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(_TRUST),
            Description="Execution role of ConsoleMe Serverless",
            Tags=[{"Key": "owner", "Value": "consoleme"}],
        )
    except iam.exceptions.EntityAlreadyExistsException:
        for found in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            iam.delete_role_policy(RoleName=name, PolicyName=found)
    for function, document in documents.items():
        iam.put_role_policy(RoleName=name, PolicyName=function, PolicyDocument=json.dumps(document))


def policy(root: Path, function: Function, names: RoleNames, stack: Mapping[str, str]) -> policies.Document:
    """The policy file that ships with the function, with this stack's names filled in."""
    directory = root / ".chalice" / Path(function.policy_file).parent
    return policies.resolved(policies.load(directory, Path(function.policy_file).stem), names, stack)

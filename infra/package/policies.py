"""The policy files of `.chalice/policies`: one per function, with `${Names}` for what only a deployment knows.

`${AWS::AccountId}` and its like, `${TablePrefix}` and `${DataBucket}` are CloudFormation's; the names of roles come from the packaged
configuration. A name that the configuration leaves empty takes the resources that mention it away, and a statement without
resources goes too.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.accounts.models import AccountsConfig
from chalicelib.core.deployment import Deployment

Document = dict[str, Any]

PLACEHOLDER = re.compile(r"\$\{([A-Za-z:]+)\}")
_ORGANIZATIONS = "${OrganizationsRoleArn}"


@dataclass(frozen=True, slots=True)
class RoleNames:
    """Names of roles that policies speak of, from the configuration that ships with the package."""

    hub_api: str = "ConsoleMeApi"
    hub_sync: str = "ConsoleMeSync"
    hub_apply: str = "ConsoleMeApply"
    spoke_read: str = "ConsoleMeSpokeRead"
    spoke_apply: str = "ConsoleMeSpokeApply"
    organizations_arns: tuple[str, ...] = ()
    identity_center_arn: str = ""

    @classmethod
    def of(cls, configuration: Mapping[str, Any]) -> "RoleNames":
        """From the document's sections `deployment`, `accounts` and `directory`. Raises pydantic's ValidationError for a malformed one."""
        deployment = Deployment.model_validate(configuration.get("deployment") or {})
        accounts = AccountsConfig.model_validate(configuration.get("accounts") or {})
        identity_center = (configuration.get("directory") or {}).get("identity_center") or {}
        return cls(
            hub_api=deployment.hub.api_role,
            hub_sync=deployment.hub.sync_role,
            hub_apply=deployment.hub.apply_role,
            spoke_read=deployment.spoke.read_role,
            spoke_apply=deployment.spoke.apply_role,
            organizations_arns=tuple(one.role_arn for one in accounts.organizations if one.role_arn),
            identity_center_arn=identity_center.get("role_arn") or "",
        )

    @property
    def placeholders(self) -> dict[str, str]:
        return {
            "HubApiRoleName": self.hub_api,
            "HubSyncRoleName": self.hub_sync,
            "HubApplyRoleName": self.hub_apply,
            "SpokeReadRoleName": self.spoke_read,
            "SpokeApplyRoleName": self.spoke_apply,
            "OrganizationsRoleArn": next(iter(self.organizations_arns), ""),
            "IdentityCenterRoleArn": self.identity_center_arn,
        }


def load(directory: Path, function: str) -> Document:
    """The file of one function, as it stands."""
    document: Document = json.loads((directory / f"{function}.json").read_text(encoding="utf-8"))
    return document


def fitted(document: Document, names: RoleNames) -> Document:
    """The document without what this deployment does not have, and with all of what it has several of. Other placeholders stay."""
    statements = []
    for statement in document["Statement"]:
        applying = [resource for resource in statement["Resource"] if _applies(statement, resource, names)]
        kept = [spread for resource in applying for spread in _spread(resource, names)]
        if kept:
            statements.append({**statement, "Resource": kept})
    return {**document, "Statement": statements}


def _spread(resource: str, names: RoleNames) -> list[str]:
    """An organisation's role is one of several: each is a resource of its own."""
    if _ORGANIZATIONS not in resource:
        return [resource]
    return [resource.replace(_ORGANIZATIONS, arn) for arn in names.organizations_arns]


def _applies(statement: Mapping[str, Any], resource: str, names: RoleNames) -> bool:
    mentioned = set(PLACEHOLDER.findall(resource))
    if any(name in mentioned and not value for name, value in names.placeholders.items()):
        return False
    # One spoke role for both: forbidding the API to apply would forbid it to read.
    one_for_both = names.spoke_read == names.spoke_apply
    return not (statement["Effect"] == "Deny" and one_for_both and "SpokeApplyRoleName" in mentioned)


def resolved(document: Document, names: RoleNames, stack: Mapping[str, str]) -> Document:
    """A policy that IAM takes: `stack` holds what CloudFormation would fill in. Raises KeyError for a name that nobody knows."""
    values = {**stack, **names.placeholders}

    def fill(resource: str) -> str:
        return PLACEHOLDER.sub(lambda match: values[match[1]], resource)

    statements = [
        {**statement, "Resource": [fill(resource) for resource in statement["Resource"]]}
        for statement in fitted(document, names)["Statement"]
    ]
    return {**document, "Statement": statements}

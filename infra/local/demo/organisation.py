"""Accounts, organizational units and service control policies, through the Organizations API."""

import json
from typing import Any

from infra.local.demo.cloud import Cloud
from infra.local.demo.model import Account, Organisation
from infra.local.demo.tables import document, table


def found(cloud: Cloud, hub_account_id: str, members: list[str], number: int) -> Organisation:
    """The organisation with these member accounts. The hub account manages it; ids come from `number` and the table."""
    api = cloud.client("organizations", hub_account_id)
    accounts = table("accounts")
    with cloud.ids_drawn_from(number):
        organisation_id = api.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    root_id = api.list_roots()["Roots"][0]["Id"]
    units = _create_units(api, root_id, accounts["units"])
    hub = Account(id=hub_account_id, unit="", **accounts["hub"])
    _tag(api, hub)
    created = []
    for position, row in enumerate(accounts["members"], start=1):
        if row["key"] in members:
            with cloud.ids_drawn_from(number + position):
                account_id = _create_account(api, row["key"])
            created.append(Account(id=account_id, **row))
    for account in created:
        api.move_account(AccountId=account.id, SourceParentId=root_id, DestinationParentId=units[account.unit])
        _tag(api, account)
    _guard(api, root_id, units)
    return Organisation(organisation_id, (hub, *created))


def _create_units(api: Any, root_id: str, paths: list[str]) -> dict[str, str]:
    units = {"": root_id}
    for path in paths:
        parent, _, name = path.rpartition("/")
        answer = api.create_organizational_unit(ParentId=units[parent], Name=name)
        units[path] = answer["OrganizationalUnit"]["Id"]
    return units


def _create_account(api: Any, name: str) -> str:
    answer = api.create_account(AccountName=name, Email=f"aws+{name}@example.com")
    account_id: str = answer["CreateAccountStatus"]["AccountId"]
    return account_id


def _tag(api: Any, account: Account) -> None:
    tags = {"environment": account.environment, "owner": account.owner}
    api.tag_resource(ResourceId=account.id, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])


def _guard(api: Any, root_id: str, units: dict[str, str]) -> None:
    kind = "SERVICE_CONTROL_POLICY"
    api.enable_policy_type(RootId=root_id, PolicyType=kind)
    for row in table("accounts")["service_control_policies"]:
        content = json.dumps(document(row["statements"], {}))
        answer = api.create_policy(Name=row["name"], Description=row["description"], Type=kind, Content=content)
        for unit in row["units"]:
            api.attach_policy(PolicyId=answer["Policy"]["PolicySummary"]["Id"], TargetId=units[unit])

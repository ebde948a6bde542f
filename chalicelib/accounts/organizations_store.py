"""Table `directory`, the part about organisations: the tree of each, its service control policies, and what they are attached to.

`ORGANIZATIONS` / <organisation> is a tree. `SCPS#<organisation>` / <policy> is a policy, and `SCPS#<organisation>` / `ATTACHED` says
which policies are attached to what: it is written after the policies that it names, and before those that it names no longer go.
"""

import gzip
import json
from collections.abc import Collection

from pynamodb.attributes import BinaryAttribute, NumberAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.accounts.control_policies import Attachments, ControlPolicy
from chalicelib.accounts.tree import AccountsTree
from chalicelib.core.errors import Conflict
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

_TREES, _ATTACHED = "ORGANIZATIONS", "ATTACHED"


class OrganizationRow(Table):
    suffix = "directory"

    packed = BinaryAttribute(legacy_encoding=False, null=True)
    observed_at = NumberAttribute(null=True)


class TreeStore:
    def all(self) -> dict[str, AccountsTree]:
        """By the organisation's id."""
        with translated("the trees of organisations"):
            return {row.sk: AccountsTree.model_validate_json(_text(row)) for row in OrganizationRow.query(_TREES)}

    def find(self, organization_id: str) -> AccountsTree | None:
        with translated(f"the tree of {organization_id}"):
            try:
                return AccountsTree.model_validate_json(_text(OrganizationRow.get(_TREES, organization_id)))
            except DoesNotExist:
                return None

    def put(self, tree: AccountsTree, observed_at: int) -> bool:
        """Whether it was written: a tree that did not change is not, and an older look never replaces a newer one."""
        if self.find(tree.organization_id) == tree:
            return False
        return _put(_TREES, tree.organization_id, tree.model_dump_json(), observed_at)


class ScpStore:
    """The service control policies of one organisation."""

    def __init__(self, organization_id: str) -> None:
        self._partition = f"SCPS#{organization_id}"

    def attachments(self) -> Attachments | None:
        """None as long as nobody has read this organisation's policies."""
        with translated("the service control policies"):
            try:
                found = json.loads(_text(OrganizationRow.get(self._partition, _ATTACHED)))
            except DoesNotExist:
                return None
        return {target: tuple(policies) for target, policies in found.items()}

    def policies(self, policy_ids: Collection[str]) -> dict[str, ControlPolicy]:
        """By id; those that are gone are missing."""
        with translated("the service control policies"):
            rows = OrganizationRow.batch_get([(self._partition, policy_id) for policy_id in set(policy_ids)])
            return {row.sk: ControlPolicy.model_validate_json(_text(row)) for row in rows}

    def all(self) -> dict[str, ControlPolicy]:
        with translated("the service control policies"):
            rows = [row for row in OrganizationRow.query(self._partition) if row.sk != _ATTACHED]
        return {row.sk: ControlPolicy.model_validate_json(_text(row)) for row in rows}

    def put(self, policy: ControlPolicy, observed_at: int) -> bool:
        """Whether it was written: an older look never replaces a newer one."""
        return _put(self._partition, policy.policy_id, policy.model_dump_json(), observed_at)

    def attach(self, attached: Attachments, observed_at: int) -> bool:
        return _put(self._partition, _ATTACHED, json.dumps(attached, sort_keys=True), observed_at)

    def remove(self, policy_id: str, observed_at: int) -> bool:
        """Whether it was: what somebody saw later stays."""
        try:
            with translated(f"the service control policy {policy_id}"):
                OrganizationRow(self._partition, policy_id).delete(OrganizationRow.observed_at <= observed_at)
        except Conflict:
            return False
        return True


def _put(partition: str, key: str, text: str, observed_at: int) -> bool:
    row = OrganizationRow(partition, key, packed=gzip.compress(text.encode(), mtime=0), observed_at=observed_at)
    newer = OrganizationRow.pk.does_not_exist() | (OrganizationRow.observed_at <= observed_at)
    try:
        with translated(f"the organisation's {key}"):
            row.save(condition=newer)
    except Conflict:
        return False
    return True


def _text(row: OrganizationRow) -> str:
    return gzip.decompress(row.packed).decode()

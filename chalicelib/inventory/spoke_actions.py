"""What the inventory reads through the spoke's reading role: what the types of resources name, and what else it looks at."""

from chalicelib.accounts import read_account
from chalicelib.inventory.denies import decode
from chalicelib.inventory.pages import attached_to, policy_documents
from chalicelib.inventory.registry import resource_types

_BESIDE_TYPES = (read_account.ACTIONS, decode.ACTIONS, attached_to.ACTIONS, policy_documents.ACTIONS)


def read_actions() -> frozenset[str]:
    return frozenset().union(*_BESIDE_TYPES, *(kind.actions for kind in resource_types().values()))

"""Who holds which permission: pure, one question, one answer."""

from collections.abc import Iterable

from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.principals import Principal
from chalicelib.identity.models import GroupsConfig


def holds(
    principals: Iterable[Principal], permission: Permission, groups: GroupsConfig, administrators: Iterable[str]
) -> Decision:
    """Administrators hold every permission; it is no right to any role's credentials."""
    names = {str(principal) for principal in principals}
    everything = set(administrators) | set(groups.can_admin)
    if by := sorted(names & everything):
        return Decision.yes(f"{by[0]} is an administrator", "administrator")
    if by := sorted(names & set(getattr(groups, permission.value))):
        return Decision.yes(f"{by[0]} holds {permission.value}", permission.value)
    return Decision.no(
        f"This needs the permission {permission.value}; an administrator grants it in the configuration, section groups.",
        permission.value,
    )

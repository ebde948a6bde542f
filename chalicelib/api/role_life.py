"""Creating, cloning and deleting IAM roles, for those who may without asking anybody."""

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.decisions import Permission
from chalicelib.core.principals import Caller
from chalicelib.requests.role_life.allowed import Allowed, allowed_to
from chalicelib.requests.role_life.models import CloneWish, NewRoleWish, RoleGone, RoleMade
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import HttpRequest

api = new_api(__name__)


@api.endpoint("POST", "/api/v2/roles", access=Access.SESSION, over=Permission.CREATE_ROLES)
def create_role(body: NewRoleWish, caller: Caller, request: HttpRequest) -> RoleMade:
    """Creates a role with the configured trust policy, and an instance profile of its name. Recorded as a request."""
    requests = bootstrap.container().requests
    key = request.headers.get("idempotency-key")
    return requests.role_life.create(body, requests.person(caller), _allowed(caller), key)


@api.endpoint("POST", "/api/v2/clone/role", access=Access.SESSION, over=Permission.CREATE_ROLES)
def clone_role(body: CloneWish, caller: Caller, request: HttpRequest) -> RoleMade:
    """Creates a role from what another one has; its permissions boundary always comes along. Recorded as a request."""
    requests = bootstrap.container().requests
    key = request.headers.get("idempotency-key")
    return requests.role_life.clone(body, requests.person(caller), _allowed(caller), key)


@api.endpoint(
    "DELETE", "/api/v2/roles/{account_id}/{role+}", access=Access.SESSION, over=Permission.DELETE_IAM_PRINCIPALS
)
def delete_role(account_id: str, role: str, caller: Caller, request: HttpRequest) -> RoleGone:
    """Deletes a role with its policies, and takes it out of its instance profiles. Recorded as a request."""
    requests = bootstrap.container().requests
    key = request.headers.get("idempotency-key")
    return requests.role_life.delete(account_id, role, requests.person(caller), _allowed(caller), key)


def _allowed(caller: Caller) -> Allowed:
    return allowed_to(bootstrap.container().identity.permissions, caller)

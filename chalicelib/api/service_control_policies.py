"""The service control policies of an account or an organisational unit."""

from typing import Literal

from chalicelib import bootstrap
from chalicelib.accounts.control_policies import ControlPolicy, Shown
from chalicelib.accounts.models import Account
from chalicelib.api.authenticator import new_api
from chalicelib.core.errors import NotFound, Upstream
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import Reply

api = new_api(__name__)

_UNRESTRICTED = "This is the management account of its organisation: no service control policy restricts it."


class WirePolicyTarget(Frozen):
    target_id: str
    arn: str
    name: str
    type: str


class WirePolicy(Frozen):
    """`content` is the policy's JSON as text."""

    id: str
    arn: str
    name: str
    description: str
    type: Literal["SERVICE_CONTROL_POLICY"]
    aws_managed: bool
    content: str


class WireControlPolicy(Frozen):
    targets: tuple[WirePolicyTarget, ...]
    policy: WirePolicy


class ControlPolicies(Frozen):
    """ConsoleMe's full envelope, then `read_at`: when the organisation's policies were last read, in epoch seconds."""

    status: str = "success"
    reason: str | None = None
    redirect_url: str | None = None
    status_code: int = 200
    message: str | None
    errors: tuple[str, ...] | None = None
    count: int | None = None
    total: int | None = None
    page: int | None = None
    last_page: int | None = None
    data: tuple[WireControlPolicy, ...]
    read_at: int | None


@api.endpoint(
    "GET",
    "/api/v2/service_control_policies/{target}",
    access=Access.SESSION,
    rule="Everybody who is signed in, for accounts that they see and the units above them.",
    answers=ControlPolicies,
)
def get_service_control_policies(target: str, caller: Caller) -> Reply:
    """The service control policies of an account, an organisational unit or a root, with those of everything above it, those of the
    root first.
    """
    container = bootstrap.container()
    view = container.identity.permissions.view(caller)

    def may_see(account: Account) -> bool:
        return view.account(account).allowed

    try:
        shown = container.inventory.account_services.show_policies.of(target.strip(), may_see)
    except (NotFound, Upstream) as error:
        status = 404 if isinstance(error, NotFound) else 502
        told = ControlPolicies(
            status="error",
            reason=error.reason,
            status_code=status,
            message=error.message,
            errors=(error.message,),
            data=(),
            read_at=None,
        )
        return Reply(told, status)
    return Reply(_told(shown))


def _told(shown: Shown) -> ControlPolicies:
    return ControlPolicies(
        message=None if shown.restricts else _UNRESTRICTED,
        data=tuple(_wire(policy) for policy in shown.policies),
        read_at=shown.read_at,
    )


def _wire(policy: ControlPolicy) -> WireControlPolicy:
    return WireControlPolicy(
        targets=tuple(
            WirePolicyTarget(target_id=target.target_id, arn=target.arn, name=target.name, type=target.kind)
            for target in policy.targets
        ),
        policy=WirePolicy(
            id=policy.policy_id,
            arn=policy.arn,
            name=policy.name,
            description=policy.description,
            type="SERVICE_CONTROL_POLICY",
            aws_managed=policy.aws_managed,
            content=policy.content,
        ),
    )

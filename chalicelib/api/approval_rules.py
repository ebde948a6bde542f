"""Approval rules: who would have to approve what."""

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.principals import Caller
from chalicelib.requests.approval.simulate import Simulated, Simulation
from chalicelib.wire.authentication import Access

api = new_api(__name__)


@api.endpoint(
    "POST",
    "/api/v2/approval_rules/simulate",
    access=Access.SESSION,
    rule=(
        "Everybody who is signed in, about what they see; for somebody else, or with other rules than those in force, who holds"
        " can_admin_policies anywhere or can_edit_config."
    ),
)
def simulate_approval(body: Simulation, caller: Caller) -> Simulated:
    """Who would have to approve these changes, in which order, and which rule says so. Nothing is stored."""
    return bootstrap.container().approval.simulate.simulate(body, caller)

"""The service control policies of every organisation, with what they are attached to: read whole, and written where they changed."""

from collections.abc import Callable, Mapping

from chalicelib.accounts.control_policies import ControlPolicy, PolicyTarget, attachments_of
from chalicelib.accounts.organizations_store import ScpStore
from chalicelib.accounts.read_tree import identity_of
from chalicelib.accounts.rules import digest_of, may_drop
from chalicelib.aws.organizations import Organization, OrganizationPolicy
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Upstream
from chalicelib.core.model import Frozen
from chalicelib.db.scopes import Scopes

KIND = "service_control_policies"
"""Of scopes, each of which is an organisation, named by the source that reads it."""
EVERY = 6 * 3600


class PoliciesSynced(Frozen):
    """`errors` names the organisations that could not be read, with the reason; their policies stay as they were."""

    organizations: int = 0
    policies: int = 0
    written: int = 0
    removed: int = 0
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


class SyncPolicies:
    def __init__(
        self,
        *,
        organizations: Mapping[str, Organization],
        store: Callable[[str], ScpStore],
        scopes: Scopes,
        clock: Clock,
    ) -> None:
        """`organizations` by the names of the sources that read them; `store` gives that of an organisation's id."""
        self._organizations = organizations
        self._store = store
        self._scopes = scopes
        self._clock = clock

    def if_due(self) -> PoliciesSynced:
        """Only organisations that were not read for six hours, or not well, or that changed since."""
        states = self._scopes.of_kind(KIND)
        now = self._clock.now()
        due = [
            name
            for name in self._organizations
            if (state := states.get(name)) is None
            or state.succeeded_at is None
            or state.error
            or state.held
            or state.dirty
            or now - state.succeeded_at >= EVERY
        ]
        return self._run(due)

    def run(self) -> PoliciesSynced:
        return self._run(list(self._organizations))

    def _run(self, names: list[str]) -> PoliciesSynced:
        """Raises Upstream at the end when nothing at all could be read."""
        total = PoliciesSynced(organizations=len(names))
        for name in names:
            observed_at = self._clock.now()
            try:
                total = _added(total, self._sync(name, self._organizations[name], observed_at))
            except AppError as error:
                self._scopes.failed(KIND, name, observed_at, error.message)
                total = total.model_copy(update={"errors": (*total.errors, f"{name}: {error.message}")})
        if names and len(total.errors) == len(names):
            raise Upstream("; ".join(total.errors), reason="no_organization_read")
        return total

    def _sync(self, name: str, organization: Organization, observed_at: int) -> PoliciesSynced:
        found_id = identity_of(organization.roots()).organization_id
        store = self._store(found_id)
        found = {policy.policy_id: _policy(organization, policy) for policy in organization.control_policies()}
        before = store.all()
        missing = before.keys() - found.keys()
        verdict = may_drop(len(before), missing, self._scopes.held(KIND, name))
        kept = {} if verdict.allowed else {policy_id: before[policy_id] for policy_id in missing}
        written = sum(
            store.put(policy, observed_at) for policy_id, policy in found.items() if before.get(policy_id) != policy
        )
        attached = attachments_of([*found.values(), *kept.values()])
        if attached != store.attachments():
            store.attach(attached, observed_at)
        removed = sum(store.remove(policy_id, observed_at) for policy_id in missing - kept.keys())
        held = "" if verdict.allowed else digest_of(missing)
        self._scopes.succeeded(KIND, name, observed_at, held=held)
        warnings = () if verdict.allowed else (f"{name}: {verdict.reason}",)
        return PoliciesSynced(policies=len(found), written=written, removed=removed, warnings=warnings)


def _policy(organization: Organization, listed: OrganizationPolicy) -> ControlPolicy:
    targets = sorted(organization.policy_targets(listed.policy_id), key=lambda target: target.target_id)
    return ControlPolicy(
        policy_id=listed.policy_id,
        arn=listed.arn,
        name=listed.name,
        description=listed.description,
        aws_managed=listed.aws_managed,
        content=organization.policy_content(listed.policy_id),
        targets=tuple(
            PolicyTarget(target_id=target.target_id, arn=target.arn, name=target.name, kind=target.kind)
            for target in targets
        ),
    )


def _added(total: PoliciesSynced, one: PoliciesSynced) -> PoliciesSynced:
    return total.model_copy(
        update={
            "policies": total.policies + one.policies,
            "written": total.written + one.written,
            "removed": total.removed + one.removed,
            "warnings": total.warnings + one.warnings,
        }
    )

"""Who may use which role: pure. No rule, no match, outside the time: no."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chalicelib.access.models import AuthorizationConfig, AuthorizedRole, RoleGrant
from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.principals import Principal
from chalicelib.core.trust import SET_SOURCE_IDENTITY, TAG_SESSION, TrustContext, trust_allows

_NEVER_BROKERED_PATHS = ("aws-service-role/", "aws-reserved/")
_NEVER_BROKERED_NAME = "AWSReservedSSO_"


def never_brokered(arn: Arn, hub: Hub, spoke: Spoke) -> Decision | None:
    """A refusal for roles that no tag and no mapping can open: our own, the services', and Identity Center's."""
    if str(arn) in hub.role_arns or arn.name in {spoke.read_role, spoke.apply_role}:
        return Decision.no("Roles of this product itself are never handed out.", "own_role")
    if arn.path_and_name.startswith(_NEVER_BROKERED_PATHS) or arn.name.startswith(_NEVER_BROKERED_NAME):
        return Decision.no("Roles of AWS services and of IAM Identity Center are never handed out.", "reserved_role")
    return None


def grants_of_role(role: AuthorizedRole, config: AuthorizationConfig, hub: Hub, spoke: Spoke) -> dict[str, RoleGrant]:
    """Identity (`user:x`, `group:x`) to its right to this role: the union of tags and configuration, with provenance.

    A bare name in a tag stands for a user and for a group of that name. Blank names (`a::b`) are nobody.
    """
    if never_brokered(Arn.parse(role.arn), hub, spoke):
        return {}
    found: dict[str, dict[str, bool]] = {}
    for identity, source, cli_only in _claims(role, config):
        found.setdefault(identity, {})[source] = cli_only
    context = TrustContext(hub.api_role_arn, {})
    source_identity = trust_allows(role.trust_policy, SET_SOURCE_IDENTITY, context).allowed
    session_tags = trust_allows(role.trust_policy, TAG_SESSION, context).allowed
    return {
        identity: RoleGrant(
            role_arn=role.arn,
            cli_only=all(sources.values()),
            sources=tuple(sorted(sources)),
            source_identity=source_identity,
            session_tags=session_tags,
            max_session_duration=role.max_session_duration,
        )
        for identity, sources in found.items()
    }


def _claims(role: AuthorizedRole, config: AuthorizationConfig) -> Iterable[tuple[str, str, bool]]:
    """(identity, source, whether CLI only)."""
    for keys, cli_only in ((config.role_tags.authorized, False), (config.role_tags.cli_only, True)):
        for key in keys:
            for name in role.tags.get(key, "").split(config.role_tags.delimiter):
                if name.strip():
                    yield str(Principal.user(name)), f"tag {key}", cli_only
                    yield str(Principal.group(name)), f"tag {key}", cli_only
    for identity, mapped in config.group_mapping.items():
        if role.arn in mapped.roles:
            yield identity, "configuration group_mapping", False
        if role.arn in mapped.cli_only_roles:
            yield identity, "configuration group_mapping (CLI only)", True


@dataclass(frozen=True, slots=True)
class EligibleRole:
    """A role that a person may use now, and every reason why: (identity, source)."""

    grant: RoleGrant
    reasons: tuple[tuple[str, str], ...]

    @property
    def arn(self) -> str:
        return self.grant.role_arn

    @property
    def ends_at(self) -> int | None:
        return self.grant.not_after


def eligible(grants: Mapping[Principal, Iterable[RoleGrant]], now: int) -> tuple[EligibleRole, ...]:
    """The union over a person's identities of the grants that are in force at `now`, by ARN.

    CLI-only only if every grant is; it ends when the last grant ends.
    """
    by_arn: dict[str, list[tuple[Principal, RoleGrant]]] = {}
    for principal, owned in grants.items():
        for grant in owned:
            if (grant.not_before or 0) <= now and (grant.not_after is None or now < grant.not_after):
                by_arn.setdefault(grant.role_arn, []).append((principal, grant))
    return tuple(_union(held) for _, held in sorted(by_arn.items()))


def _union(held: list[tuple[Principal, RoleGrant]]) -> EligibleRole:
    grants = [grant for _, grant in held]
    ends = [grant.not_after for grant in grants]
    merged = grants[0].model_copy(
        update={
            "cli_only": all(grant.cli_only for grant in grants),
            # Two identities' rows are written one after the other: what either has seen missing is missing.
            "source_identity": all(grant.source_identity for grant in grants),
            "session_tags": all(grant.session_tags for grant in grants),
            "max_session_duration": min(grant.max_session_duration for grant in grants),
            "not_after": None if None in ends else max(end for end in ends if end is not None),
            "sources": tuple(sorted({source for grant in grants for source in grant.sources})),
        }
    )
    reasons = tuple(sorted((str(principal), source) for principal, grant in held for source in grant.sources))
    return EligibleRole(merged, reasons)


def match_role(roles: Iterable[EligibleRole], query: str, account_names: Mapping[str, str]) -> list[EligibleRole]:
    """The roles that a search means, without regard to case: an exact ARN alone; else an exact name, alone or with its
    account (`payments-prod/admin`, `123456789012/admin`); else every ARN that contains the text.
    """
    folded = query.casefold().strip()
    candidates = list(roles)
    for matches in (_is_arn, _is_name, _contains):
        found = [role for role in candidates if folded and matches(role, folded, account_names)]
        if len(found) == 1 or (found and matches is not _is_name):
            return found
    return []


def _is_arn(role: EligibleRole, query: str, _: Mapping[str, str]) -> bool:
    return role.arn.casefold() == query


def _is_name(role: EligibleRole, query: str, account_names: Mapping[str, str]) -> bool:
    arn = Arn.parse(role.arn)
    names = {arn.name.casefold(), arn.path_and_name.casefold()}
    accounts = {arn.account, account_names.get(arn.account, "").casefold()}
    return query in names | {f"{account}/{name}" for account in accounts if account for name in names}


def _contains(role: EligibleRole, query: str, _: Mapping[str, str]) -> bool:
    return query in role.arn.casefold()

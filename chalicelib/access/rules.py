"""Who may use which role: pure. No rule, no match, outside the time: no."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.access.authorization import AuthorizationConfig
from chalicelib.access.models import CredentialsConfig
from chalicelib.access.rights import Claim, HeldRole, Holding, Kind, RoleGrant, Terms
from chalicelib.access.routes import is_on_the_way, trust_context
from chalicelib.access.tag_names import tag_names
from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.principals import Principal
from chalicelib.core.roles import AuthorizedRole, RoleClaim, Use
from chalicelib.core.trust import ASSUME_ROLE, SET_SOURCE_IDENTITY, TAG_SESSION, TrustContext, trust_allows

_NEVER_BROKERED_PATHS = ("aws-service-role/", "aws-reserved/")
_NEVER_BROKERED_NAME = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything of the configuration that rights depend on, as of its version."""

    hub: Hub
    spoke: Spoke
    authorization: AuthorizationConfig
    credentials: CredentialsConfig
    version: int = 0


@dataclass(frozen=True, slots=True)
class RoleRights:
    """What a role says of itself and the configuration of it: its terms, and by identity (`user:x`, `group:x`) the claims to it."""

    terms: Terms
    claims: dict[str, tuple[Claim, ...]]


def never_brokered(arn: Arn, hub: Hub, spoke: Spoke) -> Decision | None:
    """A refusal for roles that no tag and no mapping can open: our own, the services', and Identity Center's."""
    if str(arn) in hub.role_arns or arn.name in {spoke.read_role, spoke.apply_role}:
        return Decision.no("Roles of this product itself are never handed out.", "own_role")
    if arn.path_and_name.startswith(_NEVER_BROKERED_PATHS) or arn.name.startswith(_NEVER_BROKERED_NAME):
        return Decision.no("Roles of AWS services and of IAM Identity Center are never handed out.", "reserved_role")
    return None


def rights_of_role(role: AuthorizedRole, book: Rulebook, said: Iterable[RoleClaim] = ()) -> RoleRights:
    """The union of what tags, configuration and plugins (`said`) claim. A role that is withheld is claimed by nobody."""
    terms = terms_of_role(role, book)
    found: dict[str, set[Claim]] = {}
    if not terms.withheld:
        for identity, claim in _claims(role, book.authorization, said):
            found.setdefault(identity, set()).add(claim)
    return RoleRights(terms, {identity: tuple(sorted(claims, key=repr)) for identity, claims in sorted(found.items())})


def terms_of_role(role: AuthorizedRole, book: Rulebook) -> Terms:
    arn = Arn.parse(role.arn)
    refusal = (
        never_brokered(arn, book.hub, book.spoke)
        or over_which_others_are_reached(arn, book.credentials)
        or _not_trusting(role, book.authorization.required_trust_entity)
    )
    context = trust_context(arn, book.credentials, book.hub)
    return Terms(
        source_identity=trust_allows(role.trust_policy, SET_SOURCE_IDENTITY, context).allowed,
        session_tags=trust_allows(role.trust_policy, TAG_SESSION, context).allowed,
        max_session_duration=role.max_session_duration,
        withheld=refusal.reason if refusal else "",
        judged_for=book.authorization.required_trust_entity or "",
    )


def withheld_now(terms: Terms, config: AuthorizationConfig) -> str:
    """Why nobody gets the role by the configuration of this moment, empty for a role that is handed out.

    What was judged for another trust than the one that is required by now says nothing.
    """
    if not terms.withheld and (wanted := config.required_trust_entity) is not None and terms.judged_for != wanted:
        return f"Only roles that trust {wanted} are handed out, and this one has not been looked at for that yet."
    return terms.withheld


def over_which_others_are_reached(arn: Arn, credentials: CredentialsConfig) -> Decision | None:
    if not is_on_the_way(arn, credentials):
        return None
    return Decision.no("A role over which others are reached is never handed out.", "own_role")


def _not_trusting(role: AuthorizedRole, entity: str | None) -> Decision | None:
    if entity is None or trust_allows(role.trust_policy, ASSUME_ROLE, TrustContext(entity, {})).allowed:
        return None
    return Decision.no(
        f"Only roles that trust {entity} are handed out, and the trust policy of this one does not let it in.",
        "required_trust",
    )


def _claims(
    role: AuthorizedRole, config: AuthorizationConfig, said: Iterable[RoleClaim]
) -> Iterator[tuple[str, Claim]]:
    for key, use in config.role_tags.uses.items():
        for named in tag_names(role.tags.get(key, ""), config.role_tags.delimiters):
            claim = Claim(kind=Kind.TAG, name=key, use=use, bare=named.kind is None, cut=config.role_tags.cut)
            yield from ((identity, claim) for identity in named.identities)
    for identity, use in config.mapped_to.get(role.arn, {}).items():
        yield identity, Claim(kind=Kind.CONFIGURATION, use=use)
    for told in said:
        yield (
            told.identity,
            Claim(
                kind=Kind.PLUGIN,
                name=told.name,
                use=told.use,
                not_before=told.not_before,
                not_after=told.not_after,
            ),
        )


def use_now(claim: Claim, identity: str, arn: str, config: AuthorizationConfig) -> Use | None:
    """Where the claim counts by the configuration of this moment; None when that no longer knows the tag or the mapping.

    The map may be older than the configuration: what was taken from the configuration is gone at once.
    """
    match claim.kind:
        case Kind.TAG:
            return config.role_tags.uses.get(claim.name)
        case Kind.CONFIGURATION:
            return config.mapped_use(identity, arn)
    return claim.use


@dataclass(frozen=True, slots=True)
class Holder:
    """An identity and one of its roles, for the question whether a claim counts. `ambiguous` as of `Holding`."""

    identity: str
    arn: str
    ambiguous: bool


_COUNTS = Decision.yes("it counts", "counts")


def claim_counts(claim: Claim, holder: Holder, config: AuthorizationConfig, now: int) -> Decision:
    if claim.not_after is not None and claim.not_after <= now:
        return Decision.no("it has ended", "ended")
    if claim.not_before is not None and now < claim.not_before:
        return Decision.no("it has not begun yet", "not_yet")
    if claim.bare and holder.ambiguous:
        return Decision.no(
            "the tag's name is both a user's and a group's, and does not say whose: it means nobody", "ambiguous_name"
        )
    if claim.kind is Kind.TAG and claim.cut != config.role_tags.cut:
        return Decision.no(
            "the tag was cut by delimiters that are not the configuration's any more; its role is read again soon",
            "other_delimiters",
        )
    if use_now(claim, holder.identity, holder.arn, config) is None:
        if claim.kind is Kind.TAG:
            return Decision.no("the configuration does not know this tag any more", "tag_not_configured")
        return Decision.no("the configuration's mapping does not say so any more", "not_mapped")
    return _COUNTS


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a person has a role: by which of their identities, from where, for which use, and until when (epoch seconds)."""

    identity: str
    source: str
    use: Use
    until: int | None = None


@dataclass(frozen=True, slots=True)
class EligibleRole:
    """A role that a person may use now, and every reason why."""

    grant: RoleGrant
    reasons: tuple[Reason, ...]

    @property
    def arn(self) -> str:
        return self.grant.role_arn

    @property
    def ends_at(self) -> int | None:
        return self.grant.not_after


def eligible(holdings: Mapping[Principal, Holding], config: AuthorizationConfig, now: int) -> tuple[EligibleRole, ...]:
    """The union over a person's identities of the claims that count at `now`, by ARN."""
    by_arn: dict[str, list[tuple[str, Terms, list[Claim]]]] = {}
    for principal, holding in holdings.items():
        for arn, held in holding.roles.items():
            if held.terms is None or withheld_now(held.terms, config):
                continue
            holder = Holder(str(principal), arn, holding.ambiguous)
            if claims := _counting(held, holder, config, now):
                by_arn.setdefault(arn, []).append((holder.identity, held.terms, claims))
    return tuple(_union(arn, held) for arn, held in sorted(by_arn.items()))


def _counting(held: HeldRole, holder: Holder, config: AuthorizationConfig, now: int) -> list[Claim]:
    """The claims that count, with the use that they have now."""
    return [
        claim if claim.use is use else claim.model_copy(update={"use": use})
        for word in held.words.values()
        for claim in word.claims
        if claim_counts(claim, holder, config, now).allowed
        and (use := use_now(claim, holder.identity, holder.arn, config)) is not None
    ]


def _union(arn: str, held: list[tuple[str, Terms, list[Claim]]]) -> EligibleRole:
    terms = [found for _, found, _ in held]
    grant = RoleGrant(
        role_arn=arn,
        claims=tuple(claim for _, _, claims in held for claim in claims),
        # Two identities' rows are written one after the other: what either has seen missing is missing.
        source_identity=all(found.source_identity for found in terms),
        session_tags=all(found.session_tags for found in terms),
        max_session_duration=min(found.max_session_duration for found in terms),
    )
    reasons = sorted(
        {
            Reason(identity, claim.source, claim.use, claim.not_after)
            for identity, _, claims in held
            for claim in claims
        },
        key=lambda reason: (reason.identity, reason.source, reason.use, reason.until or 0),
    )
    return EligibleRole(grant, tuple(reasons))

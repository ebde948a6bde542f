"""From claims to a person: pure, and no claim is believed that the provider does not vouch for."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.errors import Forbidden
from chalicelib.core.principals import fold
from chalicelib.identity import names
from chalicelib.identity.oidc.config import OidcConfig

Claims = Mapping[str, Any]


def user_name(config: OidcConfig, claims: Claims) -> str:
    """The person's name, folded. Raises Forbidden when the provider does not vouch for it."""
    preset = config.known
    for claim, value in preset.expected.items():
        if claims.get(claim) != value:
            raise Forbidden(f"The identity provider's token has not {claim} '{value}'.", reason="unexpected_claim")
    said = claims.get(preset.user_claim)
    if not isinstance(said, str) or not said.strip():
        raise Forbidden(
            f"The identity provider does not tell {preset.user_claim}, by which people are known here. An administrator adds the "
            "claim there, or names another with user_claim.",
            reason="no_user_name",
        )
    name = names.user_name(said)
    if preset.user_claim == "email":
        _require_verified(config, claims)
    _require_domain(config, claims, name)
    return name


def _require_verified(config: OidcConfig, claims: Claims) -> None:
    verified = claims.get("email_verified")
    if verified is True or verified == "true" or (verified is None and not config.require_verified_email):
        return
    raise Forbidden(
        "The identity provider does not say that your e-mail address is verified. Verify it there; if your provider never says so, "
        "an administrator decides with require_verified_email.",
        reason="email_not_verified",
    )


def _require_domain(config: OidcConfig, claims: Claims, name: str) -> None:
    if not config.email_domains:
        return
    told = config.known.domain_claim
    domains = {name.rpartition("@")[2], *([fold(str(claims.get(told, "")))] if told else [])}
    if not domains <= set(config.email_domains):
        raise Forbidden(
            f"Only accounts of {', '.join(config.email_domains)} sign in here, and this one is not managed there.",
            reason="wrong_domain",
        )


def groups_in(claims: Claims, groups_claim: str) -> frozenset[str] | None:
    """The groups that the claims tell; None when they tell none, or not all of them.

    A provider with too many groups for a token leaves them out and says where to ask (`_claim_names`, `hasgroups`).
    Raises Forbidden for groups that can't be read: to drop some would be to guess.
    """
    told = claims.get(groups_claim)
    if told is None or overflowed(claims, groups_claim):
        return None
    said = [told] if isinstance(told, str) else told
    if not isinstance(said, list) or not all(isinstance(name, str) for name in said):
        raise Forbidden(f"The identity provider's claim {groups_claim} is no list of names.", reason="bad_groups")
    return names.group_names(said)


def overflowed(claims: Claims, groups_claim: str) -> bool:
    elsewhere = claims.get("_claim_names")
    distributed = isinstance(elsewhere, Mapping) and groups_claim in elsewhere
    return distributed or claims.get("hasgroups") in (True, "true")

"""The parts of section `credentials`: which roles a rule is about, and what it says of them."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.core.arn import Arn, parse_role_arn
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.networks import check_cidr
from chalicelib.core.principals import Principal
from chalicelib.core.targets import arn_matches, check_arn_pattern

_HOP_NAME = re.compile(r"[\w+=,.@-]+(/[\w+=,.@-]+)*", re.ASCII)


def _role_pattern(text: str) -> str:
    check_arn_pattern(text)
    _, _, service, region, _, resource = text.split(":", 5)
    if service != "iam" or region or not resource.startswith("role/"):
        raise InvalidInput(f"'{text[:200]}' is not a pattern of roles, such as arn:aws:iam::*:role/team/*.")
    return text


def _principal(text: str) -> str:
    return str(Principal.parse(text))


def _hop_role(text: str) -> str:
    if text.startswith("arn:"):
        return str(parse_role_arn(text))
    if not _HOP_NAME.fullmatch(text):
        raise InvalidInput(f"'{text[:200]}' is neither the ARN of a role nor the name of one in the target's account.")
    return text


RolePattern = Annotated[str, AfterValidator(_role_pattern)]
AccountId = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
PrincipalName = Annotated[str, AfterValidator(_principal)]
Cidr = Annotated[str, AfterValidator(check_cidr)]
ExternalId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@:/-]+$", min_length=2, max_length=1224)]
"""What STS takes."""


class Selection(Frozen):
    """Roles by patterns of their ARNs (`*` and `?`, which never reach over a colon) and by accounts: one of either is enough."""

    roles: tuple[RolePattern, ...] = ()
    """Patterns of ARNs, such as `arn:aws:iam::*:role/team/*`."""
    accounts: tuple[AccountId, ...] = ()
    """Account numbers, in quotes."""

    @property
    def is_empty(self) -> bool:
        return not self.roles and not self.accounts

    def names(self, arn: Arn) -> bool:
        """An empty selection names no role."""
        return arn.account in self.accounts or any(arn_matches(pattern, str(arn)) for pattern in self.roles)


class Rule(Selection):
    """A rule without roles and accounts is about every role."""

    def covers(self, arn: Arn) -> bool:
        return self.is_empty or self.names(arn)


class SessionLimit(Rule):
    """No session of these roles, for any of these principals (without any: for everybody), lasts longer than `seconds`."""

    principals: tuple[PrincipalName, ...] = ()
    """`user:` or `group:`; empty: everybody."""
    seconds: int = Field(ge=900, le=43_200)
    """900, which is AWS's shortest, to 43200."""


class SignInAge(Rule):
    """These roles need a sign-in that is no older than `seconds`."""

    seconds: int = Field(ge=60)
    """The oldest sign-in that will do. Renewing a session is no new sign-in."""


class ExternalIdRule(Rule):
    """The external id for these roles, in place of the one for all."""

    external_id: ExternalId
    """What the trust policies of these roles ask for as `sts:ExternalId`."""


class Hop(Frozen):
    """A role on the way: its ARN, or its name (with its path) in the account of the role that is wanted."""

    role: Annotated[str, AfterValidator(_hop_role)]
    """`arn:aws:iam::111111111111:role/Door`, or `path/name`."""
    external_id: ExternalId | None = None
    """Sent when this role is assumed."""


class Route(Rule):
    """The hub does not assume these roles itself: it assumes each role of `via` in turn, and from the last one the wanted role."""

    via: tuple[Hop, ...] = Field(min_length=1, max_length=4)
    """The roles on the way, in order; at most four."""


class IpRestrictions(Frozen):
    """From where credentials work. Without ranges they work from everywhere."""

    cidrs: tuple[Cidr, ...] = ()
    """Public ranges, IPv4 and IPv6. All of them must fit into a session policy of 2,048 characters: about ninety of IPv4."""
    vpcs: tuple[Annotated[str, StringConstraints(pattern=r"^vpc-[0-9a-f]{8,17}$")], ...] = ()
    """VPCs whose endpoints may be used too: a call through an endpoint has no address that AWS would compare."""
    vpc_endpoints: tuple[Annotated[str, StringConstraints(pattern=r"^vpce-[0-9a-f]{8,17}$")], ...] = ()
    """Single endpoints that may be used too."""
    exempt: Selection = Selection()
    """Roles and accounts whose credentials work from everywhere."""
    never_waive: Selection = Selection()
    """Roles and accounts for which nobody may ask for credentials without the restriction."""
    console: bool = False
    """Whether sessions of the AWS console are restricted too."""


class Application(Frozen):
    """An application, as Weep lists it beside its roles and as `app_name` asks for them."""

    roles: tuple[RolePattern, ...] = Field(min_length=1)
    """The roles that belong to it, by patterns of their ARNs."""
    owner: str | None = None
    """Whom to ask about it."""
    owner_url: str | None = None
    """A page about the owner."""
    app_url: str | None = None
    """A page about the application."""

    def owns(self, arn: str) -> bool:
        return any(arn_matches(pattern, arn) for pattern in self.roles)

"""What a new role or a copy consists of, and what is said of each part. Pure."""

from chalicelib.changes.whole_role import WholeRole
from chalicelib.core.arn import Arn
from chalicelib.core.iam import NewRole
from chalicelib.requests.role_life.models import CloneOptions, NewRoleWish, RoleCreatorConfig


def new_role(arn: str, wish: NewRoleWish, config: RoleCreatorConfig) -> WholeRole:
    role = NewRole(
        trust=config.default_trust_policy,
        description=wish.description or "",
        longest_session=config.default_max_session_duration,
    )
    return WholeRole(role=role, instance_profiles=(Arn.parse(arn).name,) if wish.instance_profile else ())


def cloned(source_arn: str, source: WholeRole, arn: str, options: CloneOptions, config: RoleCreatorConfig) -> WholeRole:
    """The permissions boundary always comes along: a copy never may more than the original."""
    origin, here, old = Arn.parse(source_arn), Arn.parse(arn), source.role

    def moved(policy: str) -> str:
        """The policy of the same name in the new account."""
        found = Arn.parse(policy)
        account = here.account if found.account == origin.account else found.account
        return str(Arn(here.partition, found.service, found.region, account, found.resource))

    role = NewRole(
        trust=old.trust if options.assume_role_policy else config.default_trust_policy,
        description=old.description if options.copy_description else options.description or "",
        longest_session=old.longest_session if options.max_session_duration else config.default_max_session_duration,
        boundary=moved(old.boundary) if old.boundary else None,
        tags=old.tags if options.tags else {},
    )
    return WholeRole(
        role=role,
        inline=source.inline if options.inline_policies else {},
        attached=tuple(moved(policy) for policy in source.attached) if options.managed_policies else (),
        instance_profiles=(here.name,) if source.instance_profiles else (),
    )


def told_of_new(arn: str, made: WholeRole) -> list[str]:
    """In ConsoleMe's order: role, trust policy, description, instance profile."""
    name = Arn.parse(arn).name
    profiles = [f"Successfully added instance profile {profile}" for profile in made.instance_profiles]
    return [
        f"Role {arn} successfully created",
        f"Successfully added the trust policy to role {name}",
        f"Successfully added the description to role {name}",
        *profiles,
    ]


def told_of_clone(arn: str, made: WholeRole) -> list[str]:
    """In ConsoleMe's order: role, tags, trust policy, description, each inline policy, each managed policy."""
    name = Arn.parse(arn).name
    return [
        f"Role {arn} successfully created",
        *(["Successfully copied tags"] if made.role.tags else []),
        f"Successfully added the trust policy to role {name}",
        *(["Successfully added the description"] if made.role.description else []),
        *(f"Successfully added inline policy {policy}" for policy in made.inline),
        *(f"Successfully attached managed policy {policy}" for policy in made.attached),
        *(f"Successfully added instance profile {profile}" for profile in made.instance_profiles),
    ]

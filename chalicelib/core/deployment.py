"""The part of the configuration that ships with the package and no page can edit: who administers, and the names of roles."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field, field_validator, model_validator

from chalicelib.core.arn import role_arn
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Principal

SESSION = "session"
"""In `sign_in`: the cookie of a session, which is always looked at first."""
PLUGIN = "plugin"
"""In `sign_in`: the page that a plugin's hook `sign_in_url` names."""


class Hub(Frozen):
    """The account that this product runs in, and the names of its three roles, which trust policies everywhere know."""

    account_id: str = Field(pattern=r"^[0-9]{12}$")
    partition: str = "aws"
    api_role: str = "ConsoleMeApi"
    sync_role: str = "ConsoleMeSync"
    apply_role: str = "ConsoleMeApply"

    @property
    def api_role_arn(self) -> str:
        return role_arn(self.partition, self.account_id, self.api_role)

    @property
    def role_arns(self) -> frozenset[str]:
        names = (self.api_role, self.sync_role, self.apply_role)
        return frozenset(role_arn(self.partition, self.account_id, name) for name in names)


class Spoke(Frozen):
    """The roles that this product assumes in every account: one to read, one to change. `role_name` names both."""

    read_role: str = "ConsoleMeSpokeRead"
    apply_role: str = "ConsoleMeSpokeApply"
    external_id: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_name_for_both(cls, data: Any) -> Any:
        if isinstance(data, dict) and "role_name" in data:
            rest = {key: value for key, value in data.items() if key != "role_name"}
            return {"read_role": data["role_name"], "apply_role": data["role_name"], **rest}
        return data


class ConfigAggregator(Frozen):
    """The aggregator of AWS Config that gathers from the organisation's accounts; read through the spoke role of its account."""

    account_id: str = Field(pattern=r"^[0-9]{12}$")
    region: str
    name: str


class Deployment(Frozen):
    administrators: tuple[str, ...] = Field(min_length=1)
    """Principals, `user:` or `group:`; at least one, or nobody could ever approve anything."""
    hub: Hub
    spoke: Spoke = Spoke()
    regions: tuple[str, ...] = ("us-east-1",)
    config_aggregator: ConfigAggregator | None = None
    """Where one query tells what AWS Config records of an account; without it Config is asked in every account and region."""
    sign_in: tuple[str, ...] = ("session",)
    """Names of `sign_in_methods`, in the order in which people are offered them. `session` is the cookie of somebody who has
    signed in, and `plugin` the page that a plugin names; where no method is listed, the plugin's page is used."""
    sign_in_message: str = Field(default="", max_length=500)
    """Shown on the sign-in page, as plain text."""
    sign_in_methods: Mapping[str, Any] = Field(default_factory=dict)
    """Read by the sign-in alone, which knows the kinds of methods."""

    @field_validator("administrators")
    @classmethod
    def _principals(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(Principal.parse(name)) for name in names)

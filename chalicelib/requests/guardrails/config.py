"""Section `guardrails` of the configuration."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from chalicelib.accounts.models import AccountId
from chalicelib.core.model import Frozen
from chalicelib.core.targets import check_arn_pattern
from chalicelib.requests.guardrails.models import Verdict

ArnPattern = Annotated[str, AfterValidator(check_arn_pattern)]
ActionPattern = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?_-]+)$")]
OrganizationId = Annotated[str, StringConstraints(pattern=r"^o-[a-z0-9]{3,}$")]


class RequiredBoundary(Frozen):
    """Principals that must keep a permissions boundary."""

    principals: tuple[ArnPattern, ...] = Field(min_length=1)
    """ARN patterns of roles and users."""
    boundaries: tuple[ArnPattern, ...] = Field(min_length=1)
    """ARN patterns of the managed policies of which one must be their boundary."""


class GuardrailsConfig(Frozen):
    """Section `guardrails`: what requests are warned of, held up by, or refused for."""

    verdicts: dict[str, Verdict] = Field(default_factory=dict)
    """By the name of a guardrail, what follows from whatever it says beyond a note: `note`, `warn`, `more_approval` or `refuse`."""
    protected: tuple[ArnPattern, ...] = ()
    """ARN patterns of what no request may change."""
    protected_accounts: tuple[AccountId, ...] = ()
    """Accounts in which no request may change anything."""
    denied_actions: tuple[ActionPattern, ...] = ()
    """Actions that no request may allow, such as `organizations:LeaveOrganization`; with `*` and `?`."""
    required_boundaries: tuple[RequiredBoundary, ...] = ()
    """Who must have which permissions boundary."""
    trusted_accounts: tuple[AccountId, ...] = ()
    """Accounts beside those of the directory that policies may let in."""
    trusted_organizations: tuple[OrganizationId, ...] = ()
    """Organisations beside those of the directory that policies may let in."""
    access_analyzer: bool = False
    """Whether IAM Access Analyzer validates policies too: one call for each changed document."""

    @field_validator("verdicts")
    @classmethod
    def _known(cls, verdicts: dict[str, Verdict]) -> dict[str, Verdict]:
        from chalicelib.requests.guardrails.registry import rule_names

        if unknown := sorted(set(verdicts) - rule_names()):
            message = f"there is no guardrail {unknown[0]}; there are {', '.join(sorted(rule_names()))}"
            raise ValueError(message)
        return verdicts

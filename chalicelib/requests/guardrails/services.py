"""The guardrails' part of the composition root."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.aws.sessions import Sessions
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.inventory.services import InventoryServices
    from chalicelib.requests.guardrails.actions import ActionData
    from chalicelib.requests.guardrails.analyze import Analyze
    from chalicelib.requests.guardrails.check import Guardrails
    from chalicelib.requests.guardrails.check_policy import PolicyChecker
    from chalicelib.requests.guardrails.config import GuardrailsConfig
    from chalicelib.requests.guardrails.gather import GatherFacts
    from chalicelib.requests.guardrails.parliament import Parliament
    from chalicelib.requests.guardrails.subjects import Document, Kind, Lint


class GuardrailServices:
    def __init__(
        self,
        *,
        settings: Settings,
        configuration: "Configuration",
        aws: "Sessions",
        inventory: "Callable[[], InventoryServices]",
    ) -> None:
        self._settings = settings
        self._configuration = configuration
        self._aws = aws
        self._inventory = inventory

    @cached_property
    def config(self) -> "GuardrailsConfig":
        from chalicelib.requests.guardrails.config import GuardrailsConfig

        return self._configuration.section("guardrails", GuardrailsConfig)

    @cached_property
    def gather(self) -> "GatherFacts":
        from chalicelib.access.authorization import AuthorizationConfig
        from chalicelib.requests.guardrails.gather import GatherFacts

        inventory = self._inventory()
        return GatherFacts(
            config=self.config,
            role_tags=self._configuration.section("authorization", AuthorizationConfig).role_tags,
            accounts=inventory.accounts,
            resources=inventory.resources,
            aws_documents=lambda arn: inventory.pages.policy_documents.of_aws(arn),  # noqa: PLW0108 made when it is needed
            actions=lambda: self.actions,
            lint=lambda document: self.parliament.lint(document),  # noqa: PLW0108 made when it is needed
            analyze=self._analyze if self.config.access_analyzer else _nobody,
            own=self._own,
        )

    @cached_property
    def _own(self) -> frozenset[str]:
        from chalicelib.core.deployment import Deployment
        from chalicelib.requests.guardrails.own import own_resources

        return own_resources(self._settings, self._configuration.section("deployment", Deployment).hub)

    @cached_property
    def _analyze(self) -> "Analyze":
        from chalicelib.aws.access_analyzer import AccessAnalyzer
        from chalicelib.requests.guardrails.analyze import Analyze

        return Analyze(AccessAnalyzer(self._aws, here=self._settings.aws_endpoint_url is None))

    @cached_property
    def parliament(self) -> "Parliament":
        """Loads its library when it is asked for the first time."""
        from chalicelib.requests.guardrails.parliament import Parliament

        return Parliament()

    @cached_property
    def actions(self) -> "ActionData":
        from chalicelib.requests.guardrails.actions import ActionData, read_actions

        return ActionData(read_actions())

    @cached_property
    def check_policy(self) -> "PolicyChecker":
        from chalicelib.requests.guardrails.check_policy import PolicyChecker

        return PolicyChecker(self.gather)

    @cached_property
    def guardrails(self) -> "Guardrails":
        from chalicelib.requests.guardrails.check import Guardrails

        return Guardrails(self.gather)


def _nobody(_document: "Document", _kind: "Kind") -> "Sequence[Lint]":
    """Who is asked where the configuration has not switched Access Analyzer on."""
    return ()

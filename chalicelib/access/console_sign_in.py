"""The AWS console in one click."""

from chalicelib.access.issue_credentials import CredentialBroker, Wish
from chalicelib.access.models import ConsoleConfig
from chalicelib.aws.federation import FederationEndpoint
from chalicelib.core.deployment import Deployment
from chalicelib.core.model import Frozen
from chalicelib.core.partitions import console_destination, partition
from chalicelib.core.principals import Caller


class ConsoleLink(Frozen):
    url: str
    role_arn: str


class ConsoleSignIn:
    def __init__(
        self, *, broker: CredentialBroker, federation: FederationEndpoint, deployment: Deployment, config: ConsoleConfig
    ) -> None:
        self._broker = broker
        self._federation = federation
        self._deployment = deployment
        self._config = config

    def link(self, caller: Caller, *, search: str, region: str, destination: str, client: str) -> ConsoleLink:
        """Raises InvalidInput for a destination outside the console, and what `CredentialBroker.issue` raises."""
        name = self._deployment.hub.partition
        target = console_destination(name, region or self._config.region, destination)
        wish = Wish(search=search, console_only=True, purpose="console.sign_in", client=client)
        issued = self._broker.issue(caller, wish)
        url = self._federation.sign_in_url(
            self._config.federation_url or partition(name).federation,
            issued.credentials,
            destination=target,
            issuer=self._config.issuer,
        )
        return ConsoleLink(url=url, role_arn=issued.role_arn)

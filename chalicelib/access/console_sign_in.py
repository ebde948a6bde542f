"""The AWS console in one click."""

from typing import Protocol

from chalicelib.access.issue_credentials import CredentialBroker, Issued
from chalicelib.access.models import ConsoleConfig
from chalicelib.access.wishes import CONSOLE, Wish
from chalicelib.aws.sessions import IssuedCredentials
from chalicelib.core.deployment import Deployment
from chalicelib.core.model import Frozen
from chalicelib.core.partitions import console_destination, partition, signed_out_first
from chalicelib.core.principals import Caller


class ConsoleLink(Frozen):
    url: str
    role_arn: str


class Visit(Frozen):
    """What a link into the console asks for. Empty: the configured region, its start page."""

    search: str
    region: str = ""
    destination: str = ""
    read_only: bool = False


class SignInEndpoint(Protocol):
    def sign_in_url(self, url: str, credentials: IssuedCredentials, *, destination: str, issuer: str) -> str:
        """Raises Upstream."""


class ConsoleSignIn:
    def __init__(
        self, *, broker: CredentialBroker, federation: SignInEndpoint, deployment: Deployment, config: ConsoleConfig
    ) -> None:
        self._broker = broker
        self._federation = federation
        self._deployment = deployment
        self._config = config

    def link(self, caller: Caller, visit: Visit, *, client: str) -> ConsoleLink:
        """Raises InvalidInput for a destination outside the console, Upstream when AWS's sign-in endpoint fails, and what
        `CredentialBroker.issue` raises.
        """
        name = self._deployment.hub.partition
        region = visit.region or self._config.region
        destination = console_destination(name, region, visit.destination, self._config.destinations)
        endpoint = self._config.federation_url or partition(name).federation

        def signed_in(issued: Issued) -> ConsoleLink:
            url = self._federation.sign_in_url(
                endpoint, issued.credentials, destination=destination, issuer=self._config.issuer
            )
            alone = url if self._config.multi_session else signed_out_first(name, url)
            return ConsoleLink(url=alone, role_arn=issued.role_arn)

        wish = Wish(search=visit.search, console_only=True, read_only=visit.read_only, purpose=CONSOLE, client=client)
        return self._broker.hand_out(caller, wish, signed_in)

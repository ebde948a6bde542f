"""What the product needs to talk to the laptop's Slack and to send its mail: a section of the configuration, two secrets, an address."""

from collections.abc import Sequence
from typing import Any

from infra.local.people import Person
from infra.local.stack import TABLE_PREFIX, Clients
from infra.local.telling.workspace import APP, CHANNEL, TEAM, Workspace

SENDER, DOMAIN = "consoleme@example.com", "example.com"


def section() -> dict[str, Any]:
    """Of the demo's configuration."""
    return {
        "slack": {"team_id": TEAM, "app_id": APP, "channel": CHANNEL},
        "email": {"sender": SENDER, "domains": [DOMAIN]},
    }


def prepared(people: Sequence[Person], client: Clients) -> Workspace:
    """A workspace, with the product's secrets for it. Those that an earlier run has left are another workspace's: they are replaced."""
    workspace, secretsmanager = Workspace(people), client("secretsmanager")
    for name, text in {"signing-secret": workspace.signing_secret, "token": workspace.token}.items():
        secret = f"{TABLE_PREFIX}slack-{name}"
        try:
            secretsmanager.create_secret(Name=secret, SecretString=text)
        except secretsmanager.exceptions.ResourceExistsException:
            secretsmanager.put_secret_value(SecretId=secret, SecretString=text)
    client("ses").verify_email_identity(EmailAddress=SENDER)
    return workspace

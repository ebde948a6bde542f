"""What must be known before a table can be read. The only reader of the environment."""

import functools
import os
from pathlib import Path

from chalicelib.core.errors import Misconfigured
from chalicelib.core.model import Frozen

PREFIX = "CONSOLEME_"


class Settings(Frozen):
    """One field per variable; the variable is `CONSOLEME_` and the field's name in capitals, except `region`."""

    stage: str = "dev"
    """Name of the deployment; `laptop` where everything is embedded."""
    public_url: str = ""
    """What people type, without a slash at the end: links, cookies and redirects are built from it alone."""
    table_prefix: str = "consoleme-"
    bucket: str = ""
    audit_bucket: str = ""
    """Where seals of the audit log are kept, under Object Lock."""
    audit_key: str = ""
    """ARN or alias of the KMS key that signs them."""
    session_secret: str = "consoleme-session-keys"  # noqa: S105 the name of a secret, not a secret
    """Name of the Secrets Manager secret that holds `{"keys": [{"kid": ..., "key": ...}]}`, newest first."""
    authorization_queue_url: str = ""
    telling_queue_url: str = ""
    """Where it waits that people must be told, and what they press in Slack."""
    slack_api_url: str = "https://slack.com/api"
    """Every call of Slack goes here, with the token: no page can change it."""
    refresh_state_machine_arn: str = ""
    request_state_machine_arn: str = ""
    revoke_state_machine_arn: str = ""
    function_prefix: str = ""
    """What stands before the names of this deployment's functions."""
    config_file: str = str(Path(__file__).parent / "configuration.yaml")
    """The configuration document that ships with the package."""
    plugins: tuple[str, ...] = ()
    """Module paths, separated by commas."""
    aws_endpoint_url: str | None = None
    """Every AWS call goes here; unset in AWS."""
    states_endpoint_url: str | None = None
    """Step Functions only; the former where unset."""
    cdn_secret: str = ""
    """Value of the header by which the CDN proves itself; without it `CloudFront-Viewer-Address` is not believed."""
    region: str = "us-east-1"
    """From AWS_REGION."""

    @property
    def on_laptop(self) -> bool:
        return self.stage == "laptop"


def from_environment(environment: dict[str, str]) -> Settings:
    """Raises Misconfigured for a variable with our prefix that nothing reads: a misspelt one would be silently lost."""
    values: dict[str, object] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        field = name.removeprefix(PREFIX).lower()
        if field not in Settings.model_fields or field == "region":
            known = ", ".join(sorted(PREFIX + known.upper() for known in Settings.model_fields))
            raise Misconfigured(f"The environment variable {name} is not known. Known are: {known}.")
        if field == "plugins":
            values[field] = tuple(part.strip() for part in value.split(",") if part.strip())
        elif value:
            values[field] = value.rstrip("/") if field.endswith("_url") else value
    if region := environment.get("AWS_REGION"):
        values["region"] = region
    return Settings.model_validate(values)


@functools.cache
def load() -> Settings:
    return from_environment(dict(os.environ))  # noqa: TID251 this is the one reader

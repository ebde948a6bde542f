"""The environment that the functions get: what the deployed stack would set, and what keeps them on this machine."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local import stack
from infra.local.embedded import Credentials
from infra.local.interpreter import PREFIX
from infra.local.options import ROOT

PLUGIN = "infra.local.plugin"
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE")
"""All that functions get of the laptop's own environment: profiles, proxies and keys of its owner stay out."""


@dataclass(frozen=True)
class Surroundings:
    root: Path
    home: Path
    public_url: str
    region: str
    config_file: Path
    endpoint_url: str
    states_endpoint_url: str
    kept: stack.Stack
    state_machine_arns: Mapping[str, str]
    plugins: tuple[str, ...] = ()

    def variables(self, credentials: Credentials) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},  # noqa: TID251 handed on, not read
            **_of_chalice(self.root),
            **credentials.environment(),
            "HOME": str(self.home),
            "TMPDIR": tempfile.gettempdir(),
            "PYTHONPATH": os.pathsep.join(dict.fromkeys([str(self.root), str(ROOT), str(ROOT / "vendor")])),
            "PYTHONUNBUFFERED": "1",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CONSOLEME_STAGE": "laptop",
            "CONSOLEME_PUBLIC_URL": self.public_url,
            "CONSOLEME_TABLE_PREFIX": stack.TABLE_PREFIX,
            "CONSOLEME_BUCKET": self.kept.bucket,
            "CONSOLEME_AUDIT_BUCKET": self.kept.audit_bucket,
            "CONSOLEME_AUDIT_KEY": stack.AUDIT_KEY,
            "CONSOLEME_SESSION_SECRET": stack.SESSION_SECRET,
            "CONSOLEME_AUTHORIZATION_QUEUE_URL": self.kept.authorization_queue_url,
            "CONSOLEME_TELLING_QUEUE_URL": self.kept.outputs["TellingQueueUrl"],
            "CONSOLEME_REFRESH_STATE_MACHINE_ARN": self.state_machine_arns.get("refresh", ""),
            "CONSOLEME_REQUEST_STATE_MACHINE_ARN": self.state_machine_arns.get("request", ""),
            "CONSOLEME_REVOKE_STATE_MACHINE_ARN": self.state_machine_arns.get("revoke", ""),
            "CONSOLEME_SLACK_API_URL": f"{self.public_url}/local/slack/api",
            "CONSOLEME_FUNCTION_PREFIX": PREFIX,
            "CONSOLEME_CONFIG_FILE": str(self.config_file),
            "CONSOLEME_PLUGINS": ",".join((PLUGIN, *self.plugins)),
            "CONSOLEME_AWS_ENDPOINT_URL": self.endpoint_url,
            "CONSOLEME_STATES_ENDPOINT_URL": self.states_endpoint_url,
        }


def _of_chalice(root: Path) -> dict[str, str]:
    """What `.chalice/config.json` sets for every function."""
    file = root / ".chalice" / "config.json"
    if not file.is_file():
        return {}
    variables = json.loads(file.read_text(encoding="utf-8")).get("environment_variables", {})
    return {str(name): str(value) for name, value in variables.items()}

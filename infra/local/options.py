"""What the laptop cloud is started with, checked before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import yaml

from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import Misconfigured
from chalicelib.dynamic_config.document import Configuration, parse
from infra.local.people import BadPeopleError, Person, read_people
from infra.package.policies import RoleNames
from infra.reference import section_model

Demo = Literal["none", "small", "full"]
ROOT = Path(__file__).resolve().parents[2]
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class BadOptionsError(ValueError):
    """The laptop cloud cannot start like this; the message says what to change."""


@dataclass(frozen=True)
class Options:
    port: int = 0
    """0: any free one."""
    config: Path | None = None
    people: Path | None = None
    plugins: tuple[str, ...] = ()
    """Module paths of plugins beside the laptop's own; packages are found in `vendor/`."""
    aws_endpoint: str | None = None
    """An AWS that somebody else has started and filled, on loopback; None for an embedded one."""
    step_functions: Literal["embedded", "endpoint"] = "embedded"
    demo: Demo = "none"
    per_function: bool = False
    """Each function under its own role with its own policy file, as deployed; else those without a hub role share one."""
    enforce: bool = False
    """Whether the embedded AWS checks every call against the policies of its caller."""
    seconds_divisor: float = 1.0
    """By how much the seconds of the state machines are divided, for tests."""
    schedules: bool = True
    """Whether scheduled functions run by themselves; a test may prefer to invoke them."""
    overlay: Mapping[str, Any] = field(default_factory=dict)
    """Laid over the configuration document: mappings key by key, anything else in its place."""
    root: Path = ROOT

    def check(self) -> None:
        """Raises BadOptionsError."""
        if self.config is not None and not self.config.is_file():
            raise BadOptionsError(f"The configuration file {self.config} does not exist. Set CONFIG to one that does.")
        if self.aws_endpoint is not None:
            self._check_endpoint(self.aws_endpoint)
        elif self.demo == "none" and self.config is None:
            raise BadOptionsError(
                "Without a demo organisation a configuration is needed: set CONFIG, or DEMO to small or full."
            )
        elif self.step_functions == "endpoint":
            raise BadOptionsError("STEP_FUNCTIONS=endpoint needs an AWS_ENDPOINT.")

    def _check_endpoint(self, endpoint: str) -> None:
        parts = urlsplit(endpoint)
        if parts.scheme not in {"http", "https"} or parts.hostname not in _LOOPBACK:
            raise BadOptionsError(
                f"AWS_ENDPOINT must be on this machine (http://127.0.0.1:...), not {endpoint}: nothing here may reach a real AWS."
            )
        if self.demo != "none":
            raise BadOptionsError(
                "A demo organisation is written into an embedded AWS only: with AWS_ENDPOINT choose DEMO=none."
            )
        if self.config is None:
            raise BadOptionsError("With AWS_ENDPOINT a configuration is needed that names its hub account: set CONFIG.")
        if self.enforce:
            raise BadOptionsError("Policies are enforced by the embedded AWS only, not with AWS_ENDPOINT.")

    def read_people(self) -> tuple[Person, ...]:
        """Raises BadOptionsError."""
        if self.people is None:
            return ()
        try:
            return read_people(self.people)
        except BadPeopleError as error:
            raise BadOptionsError(f"{error} Set PEOPLE to a good one.") from error


@dataclass(frozen=True)
class LaptopConfiguration:
    """The configuration document of this start, with what only the laptop has filled in."""

    text: str
    deployment: Deployment
    names: RoleNames

    @property
    def region(self) -> str:
        return self.deployment.regions[0]


def configuration(
    text: str, source: str, *, federation_url: str, overlay: Mapping[str, Any] | None = None
) -> LaptopConfiguration:
    """Checks the whole document; where it names no console federation it gets ours. Raises BadOptionsError."""
    try:
        document = _laid_over(parse(text, source), overlay or {})
        checked = Configuration(document, source)
        for name in document:
            checked.section(name, section_model(name))
        deployment = checked.section("deployment", Deployment)
    except Misconfigured as error:
        raise BadOptionsError(f"The configuration can't be used. {error.message}") from error
    console: dict[str, Any] = document.get("console") or {}
    if not console.get("federation_url"):
        document["console"] = {**console, "federation_url": federation_url}
    return LaptopConfiguration(
        text=yaml.safe_dump(document, sort_keys=False, allow_unicode=True),
        deployment=deployment,
        names=RoleNames.of(document),
    )


def _laid_over(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(document)
    for key, value in overlay.items():
        below = found.get(key)
        found[key] = _laid_over(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return found

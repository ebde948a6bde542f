"""A deployment whose configuration people edit: its packaged document, its processes, and who is known there."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import create_loader

from chalicelib.bootstrap import Container, Process
from chalicelib.core.configuration_hooks import Finding, Sections
from chalicelib.core.principals import Caller
from chalicelib.dynamic_config.models import Saved, SaveWish
from chalicelib.plugins.hookspecs import hookimpl
from chalicelib.settings import load
from tests.support.aws import forget_everything
from tests.support.builders import caller
from tests.support.clock import FrozenClock
from tests.support.request_world import empty

PACKAGED = """\
# What ships.
deployment:
  administrators: ["group:admins"]
  hub:
    account_id: "123456789012"

# People of the payments team.
authorization:
  group_mapping:
    group:payments:
      roles: ["arn:aws:iam::222222222222:role/deploy"]  # nightly
groups:
  can_edit_config: ["group:editors"]
site: {message_title: first}
"""
DEPLOYMENT = PACKAGED[PACKAGED.index("deployment:") : PACKAGED.index("\n# People")]
EDITABLE = PACKAGED.replace(DEPLOYMENT, "")
ADA, EDDI = "ada@example.com", "eddi@example.com"


_descriptions = functools.cache(create_loader)
"""AWS's service descriptions are read from disk once, not by every process that a test pretends to start."""


@dataclass
class Follower:
    """A company's plugin that notes what it is told, and says what the test wants."""

    told: list[tuple[int, int]] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()
    failure: Exception | None = None

    @hookimpl
    def configuration_saved(self, before: Sections, after: Sections) -> None:
        if self.failure is not None:
            raise self.failure
        self.told.append((before.version, after.version))

    @hookimpl
    def configuration_check(self, before: Sections, after: Sections, caller: Caller) -> list[Finding]:
        return list(self.findings)


class ConfigurationWorld:
    def __init__(self, clock: FrozenClock, config_file: Path) -> None:
        self.clock = clock
        self.config_file = config_file
        self.follower = Follower()
        self._process: Process | None = None

    def package(self, text: str) -> None:
        """Another package is deployed: every process starts anew."""
        self.config_file.write_text(text, encoding="utf-8")
        self.crash()

    def process(self) -> Process:
        """A new process beside the others."""
        process = Process(load(), self.clock)
        process().plugins.register(self.follower)
        return process

    def container(self) -> Container:
        """Of the one process that people talk to."""
        if self._process is None:
            self._process = self.process()
        return self._process()

    def crash(self) -> None:
        self._process = None
        forget_everything()

    @property
    def text(self) -> str:
        return self.container().dynamic_config.editor.shown().text

    def save(self, text: str, who: Caller | None = None, **wish: Any) -> Saved:
        """As somebody who has just read what is in force; an administrator, unless said otherwise."""
        editor = self.container().dynamic_config.editor
        base = {"text": text, "existing_sha256": editor.shown().sha256}
        return editor.save(who or administrator(), SaveWish.model_validate({**base, **wish}))

    def follow(self) -> Any:
        """What the task does each minute."""
        return self.container().dynamic_config.follow_up.run(330)

    def actions(self) -> list[tuple[str, str, Any]]:
        """Action, outcome and version of everything in the audit log about the configuration, oldest first."""
        links = reversed(self.container().audit.of_target("configuration"))
        return [(link.entry.action, link.entry.outcome.value, link.entry.details.get("version")) for link in links]


def administrator(user: str = ADA) -> Caller:
    return caller(user, "admins")


def editor(user: str = EDDI, *groups: str) -> Caller:
    return caller(user, "editors", *groups)


def document(**sections: Any) -> str:
    """A document of these sections, in YAML."""
    import yaml

    return yaml.safe_dump(sections, sort_keys=False)


@contextmanager
def configuration_world(monkeypatch: pytest.MonkeyPatch, directory: Path) -> Iterator[ConfigurationWorld]:
    """For a test that has our tables."""
    config_file = directory / "configuration.yaml"
    monkeypatch.setattr("botocore.session.create_loader", _descriptions)
    monkeypatch.setenv("CONSOLEME_CONFIG_FILE", str(config_file))
    world = ConfigurationWorld(FrozenClock(), config_file)
    world.package(PACKAGED)
    empty("config", "audit", "directory")
    yield world
    forget_everything()


def tick(task: Any) -> Any:
    """What EventBridge does each minute."""
    event = {"time": "2030-01-01T00:00:00Z", "source": "aws.events", "account": "1", "region": "us-east-1", "id": "1"}
    return task({**event, "detail": {}, "detail-type": "Scheduled Event", "version": "0", "resources": []}, None)

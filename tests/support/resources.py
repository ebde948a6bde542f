"""Buckets, queues, topics and policies in memory. Passes the tests of the real gateway."""

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.errors import NotFound
from chalicelib.core.resources import DescribedResource


@dataclass
class FakeResource:
    identity: str
    policy: dict[str, Any] | None = None
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeResources:
    held: dict[str, FakeResource] = field(default_factory=dict)

    def add(
        self, arn: str, policy: dict[str, Any] | None = None, *, identity: str = "one", tags: Mapping[str, str] = {}
    ) -> None:
        self.held[arn] = FakeResource(identity, policy, dict(tags))

    def _of(self, arn: str) -> FakeResource:
        if arn not in self.held:
            raise NotFound(f"there is no {arn}", reason="NoSuchBucket")
        return self.held[arn]

    def find(self, arn: str) -> DescribedResource:
        return DescribedResource(arn=arn, identity=self._of(arn).identity)

    def policy(self, arn: str) -> dict[str, Any] | None:
        return copy.deepcopy(self._of(arn).policy)

    def tags(self, arn: str) -> dict[str, str]:
        return dict(self._of(arn).tags)

    def set_policy(self, arn: str, document: Mapping[str, Any] | None) -> None:
        self._of(arn).policy = None if document is None else copy.deepcopy(dict(document))

    def retag(self, arn: str, tags: Mapping[str, str], gone: Collection[str]) -> None:
        held = self._of(arn)
        held.tags = {key: value for key, value in held.tags.items() if key not in gone} | dict(tags)

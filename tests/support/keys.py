"""Signing keys that a test holds in its hand."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class HeldKeys:
    """`keys` by kid, the newest first."""

    keys: Mapping[str, str]

    def all(self) -> Mapping[str, str]:
        return self.keys

    def find(self, kid: str) -> str | None:
        return self.keys.get(kid)

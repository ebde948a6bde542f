"""Base classes of every typed document: new documents are strict, ConsoleMe's old wire is lenient."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Frozen(BaseModel):
    """A document of ours: immutable, and a key that nobody knows is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OldWire(BaseModel):
    """A document that ConsoleMe's clients send: unknown keys are ignored, `PrincipalArn` means `principal_arn`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _snake_cased(cls, data: Any) -> Any:
        return snake_cased(data, cls.model_fields) if isinstance(data, dict) else data


def snake_cased(data: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """The data with the names of our fields; what no field is called keeps its name."""
    return {key if key in known else _snake(key, known): value for key, value in data.items()}


def _snake(key: Any, known: Collection[str]) -> Any:
    if not isinstance(key, str) or not key[:1].isupper():
        return key
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key).lstrip("_")
    return snake if snake in known else key

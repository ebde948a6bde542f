"""The folder is the registry: every module here but this one and `base` is a kind of sign-in method, as its `METHOD` says."""

import functools
import importlib
import operator
import pkgutil
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, field_validator, model_validator

from chalicelib.core.deployment import PLUGIN, SESSION, Deployment
from chalicelib.core.errors import InvalidInput
from chalicelib.identity import methods
from chalicelib.identity.methods.base import (
    AnyMethodType,
    MethodConfig,
    RedirectMethod,
    RequestMethod,
    Surroundings,
)

_NOT_METHODS = {"base", "registry"}
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
RESERVED = frozenset({SESSION, PLUGIN})


@functools.cache
def method_types() -> Mapping[str, AnyMethodType]:
    """By name. Raises AttributeError for a module that registers nothing."""
    found: dict[str, AnyMethodType] = {}
    for info in pkgutil.iter_modules(methods.__path__):
        if info.name not in _NOT_METHODS:
            module = importlib.import_module(f"{methods.__name__}.{info.name}")
            found[module.METHOD.name] = module.METHOD
    return found


if TYPE_CHECKING:
    AnyMethodConfig = MethodConfig
else:
    _configs = functools.reduce(operator.or_, [kind.config for kind in method_types().values()])
    AnyMethodConfig = Annotated[_configs, Field(discriminator="method")]


class FullDeployment(Deployment):
    """Ships with the package, and no page can edit it: who administers, how people prove who they are, and the names of roles."""

    sign_in_methods: dict[str, AnyMethodConfig] = Field(default_factory=dict)
    """By a name of your own; `sign_in` lists the names that are used."""

    @field_validator("sign_in_methods")
    @classmethod
    def _named(cls, configured: dict[str, MethodConfig]) -> dict[str, MethodConfig]:
        for name in configured:
            if name in RESERVED or not _NAME.fullmatch(name):
                raise InvalidInput(f"A method can't be called '{name}': use small letters, digits, '-' and '_'.")
        return configured

    @model_validator(mode="after")
    def _described(self) -> Self:
        if unknown := sorted(set(self.sign_in) - set(self.sign_in_methods) - RESERVED):
            known = ", ".join(sorted({*self.sign_in_methods, *RESERVED}))
            raise InvalidInput(
                f"sign_in names {unknown[0]}, which sign_in_methods does not describe. Known are: {known}."
            )
        return self


def used_methods(deployment: FullDeployment, surroundings: Surroundings) -> tuple[RedirectMethod | RequestMethod, ...]:
    """The methods that the deployment names, built, in its order."""
    names = [name for name in dict.fromkeys(deployment.sign_in) if name not in RESERVED]
    return tuple(_built(name, deployment.sign_in_methods[name], surroundings) for name in names)


def _built(name: str, config: MethodConfig, surroundings: Surroundings) -> RedirectMethod | RequestMethod:
    return method_types()[config.method].build(name, config, surroundings)

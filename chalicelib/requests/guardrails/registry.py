"""The folder `rules` is the registry: every module there is a guardrail, called as the module is."""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping

from chalicelib.requests.guardrails import rules
from chalicelib.requests.guardrails.subjects import Facts, Said, Subject

Judge = Callable[[Subject, Facts], Iterable[Said]]


@functools.cache
def rule_names() -> frozenset[str]:
    return frozenset(info.name for info in pkgutil.iter_modules(rules.__path__))


@functools.cache
def guardrails() -> Mapping[str, Judge]:
    """By name. Raises AttributeError for a module that judges nothing."""
    return {name: importlib.import_module(f"{rules.__name__}.{name}").judge for name in sorted(rule_names())}

"""What the product declares: its functions, schedules, queues and routes, read from Chalice's own registries."""

import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

API = "api_handler"
"""Chalice's name for the function behind the API."""
DEFAULT_TIMEOUT = 60
DEFAULT_MEMORY = 128


@dataclass(frozen=True)
class Function:
    name: str
    handler: str
    """What Lambda would import: module and attribute."""
    timeout: int = DEFAULT_TIMEOUT
    memory: int = DEFAULT_MEMORY
    policy_file: str = ""


@dataclass(frozen=True)
class Schedule:
    function: str
    expression: str


@dataclass(frozen=True)
class QueueSource:
    function: str
    queue_name: str
    batch_size: int


@dataclass(frozen=True)
class Declared:
    functions: Mapping[str, Function]
    schedules: Sequence[Schedule]
    queues: Sequence[QueueSource]
    routes: Mapping[str, Sequence[str]]
    """Path with variables in braces, to its methods."""
    binary_types: Sequence[str]


class NotDeliverableError(ValueError):
    """The product declares a kind of trigger that the laptop cloud does not deliver."""


def load(root: Path) -> Declared:
    """What `app.py` in `root` declares; `root` must be importable. Raises NotDeliverableError."""
    app = importlib.import_module("app").app
    config_file = root / ".chalice" / "config.json"
    config = json.loads(config_file.read_text(encoding="utf-8")) if config_file.is_file() else {}
    return declared_by(app, config=config)


def declared_by(app: Any, *, api_handler: str = "app.app", config: Mapping[str, Any] | None = None) -> Declared:
    settings = _function_settings(config or {})
    handlers = {API: api_handler}
    handlers.update({one.name: one.handler_string for one in app.pure_lambda_functions})
    handlers.update({one.name: one.handler_string for one in app.event_sources})
    if app.builtin_auth_handlers or app.websocket_handlers:
        raise NotDeliverableError("The laptop cloud has no authorizer functions and no web sockets.")
    schedules, queues = _sources(app.event_sources)
    return Declared(
        functions={name: _function(name, handler, settings) for name, handler in handlers.items()},
        schedules=schedules,
        queues=queues,
        routes={path: sorted(methods) for path, methods in app.routes.items()},
        binary_types=tuple(app.api.binary_types),
    )


def _sources(sources: Sequence[Any]) -> tuple[list[Schedule], list[QueueSource]]:
    from chalice.app import ScheduledEventConfig, SQSEventConfig

    schedules, queues = [], []
    for source in sources:
        if isinstance(source, ScheduledEventConfig):
            expression = source.schedule_expression
            text = expression if isinstance(expression, str) else expression.to_string()
            schedules.append(Schedule(source.name, text))
        elif isinstance(source, SQSEventConfig):
            queue_name = source.queue or str(source.queue_arn).rpartition(":")[2]
            queues.append(QueueSource(source.name, queue_name, source.batch_size))
        else:
            kind = type(source).__name__
            raise NotDeliverableError(
                f"The laptop cloud cannot deliver to {source.name}: {kind} has no counterpart here."
            )
    return schedules, queues


def _function_settings(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Per function, from general to particular: what the file says, what its only stage says, what the function's entry says."""
    stage: Mapping[str, Any] = next(iter(config.get("stages", {}).values()), {})
    general = {**config, **stage}
    names = {*config.get("lambda_functions", {}), *stage.get("lambda_functions", {})}
    own = {
        name: {**config.get("lambda_functions", {}).get(name, {}), **stage.get("lambda_functions", {}).get(name, {})}
        for name in names
    }
    return {name: {**general, **settings} for name, settings in own.items()} | {"": dict(general)}


def _function(name: str, handler: str, settings: Mapping[str, Mapping[str, Any]]) -> Function:
    own = settings.get(name, settings.get("", {}))
    return Function(
        name=name,
        handler=handler,
        timeout=int(own.get("lambda_timeout", DEFAULT_TIMEOUT)),
        memory=int(own.get("lambda_memory_size", DEFAULT_MEMORY)),
        policy_file=str(own.get("iam_policy_file", "")),
    )

"""The one wrapper around Chalice's Lambda side.

A blueprint Lambda is imported alone, as `chalicelib.tasks.<name>.<name>`: `app.py` never runs there, so nothing of this may be
middleware. A task is a function from one typed payload to one typed result.
"""

import functools
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from inspect import get_annotations, getdoc
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from chalice.app import Blueprint, Rate
from pydantic import BaseModel, TypeAdapter, ValidationError

from chalicelib import bootstrap
from chalicelib.core.errors import AppError, InvalidInput
from chalicelib.core.hooks import MetricSample
from chalicelib.core.model import Frozen
from chalicelib.core.tasks import DeclaredTask, TaskKind, seconds
from chalicelib.observability import logger, metrics, quiet_libraries

_QUEUE_PREFIX = "consoleme-"
"""Queues are declared by their names in a deployment with the usual prefix."""


class QueueRecord(Frozen):
    """One message of a queue: its id, its group (FIFO) and its body as it was sent."""

    message_id: str
    group: str
    body: str


class QueueBatch(Frozen):
    records: tuple[QueueRecord, ...]


class BatchResult(Frozen):
    """Message ids that must come again, in the words of ReportBatchItemFailures."""

    failed: tuple[str, ...] = ()


class Tick(Frozen):
    """What a schedule hands over: nothing but the fact that it is time."""


class TimeLeft:
    """Seconds until Lambda ends the function; for a step that goes on in another one when its time is up."""

    def __init__(self, context: Any) -> None:
        self._milliseconds: Callable[[], int] = context.get_remaining_time_in_millis

    def __call__(self) -> float:
        return self._milliseconds() / 1000


Task = Callable[..., Any]


class Tasks(Blueprint):
    """A Blueprint of one module with one function, both named like the Lambda. `declared` says what it is, once it is decorated."""

    declared: DeclaredTask | None = None

    def step(self, function: Task) -> Task:
        """A function that a state machine (or an administrator) calls with its payload. It may take a TimeLeft beside it."""
        payload, result = _types(function)
        name, timed = function.__name__, TimeLeft in get_annotations(function, eval_str=True).values()
        self.declared = DeclaredTask(name, TaskKind.STEP, _purpose(function))

        @functools.wraps(function)
        def handle(event: Any, context: Any) -> Any:
            with _observed(name, context):
                more = (TimeLeft(context),) if timed else ()
                return result.dump_python(function(_parsed(payload, event, name), *more), mode="json")

        return self.lambda_function(name=name)(handle)  # type: ignore[no-any-return]

    def every(self, value: int, unit: str) -> Callable[[Task], Task]:
        """A function that EventBridge calls at a rate; when it last succeeded is recorded in `jobs`."""

        def register(function: Task) -> Task:
            name = function.__name__
            self.declared = DeclaredTask(name, TaskKind.SCHEDULE, _purpose(function), seconds(value, unit))

            @functools.wraps(function)
            def handle(event: Any) -> Any:
                with _observed(name, event.context), bootstrap.container().jobs.recorded(name) as recording:
                    told = _types(function)[1].dump_python(function(Tick()), mode="json")
                    recording.counts = counts_of(told)
                    return told

            return self.schedule(Rate(value, unit=unit), name=name)(handle)  # type: ignore[no-any-return]

        return register

    def queue(self, queue_name: str, batch_size: int = 10) -> Callable[[Task], Task]:
        """A function that takes batches from an SQS queue and says which messages must come again."""

        def register(function: Task) -> Task:
            name = function.__name__
            self.declared = DeclaredTask(
                name, TaskKind.QUEUE, _purpose(function), queue=queue_name.removeprefix(_QUEUE_PREFIX)
            )

            @functools.wraps(function)
            def handle(event: Any) -> Any:
                batch = QueueBatch(records=tuple(map(_record, event.to_dict()["Records"])))
                with _observed(name, event.context), _batch_recorded(name, batch) as failed:
                    outcome: BatchResult = function(batch)
                    failed.extend(outcome.failed)
                return {"batchItemFailures": [{"itemIdentifier": item} for item in outcome.failed]}

            return self.on_sqs_message(queue=queue_name, batch_size=batch_size, name=name)(handle)  # type: ignore[no-any-return]

        return register


def counts_of(told: Any) -> dict[str, int]:
    """The numbers of a result, by name: whole numbers as they are, lists by their length. Times (`..._at`) count nothing."""
    if not isinstance(told, dict):
        return {}
    counted = {name: len(value) if isinstance(value, list | dict) else value for name, value in told.items()}
    return {name: value for name, value in counted.items() if type(value) is int and not name.endswith("_at")}


@contextmanager
def _batch_recorded(name: str, batch: QueueBatch) -> Iterator[list[str]]:
    """Records how a batch went, with one write, as a failure when a message must come again.

    A record that can't be kept fails no batch: what was done would be done twice.
    """
    jobs, began = bootstrap.container().jobs, bootstrap.container().clock.now()
    failed: list[str] = []
    try:
        yield failed
    except Exception as error:
        with suppress(AppError):
            jobs.failed(name, began, str(error))
        raise
    with suppress(AppError):
        if failed:
            jobs.failed(
                name, began, f"{len(failed)} of {len(batch.records)} messages must come again; the log says why."
            )
        else:
            jobs.succeeded(name, began, {"messages": len(batch.records)})


def _purpose(function: Task) -> str:
    """The first line of what the module says of itself."""
    said = getdoc(sys.modules[function.__module__]) or ""
    return said.partition("\n")[0]


def _types(function: Task) -> tuple[type[BaseModel], TypeAdapter[Any]]:
    """Payload and result, from the annotations; evaluated, since a payload type may be written as text."""
    hints = get_annotations(function, eval_str=True)
    result = hints.pop("return")
    payload = next(iter(hints.values()))
    return payload, TypeAdapter(result)


def _parsed(payload: type[BaseModel], event: Any, name: str) -> Any:
    try:
        return payload.model_validate(event)
    except ValidationError as error:
        raise InvalidInput(
            f"{name} was called with a payload it does not know: {error}", reason="bad_payload"
        ) from error


def _record(record: Mapping[str, Any]) -> QueueRecord:
    return QueueRecord(
        message_id=record["messageId"],
        group=record.get("attributes", {}).get("MessageGroupId", ""),
        body=record["body"],
    )


class _observed:  # noqa: N801 used as a word in a with statement
    """Logs begin and end of a call and counts it; an error is logged with its cause and goes on upwards."""

    def __init__(self, name: str, context: Any) -> None:
        self._name = name
        self._request_id = getattr(context, "aws_request_id", "")

    def __enter__(self) -> None:
        quiet_libraries()
        logger.append_keys(task=self._name, request_id=self._request_id)
        logger.info("task begins")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        outcome = "Failed" if error else "Succeeded"
        metrics.add_dimension(name="task", value=self._name)
        metrics.add_metric(name=outcome, unit=MetricUnit.Count, value=1)
        metrics.flush_metrics()
        if error is None or isinstance(error, Exception):
            # A task that failed because there is no container has said so itself.
            with suppress(AppError):
                sample = MetricSample(f"Task{outcome}", 1, dimensions={"task": self._name})
                bootstrap.container().measure(sample)
        if error is None:
            logger.info("task ends")
        else:
            logger.error("task failed", exc_info=(kind or type(error), error, error.__traceback__))

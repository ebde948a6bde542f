"""What the wrapper around every function writes down of it."""

import io
from contextlib import redirect_stdout
from typing import Any

import pytest

from chalicelib.core.errors import Upstream
from chalicelib.core.model import Frozen
from chalicelib.core.tasks import DeclaredTask, TaskKind
from chalicelib.db.jobs import Jobs, TaskRecord
from chalicelib.tasks.runtime import BatchResult, QueueBatch, Tasks, Tick, counts_of
from tests.support.aws import refusing
from tests.support.clock import FrozenClock

pytestmark = pytest.mark.usefixtures("tables")


class Tidied(Frozen):
    rows: int
    names: tuple[str, ...]
    done: bool
    note: str
    began_at: int = 7


def called(handler: Any, event: dict[str, Any]) -> Any:
    with redirect_stdout(io.StringIO()):
        return handler(event, None)


def record_of(name: str) -> TaskRecord:
    return next(record for record in Jobs(FrozenClock()).tasks() if record.name == name)


def batch(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]}


def queue_task(name: str) -> tuple[Tasks, Any]:
    """A consumer to which `bad` must come again, and which can't even begin with `worse`."""
    tasks = Tasks(__name__)

    def take(given: QueueBatch) -> BatchResult:
        if any(record.body == "worse" for record in given.records):
            raise Upstream("no table")
        return BatchResult(failed=tuple(record.message_id for record in given.records if record.body == "bad"))

    take.__name__ = name
    return tasks, tasks.queue("consoleme-things.fifo")(take)


def test_numbers_of_a_result_are_counted_and_nothing_else() -> None:
    told = Tidied(rows=3, names=("a", "b"), done=True, note="x").model_dump(mode="json")
    assert counts_of(told) == {"rows": 3, "names": 2}
    assert counts_of(None) == {}


def test_a_schedule_is_recorded_with_what_it_counted() -> None:
    tasks = Tasks(__name__)

    def tidy(_: Tick) -> Tidied:
        return Tidied(rows=3, names=(), done=True, note="")

    event = {
        "version": "0", "account": "", "region": "", "detail": {}, "detail-type": "", "source": "", "time": "",
        "id": "", "resources": [],
    }  # fmt: skip
    called(tasks.every(2, "HOURS")(tidy), event)
    assert record_of("tidy").counts == {"rows": 3, "names": 0}
    assert tasks.declared == DeclaredTask(
        "tidy", TaskKind.SCHEDULE, "What the wrapper around every function writes down of it.", 7200
    )


def test_a_batch_is_recorded_as_a_success_with_its_messages() -> None:
    tasks, take = queue_task("takes_well")
    assert called(take, batch("a", "b")) == {"batchItemFailures": []}
    record = record_of("takes_well")
    assert (record.counts, record.error, record.succeeded_at is None) == ({"messages": 2}, None, False)
    assert tasks.declared is not None
    assert (tasks.declared.kind, tasks.declared.queue) == (TaskKind.QUEUE, "things.fifo")


def test_a_message_that_must_come_again_is_a_failure_of_the_record_and_not_of_the_batch() -> None:
    _, take = queue_task("takes_badly")
    assert called(take, batch("a", "bad")) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    record = record_of("takes_badly")
    assert record.error == "1 of 2 messages must come again; the log says why."
    assert (record.failures, record.succeeded_at) == (1, None)


def test_a_batch_that_fails_as_a_whole_says_why_and_fails() -> None:
    _, take = queue_task("takes_nothing")
    with pytest.raises(Upstream, match="no table"):
        called(take, batch("worse"))
    assert record_of("takes_nothing").error == "no table"


def test_a_record_that_can_not_be_kept_fails_no_batch() -> None:
    _, take = queue_task("takes_unseen")
    with refusing("dynamodb.UpdateItem", "AccessDeniedException"):
        assert called(take, batch("a")) == {"batchItemFailures": []}

"""What waits in the queues that tasks take from, and what was put aside after it had failed five times."""

from chalicelib.aws.health import StackHealth
from chalicelib.core.errors import AppError
from chalicelib.core.tasks import DeclaredTask, TaskKind
from chalicelib.operations.catalogue import declared_tasks
from chalicelib.operations.models import QueueState

_FIFO = ".fifo"


class TellQueues:
    def __init__(self, *, health: StackHealth, known_url: str, prefix: str) -> None:
        """`known_url` is that of any queue of ours: the others stand beside it, their names begin with `prefix`."""
        self._health = health
        self._beside = known_url.rpartition("/")[0]
        self._prefix = prefix

    def all(self) -> list[QueueState]:
        """Of each task that takes from a queue; one that can't be looked at says why. None where no queue is configured."""
        if not self._beside:
            return []
        return [self._state(task) for task in declared_tasks().values() if task.kind is TaskKind.QUEUE]

    def _state(self, task: DeclaredTask) -> QueueState:
        try:
            depth, aside = (self._health.queue(self._url(name)) for name in (task.queue, dead_letters_of(task.queue)))
        except AppError as error:
            return QueueState(
                task=task.name, queue=task.queue, waiting=None, under_way=None, dead=None, error=error.message
            )
        return QueueState(
            task=task.name,
            queue=task.queue,
            waiting=depth.waiting,
            under_way=depth.under_way,
            dead=aside.waiting + aside.under_way,
            error=None,
        )

    def _url(self, name: str) -> str:
        return f"{self._beside}/{self._prefix}{name}"


def dead_letters_of(queue: str) -> str:
    """The queue beside it, by our convention; a test compares it with the template."""
    return f"{queue.removesuffix(_FIFO)}-dlq{_FIFO if queue.endswith(_FIFO) else ''}"

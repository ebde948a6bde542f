"""In which order the task `due` does what is overdue."""

from chalicelib.requests.due_requests import _jobs
from chalicelib.requests.models import Due
from chalicelib.requests.states import DueKind
from chalicelib.requests.store import Overdue


def overdue(request_id: str, at: int, kind: DueKind | None = None) -> Overdue:
    return Overdue(at, request_id, None if kind is None else Due(kind=kind, id=f"{kind}{at}", at=at))


def test_ends_come_first_and_news_last_however_long_it_waits() -> None:
    found = [
        overdue("a", 1, DueKind.SEND),
        overdue("b", 2),
        overdue("a", 3, DueKind.END),
        overdue("c", 4, DueKind.REMIND),
        overdue("a", 5, DueKind.END),
        overdue("d", 6, DueKind.SEND),
    ]
    jobs = [(job.request_id, job.kind, len(job.names)) for job in _jobs(found)]
    assert jobs == [
        ("a", DueKind.END, 2),
        ("b", None, 0),
        ("c", DueKind.REMIND, 1),
        ("a", DueKind.SEND, 1),
        ("d", DueKind.SEND, 1),
    ]

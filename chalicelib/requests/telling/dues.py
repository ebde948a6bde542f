"""A notice as something that is due: stored with the step that it is about, and removed when everybody has been told. Pure."""

from collections.abc import Collection
from dataclasses import asdict

from pydantic import TypeAdapter

from chalicelib.core.hooks import RequestNotice
from chalicelib.requests.models import Due
from chalicelib.requests.states import DueKind

_NOTICE: TypeAdapter[RequestNotice] = TypeAdapter(RequestNotice)


def due_of(notice: RequestNotice, happened_at: int, at: int) -> Due:
    """What happened then, to be told at `at` by the task `due` unless somebody has told it before."""
    payload = {"notice": asdict(notice), "happened_at": happened_at, "done": []}
    return Due(kind=DueKind.SEND, id=notice.id, at=at, payload=payload)


def notice_in(due: Due) -> RequestNotice:
    return _NOTICE.validate_python(due.payload["notice"])


def happened_at(due: Due) -> int:
    return int(due.payload["happened_at"])


def done_in(due: Due) -> frozenset[str]:
    """Channels that have it already."""
    return frozenset(due.payload["done"])


def failed(due: Due, done: Collection[str], failure: str, at: int) -> Due:
    """To be told again later, to those that do not have it."""
    payload = {**due.payload, "done": sorted(done)}
    return due.model_copy(update={"payload": payload, "attempts": due.attempts + 1, "failure": failure, "at": at})

"""A step that may need several functions is told how long its own one has left."""

import io
from contextlib import redirect_stdout
from typing import Any

import pytest

from chalicelib.core.model import Frozen
from chalicelib.tasks.runtime import Tasks, TimeLeft

pytestmark = pytest.mark.usefixtures("tables")


class Wanted(Frozen):
    name: str


class Answer(Frozen):
    name: str
    seconds: float = 0


class Context:
    aws_request_id = "r"

    def __init__(self) -> None:
        self.left = 90_500

    def get_remaining_time_in_millis(self) -> int:
        self.left -= 500
        return self.left


def called(handler: Any) -> Any:
    with redirect_stdout(io.StringIO()):
        return handler({"name": "ada"}, Context())


def test_a_step_that_asks_for_it_gets_the_seconds_that_are_left_each_time_it_looks() -> None:
    def look(payload: Wanted, time_left: TimeLeft) -> Answer:
        return Answer(name=payload.name, seconds=time_left() + time_left())

    assert called(Tasks(__name__).step(look)) == {"name": "ada", "seconds": 90 + 89.5}


def test_another_step_gets_its_payload_alone() -> None:
    def look(payload: Wanted) -> Answer:
        return Answer(name=payload.name)

    assert called(Tasks(__name__).step(look)) == {"name": "ada", "seconds": 0}

"""A fresh embedded AWS with the demo organisation in it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.local.demo import Size, seed
from infra.local.embedded import EmbeddedAws
from infra.local.interpreter import Answer
from tests.integration.demo.reading import Written


@contextmanager
def demo(size: Size) -> Iterator[Written]:
    aws = EmbeddedAws(_no_function)
    aws.start()
    try:
        with Written(aws, seed(aws.endpoint_url, size=size)) as written:
            yield written
    finally:
        aws.stop()


def _no_function(function: str, _event: object) -> Answer:
    raise AssertionError(f"The demo invokes no function, but {function} was.")


@pytest.fixture(scope="module")
def small() -> Iterator[Written]:
    with demo("small") as written:
        yield written

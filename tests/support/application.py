"""The application as it is mounted: its routes and its functions, read where the laptop and the packager read them."""

import functools
from typing import Any

from chalice.app import Chalice

from chalicelib import api
from chalicelib.wire.api import Api, Operation
from chalicelib.wire.mount import blueprints


@functools.cache
def application() -> Chalice:
    from app import app

    return app


def operations() -> list[Operation]:
    """What the blueprints of `api/` have declared."""
    found = [blueprint for blueprint in blueprints(api) if isinstance(blueprint, Api)]
    return [operation for blueprint in found for operation in blueprint.operations]


def functions() -> set[str]:
    """Chalice's names of all Lambda functions but the API's."""
    app: Any = application()
    return {one.name for one in app.pure_lambda_functions} | {one.name for one in app.event_sources}

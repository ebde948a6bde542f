"""A small estate whose roles are owned, and people who look at it."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest

from app import app
from chalicelib import bootstrap
from chalicelib.core.principals import SessionKind
from chalicelib.inventory.events.models import TrailEvent, TrailIdentity
from tests.support.aws import aws_tables
from tests.support.estate import FIRST, Estate, estate
from tests.support.http import Answered, rest_event, send

Browser = Callable[..., Answered]
ADMINISTRATOR = "ada@example.com"
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def world(on_our_tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    with (
        pytest.MonkeyPatch.context() as patches,
        aws_tables(patches),
        estate(patches, tmp_path_factory.mktemp("estate")) as running,
    ):
        yield running


@pytest.fixture(name="estate")
def _estate(world: Estate) -> Estate:
    """One for all tests of the module: each uses names of its own, and begins with the same configuration."""
    world.configure()
    return world


@pytest.fixture
def browser(estate: Estate) -> Browser:
    """`browser(method, path, user=..., groups=..., body=..., values=..., **query)`."""
    cookies: dict[str, str] = {}

    def call(
        method: str,
        path: str,
        *,
        user: str = ADMINISTRATOR,
        groups: tuple[str, ...] = (),
        body: Any = None,
        values: Mapping[str, str] | None = None,
        **query: str,
    ) -> Answered:
        if user not in cookies:
            token = bootstrap.container().identity.sessions.start(
                user=user, groups=frozenset(groups), kind=SessionKind.WEB, method="test", address="198.51.100.7"
            )
            cookies[user] = f"{token.cookie_name}={token.value}; _xsrf=token"
        headers = {
            "Cookie": cookies[user],
            "Origin": "http://127.0.0.1:8000",
            "Sec-Fetch-Site": "same-origin",
            "X-Xsrftoken": "token",
            "Content-Type": "application/json",
        }
        text = None if body is None else json.dumps(body)
        return send(app, rest_event(method, path, headers=headers, body=text, values=values, query=urlencode(query)))

    return call


def refused(estate: Estate, role: str, resource: str, reason: str = "", **more: Any) -> TrailEvent:
    """A refused call of `sqs:SendMessage`; without a reason no identity policy allowed it."""
    session = role.replace(":iam:", ":sts:").replace("role/", "assumed-role/") + "/i-0abc"
    why = reason or "because no identity-based policy allows the sqs:SendMessage action"
    facts: dict[str, Any] = {
        "event_id": f"event{next(_NUMBERS)}",
        "time": estate.clock.now(),
        "source": "sqs.amazonaws.com",
        "name": "SendMessage",
        "region": "us-east-1",
        "account_id": FIRST,
        "identity": TrailIdentity(kind="AssumedRole", arn=session, issuer_arn=role, account=FIRST),
        "error_code": "AccessDenied",
        "error_message": f"User: {session} is not authorized to perform: sqs:SendMessage on resource: {resource} {why}",
    }
    return TrailEvent(**{**facts, **more})

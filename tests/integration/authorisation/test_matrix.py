"""The authorisation matrix, cell by cell: every route, called through the real application by every kind of caller."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import Container
from chalicelib.core.decisions import Permission
from chalicelib.core.ids import ulid
from chalicelib.core.principals import SessionKind
from chalicelib.identity.directory.models import PersonRecord
from chalicelib.identity.models import SessionToken
from chalicelib.identity.scopes import SCOPED_PERMISSIONS
from chalicelib.wire.api import Operation
from chalicelib.wire.authentication import Access
from infra.authorisation import KINDS, Kind, Proof, lets_in, operations
from tests.support.application import application
from tests.support.aws import HUB, REGION, aws_tables, forget_everything
from tests.support.clock import FrozenClock
from tests.support.http import BROWSER, JSON, ORIGIN, Answered, rest_event, send
from tests.support.scim import TOKEN, secret_of

INSIDE, OUTSIDE = "222222222222", "333333333333"
"""Accounts of the part of the estate that scoped permissions are about, and beside it."""
CONFIGURATION = {
    "deployment": {"administrators": ["user:root@example.com"], "hub": {"account_id": HUB}},
    "directory": {"sources": ["scim"]},
    "groups": {
        **{one.value: [f"group:{one.value}"] for one in Permission},
        "scopes": [
            {"principals": [f"group:part-{one}"], "permission": str(one), "where": {"accounts": [INSIDE]}}
            for one in sorted(SCOPED_PERMISSIONS)
        ],
    },
}

Sample = dict[str, Any]
TOO_LONG = "a" * 65
"""No name of a role: whoever is let in makes none."""


def role_samples(account: str) -> dict[str, Sample]:
    source = {"account_id": account, "role_name": "nobody"}
    return {
        "POST /api/v2/roles": {"account_id": account, "role_name": TOO_LONG},
        "POST /api/v2/clone/role": {**source, "dest_account_id": account, "dest_role_name": "copy", "options": {}},
        "DELETE /api/v2/roles/{account_id}/{role+}": {"account_id": account, "role": "nobody"},
    }


BODIES: dict[str, Sample] = {
    "POST /api/v1/get_credentials": {"requested_role": "nothing"},
    "POST /api/v2/refreshes": {"accounts": [INSIDE]},
    **role_samples(INSIDE),
}
"""What a route is sent where an empty body would be refused before anybody is looked at: whose session row is read together with the
rights, and what is decided over accounts."""
OUTSIDE_BODIES: dict[str, Sample] = {"POST /api/v2/refreshes": {"accounts": [OUTSIDE]}, **role_samples(OUTSIDE)}
"""For each route that asks for a permission over what is named: the same about another part of the estate."""

OPERATIONS = operations()


def label(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@dataclass
class Door:
    """Callers of each kind, each a person of their own, before the application."""

    container: Container
    tokens: dict[str, SessionToken] = field(default_factory=dict)

    def call(self, operation: Operation, kind: Kind, body: Sample) -> Answered:
        event = rest_event(
            operation.method,
            operation.path,
            values={name: str(body.get(name, "x")) for name in operation.signature.path},
            headers=self._headers(operation, kind),
            body=None if operation.method == "GET" else json.dumps(body),
        )
        return send(application(), event)

    def _headers(self, operation: Operation, kind: Kind) -> dict[str, str]:
        if kind.proof is Proof.PUSH:
            return {"Authorization": f"Bearer {TOKEN}"} | JSON
        if kind.proof is Proof.NOTHING:
            return JSON
        token = self.tokens.get(kind.name) or self._token(kind)
        self.tokens[kind.name] = token
        cookie = f"{token.cookie_name}={token.value}"
        if kind.proof is Proof.COMMAND_LINE:
            return {"Cookie": cookie} | JSON
        return {"Cookie": f"{cookie}; _xsrf=secret", "X-Xsrftoken": "secret"} | BROWSER | JSON

    def _token(self, kind: Kind) -> SessionToken:
        user = "root@example.com" if kind.deploys else f"{ulid().lower()}@example.com"
        groups = {str(kind.holds)} if kind.holds else {f"part-{kind.scoped}"} if kind.scoped else {"everyone"}
        container = self.container
        if kind.proof is Proof.EXPIRED:
            container = Container(container.settings, FrozenClock(container.clock.now() - 2 * 86_400))
        token = container.identity.sessions.start(
            user=user,
            groups=frozenset(groups),
            kind=SessionKind.CLI if kind.proof is Proof.COMMAND_LINE else SessionKind.WEB,
            method="test",
            address="198.51.100.7",
        )
        if kind.proof is Proof.ENDED:
            container.identity.sessions.end(token.session_id)
        if kind.proof is Proof.SUSPENDED:
            record = PersonRecord(source="scim", user=user, suspended=True, observed_at=container.clock.now())
            container.identity.directory.carry_out.person(record, None, "system:test")
        return token

    def forget(self, kind: Kind) -> None:
        """What was let in may have ended the session."""
        self.tokens.pop(kind.name, None)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, on_our_tables: None) -> Iterator[Door]:
    file = tmp_path_factory.mktemp("matrix") / "configuration.yaml"
    file.write_text(json.dumps(CONFIGURATION), encoding="utf-8")
    environment = {"CONSOLEME_CONFIG_FILE": str(file), "CONSOLEME_PUBLIC_URL": ORIGIN}
    with pytest.MonkeyPatch.context() as patches, aws_tables(patches, **environment):
        name = f"{bootstrap.container().settings.table_prefix}directory-scim"
        boto3.client("secretsmanager", REGION).create_secret(Name=name, SecretString=secret_of(okta=TOKEN))
        forget_everything()
        # The clock of the product may not stand still here: tokens are judged by it.
        assert bootstrap.container().clock.now() <= int(time.time())
        yield Door(bootstrap.container())


def was_let_in(operation: Operation, answer: Answered) -> bool:
    """Refused are those whom the wire sends to the sign-in, and those who lack the permission. A route for anybody has its own
    refusals, which are not the wire's.
    """
    if operation.access is Access.PUBLIC:
        return True
    if answer.status == 401:
        return False
    if answer.status != 403:
        return True
    said = answer.json
    if said.get("type") == "redirect" or said.get("code") == "invalid_jwt":
        return False
    needed = operation.permission or operation.over
    return needed is None or said.get("reason") not in {needed.value, "out_of_scope"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=label)
def test_every_kind_of_caller_gets_in_where_the_matrix_says_and_nowhere_else(door: Door, operation: Operation) -> None:
    wrong = []
    for kind in KINDS:
        answer = door.call(operation, kind, BODIES.get(label(operation), {}))
        let_in = was_let_in(operation, answer)
        if let_in and (operation.method != "GET" or operation.name == "logout"):
            door.forget(kind)
        if let_in is not lets_in(operation, kind):
            wrong.append(f"{kind.name}: {answer.status} {answer.text[:200]}")
    assert wrong == []


OVER = [operation for operation in OPERATIONS if operation.over]


@pytest.mark.parametrize("operation", OVER, ids=label)
def test_a_permission_over_a_part_ends_where_the_part_ends(door: Door, operation: Operation) -> None:
    wrong = []
    for kind in KINDS:
        answer = door.call(operation, kind, OUTSIDE_BODIES[label(operation)])
        if was_let_in(operation, answer) is not lets_in(operation, kind, in_part=False):
            wrong.append(f"{kind.name}: {answer.status} {answer.text[:200]}")
    assert wrong == []


def test_the_measure_would_see_a_door_that_stands_open(door: Door) -> None:
    """A route whose declaration is stricter than what it does comes out wrong."""
    from dataclasses import replace

    (open_one,) = [one for one in OPERATIONS if label(one) == "GET /api/v2/accounts"]
    stricter = replace(open_one, permission=Permission.AUDIT)
    kind = next(kind for kind in KINDS if kind.name == "page")
    assert was_let_in(stricter, door.call(stricter, kind, {})) is not lets_in(stricter, kind)

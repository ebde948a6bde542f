"""Policies while somebody writes them."""

import json
from typing import Any, Literal

from pydantic import Field, RootModel

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import OldWire
from chalicelib.core.principals import Caller
from chalicelib.requests.guardrails.subjects import Kind
from chalicelib.requests.guardrails.wire import Remark, Wanted
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import HttpRequest

api = new_api(__name__)


class PolicyBody(RootModel[dict[str, Any] | str]):
    """A policy as a JSON object, or as its text; ConsoleMe's page sends both."""


class CheckQuery(OldWire):
    """All of it may be left out: then it is the policy of a role that has no other."""

    kind: Literal["identity", "trust", "resource"] = "identity"
    arn: str = Field(default="", max_length=2048)
    """Of the principal or the resource that would have it."""
    name: str = Field(default="", max_length=128)
    """Of the inline policy that it replaces: what stands there already is not told of again."""


@api.endpoint(
    "POST",
    "/api/v2/policies/check",
    access=Access.SESSION,
    rule="Everybody who is signed in; with `arn`, of a principal or resource that they see.",
)
def check_policy(query: CheckQuery, body: PolicyBody, caller: Caller, request: HttpRequest) -> list[Remark]:
    """What linters and guardrails say of a policy, before anybody asks for it."""
    container = bootstrap.container()
    if query.arn and not container.requests.person(caller).sees(query.arn):
        raise InvalidInput(f"Principal not found: there is no role {query.arn}.", reason="principal_not_found")
    text = body.root if isinstance(body.root, str) else _text(body.root, request)
    return container.guardrails.check_policy.check(text, Wanted(kind=Kind(query.kind), arn=query.arn, name=query.name))


def _text(document: dict[str, Any], request: HttpRequest) -> str:
    """As it was sent, so that lines and columns are those of the sender."""
    sent = request.raw_body.decode(errors="replace")
    return sent or json.dumps(document)

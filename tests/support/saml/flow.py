"""A sign-in with SAML from its beginning to what it proves, without the routes between."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from chalicelib.identity.methods.base import Attempt, Proved
from chalicelib.identity.methods.saml import SamlMethod
from chalicelib.wire.http import HttpRequest
from tests.support.saml.provider import SamlProvider

ADA = "Ada@Corp.example"
FORM = {"content-type": "application/x-www-form-urlencoded"}
Make = Callable[..., SamlMethod]


def begun(method: SamlMethod) -> tuple[Attempt, str]:
    attempt = Attempt(method="corp", state="s" * 43, return_to="/", browser="hash", begun_at=int(time.time()))
    started = method.begin(attempt)
    return attempt.model_copy(update={"notes": started.notes}), started.url


def request(fields: dict[str, str], **headers: str) -> HttpRequest:
    return HttpRequest("POST", "/saml/acs", FORM | headers, {}, {}, urlencode(fields).encode(), "198.51.100.7", "r")


def signed_in(method: SamlMethod, idp: SamlProvider, name: str = ADA, *groups: str) -> Proved:
    attempt, url = begun(method)
    fields: dict[str, Any] = idp.answer(url, name, *groups)["fields"]
    return method.finish(attempt, request(fields))

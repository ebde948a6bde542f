from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.core.errors import AppError, Forbidden, NotAuthenticated
from chalicelib.core.ids import ulid
from chalicelib.identity.methods.base import Attempt, Proved, Surroundings
from chalicelib.identity.methods.oidc import OidcMethod
from chalicelib.identity.oidc.config import OidcConfig
from chalicelib.wire.http import HttpRequest
from tests.support.clock import FrozenClock
from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider

PUBLIC_URL = "https://consoleme.example"
MakeMethod = Callable[..., OidcMethod]


@pytest.fixture
def provider(clock: FrozenClock) -> Iterator[OidcProvider]:
    with oidc_provider(clock.now) as running:
        yield running


@pytest.fixture
def make(provider: OidcProvider, clock: FrozenClock) -> MakeMethod:
    """The method against the provider, with further keys of its configuration."""

    def method(**more: Any) -> OidcMethod:
        base = {"method": "oidc", "issuer": provider.url, "client_id": CLIENT_ID, "client_secret_name": "sign-in-okta"}
        config = OidcConfig.model_validate(base | more)
        return OidcMethod("okta", config, Surroundings(PUBLIC_URL, clock, lambda _: CLIENT_SECRET))

    return method


def answer(**query: str) -> HttpRequest:
    """The request by which the browser comes back."""
    return HttpRequest("GET", "/auth", {"accept": "text/html"}, query, {}, b"", "198.51.100.7", "request-1")


@pytest.fixture
def journey(provider: OidcProvider, clock: FrozenClock) -> Callable[..., Proved]:
    """From the button to the person, with what the provider sends back changed by `more`."""

    def go(method: OidcMethod, **more: str) -> Proved:
        attempt, url = begun(method, clock)
        return method.finish(attempt, answer(**provider.approve(url), **more))

    return go


def begun(method: OidcMethod, clock: FrozenClock) -> tuple[Attempt, str]:
    attempt = Attempt(method="okta", state=ulid(), return_to="/", browser="b", begun_at=clock.now())
    start = method.begin(attempt)
    return attempt.model_copy(update={"notes": start.notes}), start.url


def refused(journey: Callable[..., Proved], make: MakeMethod, **config: Any) -> AppError:
    with pytest.raises((Forbidden, NotAuthenticated)) as error:
        journey(make(**config))
    return error.value

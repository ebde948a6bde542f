import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.identity.methods.base import Surroundings
from chalicelib.identity.methods.saml import SamlMethod
from chalicelib.identity.saml.config import SamlConfig
from chalicelib.identity.saml.judge import Verdict, judged
from chalicelib.identity.saml.toolkit import Idp, Us, our_metadata, settings_of
from tests.support.clock import FrozenClock
from tests.support.saml.flow import Make
from tests.support.saml.forge import EMAIL, IDP, PUBLIC_URL, REQUEST, Forged, posted
from tests.support.saml.provider import SamlProvider, pair, saml_provider

Judge = Callable[..., Verdict]


@pytest.fixture(scope="module")
def running() -> Iterator[SamlProvider]:
    us = Us(PUBLIC_URL, PUBLIC_URL, EMAIL, None)
    with saml_provider(our_metadata(us)) as provider:
        yield provider


@pytest.fixture
def idp(running: SamlProvider) -> SamlProvider:
    """Signs with its old key."""
    running.keys(signing=0, published=[0])
    return running


@pytest.fixture
def clock() -> FrozenClock:
    """Begins now: the toolkit looks at the machine's own clock."""
    return FrozenClock(int(time.time()))


@pytest.fixture
def make(idp: SamlProvider, clock: FrozenClock) -> Make:
    used: set[tuple[str, str]] = set()

    def once(kind: str, name: str, _until: int) -> None:
        if (kind, name) in used:
            raise Conflict("used before")
        used.add((kind, name))

    def method(secret: str = "", **config: Any) -> SamlMethod:
        base = {"method": "saml", "idp_entity_id": idp.entity_id, "metadata_url": f"{idp.url}/metadata"}
        section = SamlConfig.model_validate(base | config)
        return SamlMethod("corp", section, Surroundings(PUBLIC_URL, clock, lambda _: secret, once))

    return method


@pytest.fixture
def now() -> int:
    """The machine's own time: the toolkit looks at that clock."""
    return int(time.time())


@pytest.fixture
def forged(now: int) -> Callable[..., Forged]:
    return lambda **parts: Forged(now, **parts)


@pytest.fixture
def judge(now: int) -> Judge:
    """Judges a document as the answer to our request, by the provider's old key or the ones that are named."""

    def call(xml: str | bytes, *keys: str, request: str = REQUEST, **moved: Any) -> Verdict:
        us = Us(PUBLIC_URL, PUBLIC_URL, EMAIL, None)
        certificates = tuple(pair(key).bare for key in keys or ("old",))
        idp = Idp(entity_id=IDP, sso_url="https://idp.example/sso", slo_url=None, certificates=certificates)
        return judged(settings_of(us, idp), us, posted(xml), request, now + int(moved.get("later", 0)))

    return call

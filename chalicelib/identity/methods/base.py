"""What a sign-in method is. Each module beside this one registers one as `METHOD`; the configuration names which are used.

A redirect method sends the browser to a provider and judges what comes back. A request method finds the person in the request
itself. Neither begins a session: `identity/sign_in.py` does, for all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from pydantic import Field

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Misconfigured
from chalicelib.core.health import Health
from chalicelib.core.hooks import Identity, SignInRequest
from chalicelib.core.model import Frozen
from chalicelib.wire.http import HttpRequest


class Identified(Frozen):
    """A person as a method has proved them. `subject` is the provider's name for them that never changes."""

    user: str
    groups: frozenset[str]
    method: str
    """The name that the configuration gives the method."""
    subject: str = ""
    groups_complete: bool = True
    """False when the provider did not tell the groups, or not all of them: then the directory's are added."""
    directory_required: bool = False
    """With groups that are not complete: nobody gets in whose groups the directory does not know either."""
    ends_at: int | None = None
    """Epoch seconds at which the provider's own session ends, when it says so: ours ends no later."""


class Attempt(Frozen):
    """A sign-in that a browser has begun. Kept in table `sessions` under the hash of its state, for ten minutes, for one use."""

    method: str
    state: str = Field(repr=False)
    """Random; goes to the provider and comes back (OIDC `state`, SAML `RelayState`)."""
    return_to: str
    """A path of ours."""
    browser: str = Field(repr=False)
    """Hash of the secret in the cookie of the browser that began."""
    begun_at: int
    notes: Mapping[str, str] = Field(default_factory=dict, repr=False)
    """What the method wants to find again in `finish`: a nonce, a PKCE verifier, the id of a request."""


class Begun(Frozen):
    """Where the browser goes, and what to keep in the attempt's `notes`."""

    url: str
    notes: Mapping[str, str] = Field(default_factory=dict, repr=False)


class Proved(Frozen):
    """Who it is, and what the method wants to find again when they sign out."""

    identified: Identified
    sign_out: Mapping[str, str] = Field(default_factory=dict, repr=False)


class RedirectMethod(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str:
        """The words on its button."""

    @property
    def brings_cookies(self) -> bool:
        """Whether the browser comes back with our cookies: not in a form that another site sends (SAML's POST)."""

    def begin(self, attempt: Attempt) -> Begun:
        """Raises Upstream when the provider can't be asked."""

    def finish(self, attempt: Attempt, request: HttpRequest) -> Proved:
        """Judges the provider's answer. Raises NotAuthenticated or Forbidden with a reason, Upstream when it is down."""

    def sign_out_url(self, notes: Mapping[str, str], return_url: str) -> str | None:
        """Where the browser ends the provider's own session and comes back to `return_url`; None where there is no such place."""


@runtime_checkable
class RequestMethod(Protocol):
    @property
    def name(self) -> str: ...

    def identify(self, request: HttpRequest) -> Identified | None:
        """The person that the request itself names; None when it names nobody. Raises Forbidden for what looks forged."""


@runtime_checkable
class CheckedMethod(Protocol):
    """Optional: a method that can tell how its provider is doing, for `GET /api/v2/checks`."""

    @property
    def name(self) -> str: ...

    def check(self) -> Health:
        """Asks the provider anew (discovery, keys, metadata). Raises nothing for a provider that is down: that is its answer."""


@runtime_checkable
class DescribedMethod(Protocol):
    """Optional: a method whose provider wants a document about us (SAML's metadata)."""

    @property
    def name(self) -> str: ...

    def metadata(self) -> str:
        """XML. Raises Misconfigured."""


def _nowhere(_kind: str, _name: str, _until: int) -> None:
    raise Misconfigured("Nothing here remembers what was used once.")


def _no_plugins(_: SignInRequest) -> None:
    raise Misconfigured("Nothing here asks plugins who somebody is.")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a method is built with."""

    public_url: str
    clock: Clock
    secret: Callable[[str], str]
    """The text of a secret by its name in Secrets Manager. Raises Upstream."""
    use_once: Callable[[str, str, int], None] = _nowhere
    """Notes that a name of that kind (an assertion's id, say) was used, to be kept until then. Raises Conflict for the second use."""
    ask_plugins: Callable[[SignInRequest], Identity | None] = _no_plugins
    """Who a request proves, by the hook `identify`. Raises PluginFailed."""


class MethodConfig(Frozen):
    """Base of every method's configuration; a subclass narrows `method` to a Literal, by which the document is told apart."""

    method: str
    label: str = Field(default="", max_length=80)
    """Words on the button of the sign-in page; the method's name where empty."""


Config = TypeVar("Config", bound=MethodConfig)


@dataclass(frozen=True, slots=True)
class MethodType(Generic[Config]):
    """A kind of method: `build` gets its name in the configuration, its own part of the document, and its surroundings."""

    name: str
    config: type[Config]
    build: Callable[[str, Config, Surroundings], RedirectMethod | RequestMethod]


AnyMethodType = MethodType[Any]

"""Signing in by a header that a proxy sets after it has signed the person in: believed from that proxy alone."""

import ipaddress
from collections.abc import Callable
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from chalicelib.core.errors import AppError, Forbidden, InvalidInput
from chalicelib.core.health import Health
from chalicelib.core.principals import fold
from chalicelib.identity import names
from chalicelib.identity.methods.base import Identified, MethodConfig, MethodType, Surroundings
from chalicelib.observability import logger
from chalicelib.wire.http import HttpRequest

_HEADER = r"^[A-Za-z][A-Za-z0-9-]{1,60}$"
_NEVER = {"authorization", "cookie", "host", "origin", "x-forwarded-for"}


class HeaderConfig(MethodConfig):
    """A proxy before this service that signs people in and names them in a header. It must overwrite what a client sends under that
    name, and everybody else must be kept from the service or be told apart by address or secret.
    """

    method: Literal["header"]
    user_header: str = Field(pattern=_HEADER)
    """Its value is the user name."""
    groups_header: str | None = Field(default=None, pattern=_HEADER)
    """Its value is the group names with commas between; without it the directory tells the groups."""
    proxies: tuple[str, ...] = ()
    """Addresses or networks (`10.1.0.0/16`) that the proxy comes from."""
    secret_header: str | None = Field(default=None, pattern=_HEADER)
    """A header by which the proxy proves itself."""
    secret_name: str | None = None
    """Name of the secret in Secrets Manager that holds the value of `secret_header`."""
    trust: Literal["all", "any"] = "all"
    """With both `proxies` and `secret_header`: whether both must be right, or one is enough."""

    @field_validator("user_header", "groups_header", "secret_header")
    @classmethod
    def _its_own(cls, header: str | None) -> str | None:
        if header is not None and header.lower() in _NEVER:
            raise InvalidInput(f"{header} has a meaning of its own; choose another header.")
        return None if header is None else header.lower()

    @field_validator("proxies")
    @classmethod
    def _networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            if ipaddress.ip_network(proxy).prefixlen == 0:
                raise InvalidInput(f"{proxy} is everybody, and not a proxy.")
        return proxies

    @model_validator(mode="after")
    def _proved(self) -> Self:
        if bool(self.secret_header) != bool(self.secret_name):
            raise InvalidInput("secret_header and secret_name go together.")
        if not self.proxies and not self.secret_header:
            raise InvalidInput("Name the proxies, or a secret_header: without either, anybody could be anybody.")
        if len({self.user_header, self.groups_header, self.secret_header} - {None}) < sum(
            header is not None for header in (self.user_header, self.groups_header, self.secret_header)
        ):
            raise InvalidInput("user_header, groups_header and secret_header must differ.")
        return self


class HeaderMethod:
    def __init__(self, name: str, config: HeaderConfig, surroundings: Surroundings) -> None:
        self.name = name
        self._config = config
        self._secret: Callable[[str], str] = surroundings.secret
        self._networks = tuple(ipaddress.ip_network(proxy) for proxy in config.proxies)

    def identify(self, request: HttpRequest) -> Identified | None:
        named = [
            header for header in (self._config.user_header, self._config.groups_header) if header in request.headers
        ]
        if not named:
            return None
        if not self._is_proxy(request):
            logger.warning(
                "a sign-in header came from elsewhere",
                extra={
                    "reason": "header_not_trusted",
                    "method": self.name,
                    "address": request.address,
                    "headers": named,
                },
            )
            raise Forbidden(
                f"The header {named[0]} is only for the proxy that signs people in, and this request did not come through it.",
                reason="header_not_trusted",
            )
        if self._config.user_header not in named:
            return None
        user = self._only_one(request, self._config.user_header)
        if not user.strip():
            return None
        return Identified(
            user=names.user_name(user),
            groups=self._groups(request),
            method=self.name,
            subject=fold(user),
            groups_complete=self._config.groups_header is not None,
        )

    def check(self) -> Health:
        if self._config.secret_name:
            try:
                self._secret(self._config.secret_name)
            except AppError as error:
                return Health.failed(error.message, "Put the proxy's word there: until then it is not believed.")
        return Health.ok(f"The header {self._config.user_header} is believed from the proxy alone.")

    def _is_proxy(self, request: HttpRequest) -> bool:
        proofs = []
        if self._networks:
            proofs.append(self._comes_from_proxy(request.address))
        if self._config.secret_header and self._config.secret_name:
            shown = request.headers.get(self._config.secret_header, "")
            expected = self._secret(self._config.secret_name).strip()
            right = bool(expected) and names.same(shown, expected)
            proofs.append(right and self._config.secret_header not in request.repeated)
        return all(proofs) if self._config.trust == "all" else any(proofs)

    def _comes_from_proxy(self, address: str) -> bool:
        try:
            return any(ipaddress.ip_address(address) in network for network in self._networks)
        except ValueError:
            return False

    def _only_one(self, request: HttpRequest, header: str) -> str:
        """A proxy that adds its header beside the client's own must not let the client choose."""
        value = request.headers[header]
        if header in request.repeated or (header == self._config.user_header and "," in value):
            raise Forbidden(
                f"The header {header} came more than once: the proxy must overwrite what clients send.",
                reason="header_ambiguous",
            )
        return value

    def _groups(self, request: HttpRequest) -> frozenset[str]:
        header = self._config.groups_header
        if header is None or header not in request.headers:
            return frozenset()
        return names.group_names(self._only_one(request, header).split(","))


METHOD = MethodType("header", HeaderConfig, HeaderMethod)

"""Signing in by what a company's own plugin finds in the request: its hook `identify`."""

from typing import Literal

from chalicelib.core.hooks import Identity, SignInRequest
from chalicelib.core.principals import fold
from chalicelib.identity import names
from chalicelib.identity.methods.base import Identified, MethodConfig, MethodType, Surroundings
from chalicelib.wire.http import HttpRequest


class PluginConfig(MethodConfig):
    """Whatever the plugin needs to know it reads itself."""

    method: Literal["plugin"]


class PluginMethod:
    def __init__(self, name: str, _: PluginConfig, surroundings: Surroundings) -> None:
        self.name = name
        self._ask = surroundings.ask_plugins

    def identify(self, request: HttpRequest) -> Identified | None:
        """Raises PluginFailed, Forbidden for what is no name, and what the plugin raises on purpose: then nobody signs in."""
        found: Identity | None = self._ask(
            SignInRequest(request.method, request.path, dict(request.headers), request.address)
        )
        if found is None:
            return None
        return Identified(
            user=names.user_name(found.user),
            groups=names.group_names(found.groups),
            method=self.name,
            subject=found.subject or fold(found.user),
            groups_complete=found.groups_complete,
        )


METHOD = MethodType("plugin", PluginConfig, PluginMethod)

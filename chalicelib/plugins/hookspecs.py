"""The hooks that a company's plugin may implement. Built-ins use the same ones.

A plugin is a module; `plugins` in the settings names it. A hook that is misspelt stops the start.
"""

import pluggy

from chalicelib.core.decisions import Decision
from chalicelib.core.principals import Caller

PROJECT = "consoleme"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(firstresult=True)
def sign_in_url(return_to: str) -> str | None:
    """Where a person who is not signed in is sent; `return_to` is a path of ours. The first answer wins."""


@hookspec
def credential_decision(caller: Caller, role_arn: str) -> Decision | None:
    """A veto: any Decision that is not allowed refuses the credentials, with its reason. None is no opinion."""

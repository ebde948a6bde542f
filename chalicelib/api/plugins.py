"""The door of plugins: what they answer below `/api/plugins/{name}/`. Each route names who may call it; without that nobody may."""

from pydantic import JsonValue, RootModel, ValidationError

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.errors import NotFound, PluginFailed
from chalicelib.core.hooks import PluginReply, PluginRequest
from chalicelib.core.principals import Caller
from chalicelib.plugins.doors import may_call
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import HttpRequest, Reply

api = new_api(__name__)

_PATH = "/api/plugins/{name}/{path+}"
_STATUSES = range(200, 600)


class AnyJson(RootModel[JsonValue]):
    """Whatever a plugin answers."""


@api.endpoint(
    "GET",
    _PATH,
    access=Access.SESSION,
    rule="Who holds the permission that the plugin's route names; without one nobody.",
    answers=AnyJson,
)
def get_from_plugin(name: str, path: str, caller: Caller, request: HttpRequest) -> Reply:
    """What a plugin answers to GET."""
    return _answered(name, path, caller, request)


@api.endpoint(
    "POST",
    _PATH,
    access=Access.SESSION,
    rule="Who holds the permission that the plugin's route names; without one nobody.",
    answers=AnyJson,
)
def post_to_plugin(name: str, path: str, caller: Caller, request: HttpRequest) -> Reply:
    """What a plugin answers to POST."""
    return _answered(name, path, caller, request)


@api.endpoint(
    "PUT",
    _PATH,
    access=Access.SESSION,
    rule="Who holds the permission that the plugin's route names; without one nobody.",
    answers=AnyJson,
)
def put_to_plugin(name: str, path: str, caller: Caller, request: HttpRequest) -> Reply:
    """What a plugin answers to PUT."""
    return _answered(name, path, caller, request)


@api.endpoint(
    "DELETE",
    _PATH,
    access=Access.SESSION,
    rule="Who holds the permission that the plugin's route names; without one nobody.",
    answers=AnyJson,
)
def delete_from_plugin(name: str, path: str, caller: Caller, request: HttpRequest) -> Reply:
    """What a plugin answers to DELETE."""
    return _answered(name, path, caller, request)


def _answered(name: str, path: str, caller: Caller, request: HttpRequest) -> Reply:
    container = bootstrap.container()
    route = container.plugin_routes.find(name, request.method, path)
    if route is None:
        raise NotFound("No plugin answers this method of this path.", reason="unknown_plugin_route")
    may_call(route, lambda permission: container.identity.permissions.of_caller(caller, permission)).require()
    asked = PluginRequest(
        method=request.method,
        path=path,
        query=request.query,
        body=request.json() if request.raw_body else None,
        caller=caller,
    )
    return _reply(name, route.answer(asked))


def _reply(name: str, reply: object) -> Reply:
    """Raises PluginFailed for an answer that can't be sent."""
    if not isinstance(reply, PluginReply) or reply.status not in _STATUSES:
        raise PluginFailed(f"The plugin {name} did not answer with a PluginReply.")
    try:
        return Reply(AnyJson.model_validate(reply.body), reply.status)
    except ValidationError as error:
        raise PluginFailed(f"The plugin {name} answered what JSON can't say.") from error

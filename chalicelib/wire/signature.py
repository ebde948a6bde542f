"""What a view's annotations say: read once when the module is imported, so that a call only fills them in."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import OldWire, snake_cased
from chalicelib.core.principals import Caller
from chalicelib.observability import logger
from chalicelib.wire.authentication import PushClient, UncheckedMark
from chalicelib.wire.http import HttpRequest, Reply


@dataclass(frozen=True, slots=True)
class Signature:
    """`query` and `body` are models; `path` names the parameters; `caller`, `client` and `request` name where those are wanted."""

    path: tuple[str, ...]
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    caller: str | None
    unchecked: bool
    request: str | None
    client: str | None
    returns: TypeAdapter[Any]
    """Of the body; a view that returns a Reply documents it apart."""

    def arguments(
        self, request: HttpRequest, caller: Caller | None, client: PushClient | None = None
    ) -> dict[str, Any]:
        """Raises InvalidInput naming the field at fault."""
        found: dict[str, Any] = {name: request.path_values[name] for name in self.path}
        if self.query is not None:
            found["query"] = parsed(self.query, dict(request.query), "query")
        if self.body is not None:
            found["body"] = parsed(self.body, request.json(), "body")
        if self.caller is not None:
            found[self.caller] = caller
        if self.request is not None:
            found[self.request] = request
        if self.client is not None:
            found[self.client] = client
        return found


def parsed(model: type[BaseModel], data: Any, what: str) -> Any:
    """Parses what came over the wire. Raises InvalidInput naming each field at fault; logs the names of ignored keys."""
    try:
        value = model.model_validate(data)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or what}: {fault['msg']}" for fault in error.errors()[:5]
        )
        raise InvalidInput(f"Invalid {what}: {faults}.", reason="invalid_input") from error
    if isinstance(data, dict) and model.model_config.get("extra") == "ignore":
        named = snake_cased(data, model.model_fields) if issubclass(model, OldWire) else data
        ignored = sorted(set(map(str, named)) - set(model.model_fields))
        if ignored:
            logger.info("keys ignored", extra={"model": model.__name__, "ignored_keys": ignored[:20]})
    return value


def read_signature(view: Callable[..., Any], path_names: tuple[str, ...], answers: Any = None) -> Signature:
    """Raises TypeError for a parameter that the wire can't fill: better at import than at the first call."""
    hints = get_type_hints(view, include_extras=True)
    returns = hints.pop("return", None)
    caller = request = client = None
    unchecked = False
    models: dict[str, type[BaseModel]] = {}
    names = inspect.signature(view).parameters
    if untaken := sorted(set(path_names) - set(names)):
        raise TypeError(f"{view.__module__}.{view.__name__}: the view does not take '{untaken[0]}' of the path")
    for name in names:
        hint = hints.get(name)
        base = get_args(hint)[0] if get_origin(hint) is Annotated else hint
        if base is Caller:
            caller, unchecked = name, base is not hint and any(isinstance(a, UncheckedMark) for a in get_args(hint))
        elif base is HttpRequest:
            request = name
        elif base is PushClient:
            client = name
        elif name in {"query", "body"} and isinstance(base, type) and issubclass(base, BaseModel):
            models[name] = base
        elif name not in path_names or base is not str:
            raise TypeError(f"{view.__module__}.{view.__name__}: the wire can't fill '{name}: {hint}'")
    return Signature(
        path=path_names,
        query=models.get("query"),
        body=models.get("body"),
        caller=caller,
        unchecked=unchecked,
        request=request,
        client=client,
        returns=TypeAdapter(answers if returns is Reply else returns),
    )

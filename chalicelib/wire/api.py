"""The one wrapper around Chalice's HTTP side.

A view is a plain function; `Api.endpoint` reads its annotations, and at each call authenticates, parses, calls, serialises and
maps errors. Authentication happens inside the wrapper and not in middleware: Chalice turns whatever middleware raises into a
bare 500, and its responses carry none of a route's headers.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from chalice.app import Blueprint, Request, Response
from pydantic import TypeAdapter

from chalicelib.core.decisions import Permission
from chalicelib.core.errors import AppError, NotAuthenticated
from chalicelib.core.principals import Caller
from chalicelib.observability import logger
from chalicelib.wire import csrf
from chalicelib.wire.authentication import Access, Authenticator, PushClient
from chalicelib.wire.failures import SCIM_TYPE, Shape, body_of, sign_in_body, status_of
from chalicelib.wire.http import Cookie, HttpRequest, Reply, read_request
from chalicelib.wire.signature import Signature, read_signature

View = TypeVar("View", bound=Callable[..., Any])

_SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_PATH_NAME = re.compile(r"\{(\w+)\+?\}")
_ANY_BODY: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path: what the OpenAPI document, the CDN's behaviours and the contract tests are made from."""

    method: str
    path: str
    name: str
    access: Access
    permission: Permission | None
    shape: Shape
    signature: Signature
    summary: str
    over: Permission | None = None
    """A permission that the view itself asks for, over what the request names: a part of the estate may be enough."""
    rule: str = ""
    """Who gets what, in a sentence, where no permission says it."""


class Api(Blueprint):
    """A Blueprint whose routes are typed views. `import_name` must be the module's `__name__`."""

    def __init__(self, import_name: str, authenticator: Callable[[], Authenticator]) -> None:
        super().__init__(import_name)
        self._authenticator = authenticator
        self.operations: list[Operation] = []

    def endpoint(  # noqa: PLR0913 keywords, each a fact about the route
        self,
        method: str,
        path: str,
        *,
        access: Access,
        permission: Permission | None = None,
        over: Permission | None = None,
        rule: str = "",
        shape: Shape = Shape.PROBLEM,
        answers: Any = None,
    ) -> Callable[[View], View]:
        """Registers a view and gives it back unchanged. `{name+}` takes the rest of the path, slashes included.

        Who may call it is said by `permission` (asked here, before anything is parsed), by `over` (asked by the view), or by `rule`;
        a contract test refuses a route that says none. `answers` documents the body of a view that returns a Reply.
        """

        def register(view: View) -> View:
            signature = read_signature(view, tuple(_PATH_NAME.findall(path)), answers)
            if access in {Access.PUBLIC, Access.SCIM} and (permission or signature.caller):
                raise TypeError(f"{view.__name__}: a {access} route knows no caller")
            if signature.client and access is not Access.SCIM:
                raise TypeError(f"{view.__name__}: only a scim route knows a client")
            operation = Operation(
                method=method,
                path=path,
                name=view.__name__,
                access=access,
                permission=permission,
                shape=shape,
                signature=signature,
                summary=(view.__doc__ or "").strip().split("\n")[0],
                over=over,
                rule=rule,
            )
            self.operations.append(operation)

            @functools.wraps(view)
            def handle(**_: str) -> Response:
                return self._handle(operation, view)

            # Content types are judged by the parser, which answers in our shape; Chalice's own 415 would not.
            self.route(path, methods=[method], content_types=["*/*"], name=f"{view.__module__}.{view.__name__}")(handle)
            return view

        return register

    def _handle(self, operation: Operation, view: Callable[..., Any]) -> Response:
        authenticator = self._authenticator()
        current: Request = self.current_request
        request = read_request(
            current.to_original_event(), _bytes(current.raw_body), cdn_secret=authenticator.cdn_secret
        )
        logger.append_keys(request_id=request.request_id, operation=operation.name)
        try:
            return self._answered(operation, view, request, authenticator)
        except AppError as error:
            return _failure(error, operation, request)
        except Exception:  # noqa: BLE001 logged, and answered in our shape instead of Chalice's
            logger.exception("unexpected error")
            return _failure(
                AppError("Something went wrong on our side; it was recorded under this request id."), operation, request
            )

    def _answered(
        self, operation: Operation, view: Callable[..., Any], request: HttpRequest, authenticator: Authenticator
    ) -> Response:
        """The view's answer, or for a page without a session the way to the sign-in."""
        try:
            return self._call(operation, view, request, authenticator)
        except NotAuthenticated as error:
            if operation.shape is not Shape.PROBLEM:
                raise
            body = sign_in_body(error, authenticator.sign_in_url(request.query.get("redirect_url", "/")))
            return _answer(_ANY_BODY.dump_json(body), status=int(status_of(error)))

    def _call(
        self, operation: Operation, view: Callable[..., Any], request: HttpRequest, authenticator: Authenticator
    ) -> Response:
        caller: Caller | None = None
        client: PushClient | None = None
        if operation.access is Access.SCIM:
            # No cookie is looked at, so there is nothing that another site could ride on.
            client = authenticator.push_client(request)
        elif operation.access is not Access.PUBLIC:
            csrf.refuse_cross_site(request, authenticator.public_url)
            live = not operation.signature.unchecked
            caller = authenticator.caller(request, access=operation.access, live=live)
            if operation.permission is not None:
                authenticator.may(caller, operation.permission).require()
        answer = view(**operation.signature.arguments(request, caller, client))
        cookies: tuple[Cookie, ...] = ()
        if operation.access is Access.SESSION and csrf.XSRF_COOKIE not in request.cookies:
            secure = authenticator.public_url.startswith("https:")
            cookies = (Cookie(csrf.XSRF_COOKIE, csrf.new_token(), csrf.LIFE, http_only=False, secure=secure),)
        return _success(answer, operation, cookies)


def _success(answer: Any, operation: Operation, cookies: tuple[Cookie, ...]) -> Response:
    reply = answer if isinstance(answer, Reply) else None
    content_type = SCIM_TYPE if operation.shape is Shape.SCIM else "application/json"
    if reply is None:
        return _answer(operation.signature.returns.dump_json(answer), cookies=cookies, content_type=content_type)
    if isinstance(reply.body, str):
        text = reply.headers.get("Content-Type", "text/plain; charset=utf-8")
        return _answer(reply.body.encode(), reply=reply, cookies=cookies, status=reply.status, content_type=text)
    body = reply.body.model_dump_json().encode()
    return _answer(body, reply=reply, cookies=cookies, status=reply.status, content_type=content_type)


def _failure(error: AppError, operation: Operation, request: HttpRequest) -> Response:
    logger.info("refused", extra={"reason": error.reason, "cause": error.message[:500]})
    body, content_type = body_of(error, operation.shape, request.request_id)
    status = int(status_of(error, operation.shape))
    asked = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return _answer(_ANY_BODY.dump_json(body), status=status, content_type=content_type, reply=Reply("", headers=asked))


def _answer(
    body: bytes,
    *,
    status: int = 200,
    content_type: str = "application/json",
    cookies: tuple[Cookie, ...] = (),
    reply: Reply | None = None,
) -> Response:
    headers: dict[str, Any] = {**_SECURITY_HEADERS, **(reply.headers if reply else {}), "Content-Type": content_type}
    every = (*(reply.cookies if reply else ()), *cookies)
    if every:
        headers["Set-Cookie"] = [cookie.header() for cookie in every]
    return Response(body=body.decode(), status_code=status, headers=headers)


def _bytes(body: str | bytes) -> bytes:
    return body if isinstance(body, bytes) else body.encode()

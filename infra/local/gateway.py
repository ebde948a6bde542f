"""The laptop's front door: one port on loopback for the API, the page and what is only here (`/local/`)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from infra.local.http import HttpReply, HttpRequest, problem, redirect

LOOPBACK = "127.0.0.1"
BODY_LIMIT = 10 * 1024 * 1024

Site = Callable[[HttpRequest], HttpReply]


class PortTakenError(OSError):
    """Somebody else listens on the port."""


class Gateway:
    def __init__(self, port: int) -> None:
        """Takes the port (0: any free one). Raises PortTakenError."""
        self._choose: Callable[[str], Site] = _closed
        try:
            self._server = ThreadingHTTPServer((LOOPBACK, port), self._handler())
        except OSError as error:
            raise PortTakenError(
                f"Port {port} is taken by another program. Choose another: make run PORT={port + 1}"
            ) from error
        self._server.daemon_threads = True
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="gateway", daemon=True
        )

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self, choose: Callable[[str], Site]) -> None:
        """Opens the door: `choose` says which site answers a path."""
        self._choose = choose
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def hosts(self) -> frozenset[str]:
        """The only Host headers that are answered: another one means a name that somebody made point here."""
        names = ("localhost", "127.0.0.1", "[::1]")
        with_port = {f"{name}:{self.port}" for name in names}
        return frozenset(with_port | (set(names) if self.port == 80 else set()))  # noqa: PLR2004 the port that browsers leave out

    def answer(self, request: HttpRequest) -> HttpReply:
        if request.header("Host").lower() not in self.hosts():
            return problem(421, f"Only {self.url} and http://localhost:{self.port} are answered here.")
        return self._choose(request.path)(self._under_our_name(request))

    def _under_our_name(self, request: HttpRequest) -> HttpRequest:
        """A script's own-origin request under another of the laptop's names is an own-origin request under the one that the
        API knows.
        """
        own = f"http://{request.header('Host').lower()}"
        if request.header("Origin").lower() != own:
            return request
        headers = [(name, self.url if name.lower() == "origin" else value) for name, value in request.headers]
        return replace(request, headers=headers)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(_Handler):
            def answered(self, request: HttpRequest) -> HttpReply:
                return gateway.answer(request)

        return Handler


def _closed(_: str) -> Site:
    return lambda _: problem(503, "The laptop cloud has not started yet.")


class _Handler(BaseHTTPRequestHandler, ABC):
    protocol_version = "HTTP/1.1"
    server_version = "laptop"
    sys_version = ""
    timeout = 60

    @abstractmethod
    def answered(self, request: HttpRequest) -> HttpReply: ...

    def handle_any(self) -> None:
        body = self._body()
        if body is None:
            return
        path, _, query = self.path.partition("?")
        request = HttpRequest(self.command, path, query, list(self.headers.items()), body, self.client_address[0])
        self._send(self.answered(request))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 http.server's names

    def _body(self) -> bytes | None:
        """None when it was refused, and the reply is sent."""
        length = self.headers.get("Content-Length", "0")
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self._refuse(problem(411, "The request must say its Content-Length."))
            return None
        if not length.isdigit():
            self._refuse(problem(400, "Content-Length is not a number."))
            return None
        if int(length) > BODY_LIMIT:
            self._refuse(problem(413, "The body is larger than 10 MB."))
            return None
        return self.rfile.read(int(length))

    def _refuse(self, reply: HttpReply) -> None:
        """An answer to a request whose rest is not read."""
        self.close_connection = True
        self._send(reply)

    def _send(self, reply: HttpReply) -> None:
        with suppress(ConnectionError):
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 http.server's signature
        """Its own errors (a malformed request line, too many headers) in the shape of all others."""
        self.command = getattr(self, "command", "") or "GET"
        self.request_version = "HTTP/1.1"
        self._refuse(problem(code, message or "The request could not be read."))

    def log_message(self, *_: Any) -> None:
        """The functions log what matters."""


def under_one_name(site: Site, public_url: str) -> Site:
    """Sends whoever looks at a page under another of the laptop's names to the one that cookies and the API know."""

    def answer(request: HttpRequest) -> HttpReply:
        if request.method in {"GET", "HEAD"} and request.header("Host").lower() != urlsplit(public_url).netloc:
            return redirect(public_url + request.path + (f"?{request.query}" if request.query else ""))
        return site(request)

    return answer


def by_prefix(sites: Mapping[str, Site], is_api: Callable[[str], bool], api: Site, page: Site) -> Callable[[str], Site]:
    """`sites` by the beginning of the path, then the API by its own prefixes, then the page."""
    prefixes: Sequence[str] = sorted(sites, key=len, reverse=True)

    def choose(path: str) -> Site:
        for prefix in prefixes:
            if path.startswith(prefix):
                return sites[prefix]
        return api if is_api(path) else page

    return choose

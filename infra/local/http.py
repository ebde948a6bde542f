"""Requests and replies of the laptop's own HTTP, and the JSON body of every error."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class HttpRequest:
    method: str
    path: str
    """As sent, percent-encoded, without the query."""
    query: str
    headers: Headers
    body: bytes
    address: str

    def header(self, name: str) -> str:
        """The last value; empty when absent."""
        return next((value for key, value in reversed(self.headers) if key.lower() == name.lower()), "")

    def parameters(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query, keep_blank_values=True)

    def parameter(self, name: str) -> str:
        """The last value; empty when absent."""
        return dict(self.parameters()).get(name, "")


@dataclass(frozen=True)
class HttpReply:
    status: int
    headers: Headers
    body: bytes


def json_reply(status: int, body: Any, headers: Headers = ()) -> HttpReply:
    kept = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers]
    return HttpReply(status, kept, json.dumps(body).encode())


def problem(status: int, message: str, extra: Mapping[str, Any] | None = None) -> HttpReply:
    """The error body that every route of the product has too."""
    return json_reply(
        status, {"status": status, "title": HTTPStatus(status).phrase, "message": message, **(extra or {})}
    )


def html_reply(status: int, page: str, headers: Headers = ()) -> HttpReply:
    kept = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return HttpReply(status, [*kept, *headers], page.encode())


def redirect(location: str) -> HttpReply:
    return HttpReply(HTTPStatus.FOUND, [("Location", location), ("Cache-Control", "no-store")], b"")


def posted_from_elsewhere(request: HttpRequest, path: str, own_hosts: Collection[str]) -> HttpReply | None:
    """The refusal of what no page of ours, and no command line, would send; None for a JSON body that was posted from here."""
    if request.method != "POST":
        return problem(405, f"{path} takes POST.")
    if request.header("Content-Type").split(";")[0].strip().lower() != "application/json":
        return problem(415, "The Content-Type must be application/json.")
    origin = request.header("Origin")
    foreign = origin and urlsplit(origin).netloc.lower() not in own_hosts
    if foreign or request.header("Sec-Fetch-Site") not in {"", "same-origin", "none"}:
        return problem(403, f"Another site may not use {path}.")
    return None

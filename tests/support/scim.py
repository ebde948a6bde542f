"""The SCIM endpoint as its clients meet it: over HTTP on loopback, with a token."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.aws import REGION
from tests.support.served import Reply, Served, served

TOKEN = "okta-" + "t" * 40
BASE = "/scim/v2"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass
class ScimClient:
    served: Served
    token: str = TOKEN

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        base = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        return self.served.call(method, BASE + path, body, base | headers)

    def create_user(self, name: str, **more: Any) -> str:
        answer = self.call("POST", "/Users", {"schemas": [USER], "userName": name, "active": True, **more})
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def create_group(self, name: str, *user_ids: str) -> str:
        members = [{"value": user_id} for user_id in user_ids]
        answer = self.call("POST", "/Groups", {"schemas": [GROUP], "displayName": name, "members": members})
        assert answer.status == 201, answer.text
        return str(answer.json["id"])

    def patch(self, path: str, *operations: dict[str, Any]) -> Reply:
        return self.call("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


def secret_of(**tokens: str) -> str:
    """Name of the client to token."""
    listed = [{"name": name, "sha256": hashlib.sha256(token.encode()).hexdigest()} for name, token in tokens.items()]
    return json.dumps({"tokens": listed})


@contextmanager
def scim_served(folder: Path, more: str = "directory: {sources: [scim]}\n") -> Iterator[ScimClient]:
    with pytest.MonkeyPatch.context() as patches, served(patches, folder, more) as running:
        name = f"{running.container.settings.table_prefix}directory-scim"
        boto3.client("secretsmanager", REGION).create_secret(Name=name, SecretString=secret_of(okta=TOKEN))
        yield ScimClient(running)


StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def as_wsgi(client: ScimClient) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """For clients that call an application in their own process."""

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        body = environ["wsgi.input"].read()
        headers = {"Authorization": f"Bearer {client.token}"}
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        answer = client.served.call(environ["REQUEST_METHOD"], environ["PATH_INFO"] + query, body or None, headers)
        start_response(f"{answer.status} X", list(answer.headers.items()))
        return [answer.body]

    return application

"""Google's token endpoint and Admin SDK on loopback, as the reference of the Directory API describes them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.http import Received, Scripted, ScriptedServer, scripted_server

ROBOT = "directory@project.iam.gserviceaccount.com"
ADMIN = "admin@example.com"
SCOPES = {
    f"https://www.googleapis.com/auth/admin.directory.{end}"
    for end in ("user.readonly", "group.readonly", "group.member.readonly")
}
_MEMBERS = re.compile(r"/admin/directory/v1/groups/([^/]+)/members")
_MOST = {"users": 500, "groups": 200, "members": 200}
_PARAMETERS = {
    "users": {"domain", "customer", "maxResults", "pageToken", "projection", "fields", "orderBy", "query"},
    "groups": {"domain", "customer", "userKey", "maxResults", "pageToken", "fields", "orderBy", "query"},
    "members": {"includeDerivedMembership", "maxResults", "pageToken", "roles", "fields"},
}


@cache
def private_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65_537, key_size=2_048)


def key_file() -> str:
    """As Google hands it out, with more in it than is needed."""
    pem = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps(
        {
            "type": "service_account",
            "client_email": ROBOT,
            "private_key": pem,
            "private_key_id": "k1",
            "project_id": "p",
        }
    )


def user(number: int, email: str, **more: Any) -> dict[str, Any]:
    base = {
        "id": f"1000{number}",
        "customerId": "C01",
        "primaryEmail": email,
        "name": {"fullName": email.partition("@")[0].title()},
        "suspended": False,
        "archived": False,
        "isAdmin": False,
        "isDelegatedAdmin": False,
        "isEnrolledIn2Sv": True,
        "isEnforcedIn2Sv": False,
        "orgUnitPath": "/",
    }
    return base | more


def member(of: dict[str, Any]) -> dict[str, Any]:
    if "primaryEmail" in of:
        return {"id": of["id"], "email": of["primaryEmail"], "type": "USER", "role": "MEMBER", "status": "ACTIVE"}
    return {"id": of["id"], "email": of["email"], "type": "GROUP", "role": "MEMBER"}


def group(number: int, email: str) -> dict[str, Any]:
    return {"id": f"g{number}", "email": email, "name": email.partition("@")[0].title()}


@dataclass
class FakeGoogle(ScriptedServer):
    """Refuses what the real one would: a bad assertion, a token that ended, an unknown parameter, a page that is too large."""

    subjects: dict[str, str] = field(default_factory=lambda: {"example.com": ADMIN})
    """Mail domain to the administrator who may read it."""
    users: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    members: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By id of the group."""
    page: int = 2
    """No page is larger, whatever is asked for."""
    failures: list[Scripted] = field(default_factory=list)
    """Answered first, one for each call of the API."""
    tokens: dict[str, str] = field(default_factory=dict)
    """Access token to subject."""

    def answer(self, request: Received) -> Scripted:
        self.received.append(request)
        split = urlsplit(request.path)
        if split.path == "/token":
            return self._token(request)
        if self.failures:
            return self.failures.pop(0)
        subject = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if subject is None:
            return problem(401, "Request had invalid authentication credentials.", "authError")
        query = dict(parse_qsl(split.query))
        found = _MEMBERS.fullmatch(split.path)
        kind = "members" if found else split.path.removeprefix("/admin/directory/v1/")
        return self._listed(kind, query, subject, unquote(found[1]) if found else "")

    def _listed(self, kind: str, query: dict[str, str], subject: str, group_id: str) -> Scripted:
        if kind not in _MOST:
            return problem(404, "Not Found", "notFound")
        if set(query) - _PARAMETERS[kind] or int(query.get("maxResults", "100")) > _MOST[kind]:
            return problem(400, "Invalid Input", "invalid")
        items = {"users": self.users, "groups": self.groups}.get(kind) if not group_id else self.members.get(group_id)
        if items is None:
            return problem(404, "Resource Not Found: groupKey", "notFound")
        if kind != "members":
            domain = query.get("domain", "")
            if self.subjects.get(domain) != subject:
                return problem(403, "Not Authorized to access this resource/api", "forbidden")
            name = "primaryEmail" if kind == "users" else "email"
            items = [item for item in items if item[name].endswith(f"@{domain}")]
        start = int(query.get("pageToken", "0"))
        rest = items[start + self.page :]
        shown = {kind: items[start : start + self.page]} if items else {}
        return Scripted(
            {"kind": f"admin#directory#{kind}", **shown, **({"nextPageToken": str(start + self.page)} if rest else {})}
        )

    def _token(self, request: Received) -> Scripted:
        form = parse_qs(request.body.decode())
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        try:
            claims = jwt.decode(
                form["assertion"][0],
                private_key().public_key(),
                algorithms=["RS256"],
                audience=f"{self.url}/token",
                issuer=ROBOT,
                options={"verify_exp": False, "verify_iat": False, "require": ["iat", "exp", "sub"]},
            )
        except jwt.PyJWTError as error:
            return Scripted({"error": "invalid_grant", "error_description": str(error)}, 400)
        if set(claims["scope"].split()) != SCOPES or claims["exp"] - claims["iat"] > 3600:
            return Scripted({"error": "unauthorized_client"}, 401)
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = claims["sub"]
        return Scripted({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def asked(self, kind: str) -> list[dict[str, str]]:
        """The queries of the calls whose path ends so."""
        split = [urlsplit(request.path) for request in self.received]
        return [dict(parse_qsl(one.query)) for one in split if one.path.endswith(kind)]


def problem(status: int, message: str, reason: str) -> Scripted:
    error = {"code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}
    return Scripted({"error": error}, status)


@contextmanager
def fake_google() -> Iterator[FakeGoogle]:
    google = FakeGoogle()
    with scripted_server(google):
        yield google

"""A strict Weep: what the real command line sends, and what it accepts, refuses and prints.

Stricter in one thing: an answer that redirects is an error here, where the real one follows and then fails to read a page.
"""

import configparser
import gzip
import http.client
import json
import os
import posixpath
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.go_json import (
    DecodeError,
    decode,
    flag,
    listed,
    members,
    pointer,
    present_whole,
    record,
    text,
    whole,
)

POLLS = 40
"""Every three seconds for two minutes."""
BETWEEN_POLLS = 3.0
_OK = 200
_REDIRECTS = {301, 302, 303, 307, 308}

BROKER_ERROR = "failed to retrieve credentials from broker"
UNEXPECTED_TYPE = "received an unexpected response type"
MESSAGES = {
    "899": "requested ARN is invalid",
    "900": "no matching roles for search string",
    "901": "more than one matching role for search string",
    "902": BROKER_ERROR,
    "903": "no matching roles for search string",
    "904": "malformed request sent to broker",
    "905": "mTLS cert needs to be refreshed",
    "invalid_jwt": "JWT is invalid",
}

_FAILURE = record(
    {"code": text, "message": text, "requested_role": text, "exception": text, "request_id": text},
)
_WEB_RESPONSE = record(
    {
        **dict.fromkeys(("status", "reason", "redirect_url", "message"), text),
        **dict.fromkeys(("status_code", "count", "total", "page", "last_page"), whole),
        "errors": listed(text),
        "data": members,
    }
)
_APP = record(dict.fromkeys(("name", "owner", "owner_url", "app_url"), text))
_ROLE = record(
    {
        **dict.fromkeys(("arn", "account_id", "account_friendly_name", "role_name"), text),
        "apps": record({"app_details": listed(_APP)}),
    }
)
_CREDENTIALS = record(
    {
        **dict.fromkeys(("AccessKeyId", "SecretAccessKey", "SessionToken", "RoleArn"), text),
        "Expiration": present_whole,
    }
)
_SESSION = record(
    {
        **dict.fromkeys(("status", "encoded_jwt", "cookie_name", "user"), text),
        **dict.fromkeys(("secure", "http_only"), flag),
        **dict.fromkeys(("same_site", "expiration"), whole),
    }
)


class WeepError(Exception):
    """What Weep prints before it exits with 1; `code` is the server's."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Weep:
    """`opener` gets the challenge URL, as a browser would; `wait` is called before each poll; `now` is epoch seconds."""

    consoleme_url: str
    home: Path
    user: str = ""
    opener: Callable[[str], None] = lambda _: None
    wait: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    metadata: bool = False
    pinned: dict[str, Any] | None = None
    """The session that a serving command began with: it keeps it, and asks nobody for another."""
    sent: list[str] = field(default_factory=list)
    """Method and URL of every request."""

    @property
    def session_file(self) -> Path:
        return self.home / ".weep" / "credentials"

    # --- what a person types ---------------------------------------------------------------------------------------------

    def list_roles(self, *, short: bool = False, account: str = "", instance_profiles: bool = False) -> str:
        """`weep list`, with `-s`, `-a` and `-i`."""
        roles = self.roles()
        if account:
            roles = [role for role in roles if account in (role["account_id"], role["account_friendly_name"])]
        if instance_profiles:
            roles = [role for role in roles if role["arn"].endswith("InstanceProfile")]
        if short:
            return "".join(f"{role['arn']}\n" for role in roles)
        rows = [("Account Name", "Role Name", "Role ARN")]
        rows += [(role["account_friendly_name"], role["role_name"], role["arn"]) for role in roles]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        return "".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "\n" for row in rows
        )

    def export(self, role: str, *, no_ip: bool = False) -> str:
        """`weep export ROLE`."""
        found = self.credentials(role, "export", no_ip=no_ip)
        names = {
            "AWS_ACCESS_KEY_ID": "AccessKeyId",
            "AWS_SECRET_ACCESS_KEY": "SecretAccessKey",
            "AWS_SESSION_TOKEN": "SessionToken",
        }
        return " && ".join(f"export {name}={found[key]}" for name, key in names.items()) + "\n"

    def credential_process(self, role: str) -> str:
        """`weep credential_process ROLE`, as the SDKs read it."""
        found = self.credentials(role, "credential_process")
        keys = {key: found[key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken")}
        return json.dumps({"Version": 1, **keys, "Expiration": _rfc3339(found["Expiration"])})

    def file(self, role: str, path: Path, profile: str = "default", *, no_ip: bool = False) -> int:
        """`weep file ROLE -p PROFILE -f -o PATH`: a profile of the credentials file. Gives the end, in epoch seconds."""
        found = self.credentials(role, "file", no_ip=no_ip)
        profiles = configparser.RawConfigParser()
        profiles.read(path, encoding="utf-8")
        profiles[profile] = {
            "aws_access_key_id": found["AccessKeyId"],
            "aws_secret_access_key": found["SecretAccessKey"],
            "aws_session_token": found["SessionToken"],
            "expiration": _rfc3339(found["Expiration"]),
        }
        with path.open("w", encoding="utf-8") as file:
            profiles.write(file)
        return int(found["Expiration"])

    def profiles(self, *, pretty: bool = False) -> str:
        """`weep credential_process --generate`, with `-p`: a profile for each role."""
        names = [(f"{role['account_friendly_name']}-{role['role_name']}", role["arn"]) for role in self.roles()]
        return "".join(
            f"[profile {_plain(name) if pretty else arn}]\ncredential_process = weep credential_process {arn}\n"
            for name, arn in names
        )

    def console(self, role: str) -> str:
        """`weep console -x ROLE`: the link that it would print. It is glued as paths are, which takes a slash of the scheme."""
        return posixpath.join(posixpath.normpath(self.consoleme_url), "role", role)

    def open_arn(self, arn: str) -> str:
        """`weep open -x ARN`: the link that it would open."""
        answer = self._authenticated("GET", "/api/v2/get_resource_url?" + urlencode({"arn": arn}))
        response = self._web_response(answer)
        return self.consoleme_url + text(response["data"].get("url"), "data.url")

    # --- the calls below -------------------------------------------------------------------------------------------------

    def roles(self) -> list[dict[str, Any]]:
        answer = self._authenticated("GET", "/api/v2/get_roles?all=true")
        if answer.status != _OK:
            raise self._failure(answer)
        data = self._decoded(_WEB_RESPONSE, answer)["data"]
        if "roles" not in data:
            raise WeepError(UNEXPECTED_TYPE)
        try:
            found: list[dict[str, Any]] = listed(_ROLE)(data["roles"], "data.roles")
        except DecodeError as error:
            raise WeepError(str(error)) from error
        return found

    def role_arns(self) -> list[str]:
        """The older endpoint: a bare array."""
        answer = self._authenticated("GET", "/api/v1/get_roles?all=true")
        if answer.status != _OK:
            raise self._failure(answer)
        found: list[str] = self._decoded(listed(text), answer)
        return found

    def credentials(self, role: str, method: str, *, no_ip: bool = False) -> dict[str, Any]:
        body: dict[str, Any] = {"requested_role": role, "no_ip_restrictions": no_ip}
        if self.metadata:
            body["metadata"] = {"hostname": "vm", "username": "root", "weep_version": "v0.3.9", "weep_method": method}
        answer = self._authenticated("POST", "/api/v1/get_credentials", json.dumps(body).encode() + b"\n")
        if answer.status != _OK:
            raise self._failure(answer)
        found: dict[str, Any] | None = self._decoded(record({"Credentials": pointer(_CREDENTIALS)}), answer)[
            "Credentials"
        ]
        if found is None:
            raise WeepError(BROKER_ERROR)
        return found

    def _failure(self, answer: Answer) -> WeepError:
        try:
            code = decode(_FAILURE, answer.body)["code"]
        except DecodeError as error:
            return WeepError(f"failed to unmarshal JSON: {error}")
        if code == "invalid_jwt":
            self.session_file.unlink(missing_ok=True)
        if code in MESSAGES:
            return WeepError(MESSAGES[code], code)
        return WeepError(f"unexpected HTTP status {answer.status}, want 200. Response: {answer.text}", code)

    def _web_response(self, answer: Answer) -> dict[str, Any]:
        response: dict[str, Any] = self._decoded(_WEB_RESPONSE, answer)
        if answer.status != _OK:
            raise WeepError(_printf("\n".join(response["errors"])))
        return response

    @staticmethod
    def _decoded(reader: Any, answer: Answer) -> Any:
        try:
            return decode(reader, answer.body)
        except DecodeError as error:
            raise WeepError(str(error)) from error

    # --- signing in ------------------------------------------------------------------------------------------------------

    def session(self) -> dict[str, Any]:
        """The stored session while it lasts, else a new one by a challenge in the browser."""
        if self.pinned is not None:
            return self.pinned
        stored = self._stored()
        if stored["expiration"] > self.now():
            return stored
        return self._challenge(self.user or stored["user"])

    def _stored(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = decode(_SESSION, self.session_file.read_bytes())
        except (OSError, DecodeError):
            found = decode(_SESSION, b"{}")
        return found

    def _challenge(self, user: str) -> dict[str, Any]:
        begun = self._plain("GET", f"{self.consoleme_url}/noauth/v1/challenge_generator/{user}")
        links = self._decoded(record({"challenge_url": text, "polling_url": text}), begun)
        if not links["polling_url"]:
            raise WeepError('Get "": unsupported protocol scheme ""')
        self.opener(links["challenge_url"])
        for _ in range(POLLS):
            self.wait(BETWEEN_POLLS)
            poll: dict[str, Any] = self._decoded(_SESSION, self._plain("GET", links["polling_url"]))
            if poll["status"] == "success":
                if poll["expiration"] <= self.now():
                    raise WeepError("authentication has expired")
                self._store(poll)
                return poll
        raise WeepError("timed out waiting for the challenge")

    def _store(self, session: dict[str, Any]) -> None:
        self.session_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.session_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(session, file)

    # --- the wire --------------------------------------------------------------------------------------------------------

    def _authenticated(self, method: str, path: str, body: bytes | None = None) -> Answer:
        session = self.session()
        headers = {"User-Agent": "weep/v0.3.9 Go-http-client/1.1"}
        lasts = session["expiration"] > self.now()
        if lasts and not (session["secure"] and self.consoleme_url.startswith("http:")):
            headers["Cookie"] = f"{session['cookie_name']}={session['encoded_jwt']}"
        return self._send(method, self.consoleme_url + path, headers, body)

    def _plain(self, method: str, url: str) -> Answer:
        return self._send(method, url, {"User-Agent": "Go-http-client/1.1"}, None)

    def _send(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        self.sent.append(f"{method} {url}")
        target = urlsplit(url)
        if target.scheme not in {"http", "https"} or not target.hostname:
            raise WeepError(f'Get "{url}": unsupported protocol scheme "{target.scheme}"')
        kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
        connection = kind(target.hostname, target.port, timeout=30)
        try:
            every = {"Content-Type": "application/json", "Accept-Encoding": "gzip", **headers}
            connection.request(method, url[url.index("/", 8) :], body, every)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status in _REDIRECTS:
            raise WeepError(f"the API redirects to {response.headers.get('Location')}")
        if response.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        return Answer(response.status, content)


def _rfc3339(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(" ", "-")


def _printf(message: str) -> str:
    """Weep prints errors as a format string without arguments."""
    return "%".join(part.replace("%", "%!(MISSING)") for part in message.split("%%"))

"""Who can sign in on this laptop: a page that lists them, and the one call that signs in."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from infra.local.http import HttpReply, HttpRequest, html_reply, json_reply, posted_from_elsewhere, problem
from infra.local.interpreter import Answer

PAGE_PATH = "/local/people"
SIGN_IN_PATH = "/local/sign_in"
XSRF_COOKIE = "_xsrf"


class BadPeopleError(ValueError):
    """The file of people is not what it should be."""


@dataclass(frozen=True)
class Person:
    email: str
    groups: tuple[str, ...]
    name: str = ""
    title: str = ""


def read_people(path: Path) -> tuple[Person, ...]:
    """From a JSON file: `[{"email": ..., "groups": [...], "name": ..., "title": ...}]`. Raises BadPeopleError naming the entry."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadPeopleError(f"The file of people {path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise BadPeopleError(f"{path} is not JSON: {error}.") from error
    if not isinstance(entries, list):
        raise BadPeopleError(f"{path} must be a list of people.")
    return tuple(_person(entry, f"{path}, entry {number}") for number, entry in enumerate(entries, 1))


def _person(entry: Any, place: str) -> Person:
    if not isinstance(entry, dict) or not isinstance(entry.get("email"), str) or "@" not in entry["email"]:
        raise BadPeopleError(f"{place} needs an email.")
    groups = entry.get("groups", [])
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise BadPeopleError(f"{place}: groups must be a list of names.")
    unknown = set(entry) - {"email", "groups", "name", "title"}
    if unknown:
        raise BadPeopleError(f"{place} has {', '.join(sorted(unknown))}; known are email, groups, name and title.")
    return Person(entry["email"], tuple(groups), str(entry.get("name", "")), str(entry.get("title", "")))


_PAGE = Template("""<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in to ConsoleMe (laptop)</title>
<body style="font-family: sans-serif; max-width: 48em; margin: 4em auto; line-height: 1.6">
<h1>Who are you today?</h1>
<p>This ConsoleMe runs on a laptop. Nobody needs a password, and all state lives in memory.</p>
<table style="width: 100%; border-collapse: collapse">$rows</table>
<p id="failure" role="alert" style="color: #b00"></p>
<script>
const target = new URLSearchParams(location.search).get("return_to") || "/";
document.querySelectorAll("button").forEach(button => button.addEventListener("click", async () => {
  const answer = await fetch("/local/sign_in", {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({email: button.dataset.email})});
  if (answer.ok) { location.assign(/^\\/(?![/\\\\])/.test(target) ? target : "/"); }
  else { document.getElementById("failure").textContent = (await answer.json()).message; }
}));
</script></body></html>""")

_ROW = Template("""<tr style="border-top: 1px solid #ccc"><td><strong>$name</strong><br>$email</td><td>$title<br><small>$groups</small></td>
<td style="text-align: right"><button type="button" data-email="$email">Sign in as $name</button></td></tr>""")

StartSession = Callable[[Mapping[str, Any]], Answer]
"""Mints a session in a container of the API: person in, `{value, cookie_name, expires_at, secure}` out."""


class SignIn:
    def __init__(
        self, people: Sequence[Person], start: StartSession, own_origins: Callable[[], frozenset[str]]
    ) -> None:
        self.people = people
        self._start = start
        self._own_origins = own_origins

    def page(self, _: HttpRequest) -> HttpReply:
        rows = [
            _ROW.substitute(
                name=escape(person.name or person.email),
                email=escape(person.email),
                title=escape(person.title),
                groups=escape(", ".join(person.groups)),
            )
            for person in self.people
        ]
        return html_reply(
            200, _PAGE.substitute(rows="\n".join(rows) or "<tr><td>Nobody. Start with PEOPLE=people.json.</td></tr>")
        )

    def sign_in(self, request: HttpRequest) -> HttpReply:
        refusal = posted_from_elsewhere(request, SIGN_IN_PATH, self._own_origins())
        if refusal:
            return refusal
        email = _email(request.body)
        if email is None:
            return problem(400, 'Send {"email": "..."}.')
        person = next((one for one in self.people if one.email.casefold() == email.casefold()), None)
        if person is None:
            known = ", ".join(one.email for one in self.people) or "nobody"
            return problem(404, f"Nobody here is called {email}. Known are: {known}.")
        answer = self._start(
            {
                "email": person.email,
                "groups": list(person.groups),
                "address": request.address,
                "client": request.header("User-Agent")[:300],
            }
        )
        if answer.failed:
            return problem(502, f"The session could not be started: {answer.payload.get('errorMessage')}")
        return _signed_in(person, answer.payload)


def _email(body: bytes) -> str | None:
    try:
        sent = json.loads(body)
    except ValueError:
        return None
    return sent["email"].strip() if isinstance(sent, dict) and isinstance(sent.get("email"), str) else None


def _signed_in(person: Person, session: Mapping[str, Any]) -> HttpReply:
    secure = "; Secure" if session["secure"] else ""
    kept = f"; Path=/; SameSite=Lax{secure}"
    xsrf = secrets.token_urlsafe(24)
    headers = [
        ("Set-Cookie", f"{session['cookie_name']}={session['value']}; HttpOnly{kept}"),
        ("Set-Cookie", f"{XSRF_COOKIE}={xsrf}{kept}"),
    ]
    body = {"email": person.email, "groups": list(person.groups), "expires_at": session["expires_at"]}
    return json_reply(200, body, headers)


def page_url(return_to: str) -> str:
    return f"{PAGE_PATH}?return_to={quote(return_to, safe='')}"

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.local.http import HttpReply, HttpRequest
from infra.local.interpreter import Answer
from infra.local.people import BadPeopleError, Person, SignIn, page_url, read_people

ADA = Person("ada@example.com", ("cloud-admins", "payments"), "Ada <Lovelace>", "Administrator")
EVE = Person("eve@example.com", ())
JSON = {"Content-Type": "application/json"}


class Laptop:
    def __init__(self) -> None:
        self.started: list[Mapping[str, Any]] = []
        self.answer = Answer(
            {"value": "token", "cookie_name": "consoleme_auth", "expires_at": 1_700_000_000, "secure": False}
        )
        self.sign_in = SignIn([ADA, EVE], self._start, lambda: frozenset({"localhost:8000", "127.0.0.1:8000"}))

    def _start(self, person: Mapping[str, Any]) -> Answer:
        self.started.append(person)
        return self.answer

    def post(self, body: Any, headers: Mapping[str, str] = JSON, method: str = "POST") -> HttpReply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.sign_in.sign_in(HttpRequest(method, "/local/sign_in", "", list(headers.items()), raw, "127.0.0.1"))


@pytest.fixture
def laptop() -> Laptop:
    return Laptop()


def test_a_person_of_the_list_gets_a_session_with_their_groups(laptop: Laptop) -> None:
    reply = laptop.post({"email": "Ada@example.com"}, {**JSON, "User-Agent": "Firefox"})
    assert reply.status == 200
    assert json.loads(reply.body) == {
        "email": "ada@example.com",
        "groups": ["cloud-admins", "payments"],
        "expires_at": 1_700_000_000,
    }
    assert laptop.started == [
        {
            "email": "ada@example.com",
            "groups": ["cloud-admins", "payments"],
            "address": "127.0.0.1",
            "client": "Firefox",
        }
    ]


def test_the_session_cookie_is_out_of_reach_of_scripts_and_the_xsrf_cookie_is_not(laptop: Laptop) -> None:
    session, xsrf = [value for name, value in laptop.post({"email": EVE.email}).headers if name == "Set-Cookie"]
    assert session == "consoleme_auth=token; HttpOnly; Path=/; SameSite=Lax"
    assert xsrf.startswith("_xsrf=")
    assert "HttpOnly" not in xsrf
    _, other = [value for name, value in laptop.post({"email": EVE.email}).headers if name == "Set-Cookie"]
    assert xsrf != other


def test_a_stranger_is_told_who_is_known(laptop: Laptop) -> None:
    reply = laptop.post({"email": "bob@example.com"})
    assert reply.status == 404
    assert "ada@example.com, eve@example.com" in json.loads(reply.body)["message"]
    assert not laptop.started


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 415),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({**JSON, "Origin": "https://evil.example"}, 403),
        ({**JSON, "Origin": "null"}, 403),
        ({**JSON, "Origin": "http://localhost:3000"}, 403),
        ({**JSON, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**JSON, "Sec-Fetch-Site": "same-site"}, 403),
        ({**JSON, "Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_another_site_cannot_sign_in(laptop: Laptop, headers: dict[str, str], status: int) -> None:
    assert laptop.post({"email": EVE.email}, headers).status == status


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'"text"', {}, {"email": 7}])
def test_a_body_that_names_nobody_is_refused(laptop: Laptop, body: Any) -> None:
    assert laptop.post(body).status == 400


def test_a_link_does_not_sign_in(laptop: Laptop) -> None:
    assert laptop.post({"email": EVE.email}, method="GET").status == 405


def test_a_session_service_that_fails_is_told(laptop: Laptop) -> None:
    laptop.answer = Answer({"errorType": "Upstream", "errorMessage": "no table"}, failed=True)
    reply = laptop.post({"email": EVE.email})
    assert (reply.status, "no table" in json.loads(reply.body)["message"]) == (502, True)


def test_the_page_lists_everyone_with_a_button(laptop: Laptop) -> None:
    page = laptop.sign_in.page(HttpRequest("GET", "/local/people", "", [], b"", "127.0.0.1")).body.decode()
    assert page.count("<button") == 2
    assert 'data-email="eve@example.com"' in page
    assert "Ada &lt;Lovelace&gt;" in page


def test_the_way_back_is_part_of_the_address() -> None:
    assert page_url("/role/x?y=1&z") == "/local/people?return_to=%2Frole%2Fx%3Fy%3D1%26z"


def test_people_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    file.write_text('[{"email": "ada@example.com", "groups": ["a"], "name": "Ada"}, {"email": "eve@example.com"}]')
    assert read_people(file) == (Person("ada@example.com", ("a",), "Ada"), Person("eve@example.com", ()))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("{}", "must be a list"),
        ("[7]", "entry 1 needs an email"),
        ('[{"email": "ada@example.com"}, {"email": "nobody"}]', "entry 2 needs an email"),
        ('[{"email": "a@b", "groups": "x"}]', "groups must be a list"),
        ('[{"email": "a@b", "group": ["x"]}]', "entry 1 has group"),
    ],
)
def test_a_bad_file_of_people_says_which_entry(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "people.json"
    file.write_text(text)
    with pytest.raises(BadPeopleError, match=says):
        read_people(file)


def test_a_missing_file_of_people_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadPeopleError, match=r"nothing\.json can't be read"):
        read_people(tmp_path / "nothing.json")

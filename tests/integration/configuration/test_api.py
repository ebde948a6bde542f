"""The configuration over HTTP, as Lambda would call the API: ConsoleMe's wire, and what is new beside it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.core.principals import SessionKind
from chalicelib.dynamic_config.models import hash_of
from tests.support.application import application
from tests.support.calls import watched
from tests.support.configuration_world import ADA, DEPLOYMENT, EDDI, EDITABLE, ConfigurationWorld
from tests.support.http import Answered, rest_event, send

CONFIG = "/api/v2/dynamic_config"
SECOND = EDITABLE.replace("first", "second")
GROUPS = {ADA: frozenset({"admins"}), EDDI: frozenset({"editors"})}
Browser = Callable[..., Answered]


@pytest.fixture
def browser(world: ConfigurationWorld, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A signed-in person's browser: `browser(method, resource, user=..., body=..., query=..., **values)`."""
    process = world.process()
    monkeypatch.setattr(bootstrap, "container", process)
    cookies: dict[str, str] = {}

    def call(
        method: str, resource: str, *, user: str = EDDI, body: Any = None, query: str = "", **values: str
    ) -> Answered:
        if user not in cookies:
            token = process().identity.sessions.start(
                user=user,
                groups=GROUPS.get(user, frozenset()),
                kind=SessionKind.WEB,
                method="test",
                address="198.51.100.7",
            )
            cookies[user] = f"{token.cookie_name}={token.value}; _xsrf=token"
        headers = {
            "Cookie": cookies[user],
            "Origin": "http://127.0.0.1:8000",
            "Sec-Fetch-Site": "same-origin",
            "X-Xsrftoken": "token",
            "Content-Type": "application/json",
        }
        text = None if body is None else json.dumps(body)
        return send(application(), rest_event(method, resource, values=values, query=query, headers=headers, body=text))

    return call


def wish(text: str = SECOND, existing: str = EDITABLE, **more: Any) -> dict[str, Any]:
    return {"new_config": text, "existing_sha256": hash_of(existing), **more}


def test_before_the_first_save_the_packages_document_is_shown_and_its_deployment_apart(browser: Browser) -> None:
    assert browser("GET", CONFIG).json == {
        "dynamicConfig": EDITABLE,
        "sha256": hash_of(EDITABLE),
        "deployment": DEPLOYMENT,
        "version": None,
        "applied": True,
    }


def test_a_save_answers_in_consolemes_words_and_is_seen_at_once(browser: Browser, world: ConfigurationWorld) -> None:
    answer = browser("POST", CONFIG, body=wish(comment="louder"))
    version = {
        "number": 1,
        "sha256": hash_of(SECOND),
        "saved_by": f"user:{EDDI}",
        "saved_at": world.clock.now(),
        "comment": "louder",
        "action": "save",
        "restored": None,
        "sections": ["site"],
    }
    assert answer.status == 200
    assert answer.json == {
        "status": "success",
        "newConfig": SECOND,
        "newsha56": hash_of(SECOND),
        "version": version,
        "applied": True,
    }
    shown = browser("GET", CONFIG).json
    assert (shown["dynamicConfig"], shown["sha256"], shown["version"]) == (SECOND, hash_of(SECOND), version)
    profile = browser("GET", "/api/v2/user_profile").json
    assert profile["pages"]["header"]["custom_header_message_title"] == "second"


def test_consolemes_own_body_is_taken_with_what_else_a_client_may_send(browser: Browser) -> None:
    body = {"NewConfig": SECOND, "ExistingSha256": hash_of(EDITABLE), "who": "me"}
    assert browser("POST", CONFIG, body=body).json["newsha56"] == hash_of(SECOND)


@pytest.mark.parametrize(
    ("body", "status", "reason", "words"),
    [
        pytest.param(wish(EDITABLE), 400, "unchanged", "Nothing is changed", id="unchanged"),
        pytest.param(wish("a: ["), 400, "bad_configuration", "line 1, column 5", id="no YAML"),
        pytest.param(wish("sitte: {}"), 400, "bad_configuration", "sitte is not known", id="an unknown section"),
        pytest.param(
            wish(EDITABLE.replace("can_edit_config", "can_admin")),
            403,
            "permissions_unchanged",
            "administrators",
            id="W7",
        ),
    ],
)
def test_a_refusal_says_why_in_both_ways(
    browser: Browser, body: dict[str, Any], status: int, reason: str, words: str
) -> None:
    answer = browser("POST", CONFIG, body=body)
    assert (answer.status, answer.json["reason"]) == (status, reason)
    assert answer.json["status"] == "error"
    assert answer.json["error"] == answer.json["message"]
    assert words in answer.json["message"]


def test_faults_come_with_the_lines_that_an_editor_marks(browser: Browser) -> None:
    answer = browser("POST", CONFIG, body=wish("site:\n  titel: x\n"))
    assert answer.json["faults"] == [
        {
            "section": "site",
            "key": "site.titel",
            "line": 2,
            "column": 3,
            "message": "this key is not known",
        }
    ]


def test_who_was_slower_is_told_by_whom_they_were_overtaken(browser: Browser) -> None:
    browser("POST", CONFIG, body=wish(comment="mine"), user=ADA)
    answer = browser("POST", CONFIG, body=wish(EDITABLE.replace("first", "third")))
    assert answer.status == 409
    assert answer.json["reason"] == "changed_meanwhile"
    assert f"user:{ADA} saved version 1" in answer.json["error"]
    assert answer.json["current"]["saved_by"] == f"user:{ADA}"
    assert answer.json["current"]["sha256"] == hash_of(SECOND)


def test_what_must_be_confirmed_is_listed_and_passes_once_it_is(browser: Browser) -> None:
    text = EDITABLE.replace("groups:\n", "groups:\n  can_admin: ['user:hand@example.com']\n")
    assert browser("POST", CONFIG, body=wish(text), user=ADA).status == 200
    bootstrap.container().identity.people.saw(ADA, frozenset({"admins"}), "test")
    again = wish(EDITABLE, text)
    answer = browser("POST", CONFIG, body=again, user="hand@example.com")
    assert (answer.status, answer.json["reason"]) == (400, "needs_confirmation")
    assert [(guard["rule"], guard["confirmable"]) for guard in answer.json["guards"]] == [("own_lockout", True)]
    assert browser("POST", CONFIG, body={**again, "confirmed": ["own_lockout"]}, user="hand@example.com").status == 200


def test_a_preview_tells_and_marks_and_stores_nothing(browser: Browser) -> None:
    browser("GET", CONFIG)
    with pytest.MonkeyPatch.context() as patches, watched(patches) as calls:
        answer = browser("POST", f"{CONFIG}/preview", body={"new_config": SECOND.replace("deploy", "build")})
        faulty = browser("POST", f"{CONFIG}/preview", body={"new_config": "site: 1"})
    assert answer.status == 200
    assert (answer.json["faults"], answer.json["guards"]) == ([], [])
    assert answer.json["sections"] == ["authorization", "site"]
    assert {"section": "site", "text": "message_title: changed.", "warning": False} in answer.json["effects"]
    assert [(fault["key"], fault["line"]) for fault in faulty.json["faults"]] == [("site", 1)]
    table = bootstrap.container().settings.table_prefix
    assert calls.writes_to(f"{table}config") == calls.writes_to(f"{table}audit") == []


def test_the_history_is_paged_and_a_version_is_shown_and_compared(browser: Browser) -> None:
    texts = [EDITABLE]
    for number in range(3):
        texts.append(EDITABLE.replace("first", f"title {number}"))
        assert browser("POST", CONFIG, body=wish(texts[-1], texts[-2], comment=f"{number}")).status == 200
    first = browser("GET", f"{CONFIG}/versions", query="limit=2").json
    assert [version["number"] for version in first["versions"]] == [3, 2]
    rest = browser("GET", f"{CONFIG}/versions", query=f"limit=2&before={first['next']}").json
    assert ([version["number"] for version in rest["versions"]], rest["next"]) == ([1], None)
    one = browser("GET", f"{CONFIG}/versions/{{number}}", number="2", query="against=1").json
    assert (one["version"]["number"], one["text"]) == (2, texts[2])
    assert "-site: {message_title: title 0}\n+site: {message_title: title 1}" in one["diff"]
    assert browser("GET", f"{CONFIG}/versions/{{number}}", number="1").json["diff"] is None


@pytest.mark.parametrize("number", ["4", "0", "x", "-1", "1e3", "9" * 30, "\u0661"])
def test_a_version_that_does_not_exist_is_not_found(browser: Browser, number: str) -> None:
    assert browser("GET", f"{CONFIG}/versions/{{number}}", number=number).status == 404


def test_a_rollback_puts_old_words_in_force_under_a_new_number(browser: Browser) -> None:
    browser("POST", CONFIG, body=wish())
    browser("POST", CONFIG, body=wish(EDITABLE, SECOND))
    answer = browser(
        "POST",
        f"{CONFIG}/rollback",
        body={"version": 1, "existing_sha256": hash_of(EDITABLE), "comment": "it was better"},
        user=ADA,
    )
    assert answer.status == 200
    assert (answer.json["newConfig"], answer.json["version"]["restored"]) == (SECOND, 1)
    assert (answer.json["version"]["number"], answer.json["version"]["action"]) == (3, "rollback")
    assert browser("GET", CONFIG).json["dynamicConfig"] == SECOND


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", CONFIG),
        ("POST", CONFIG),
        ("POST", f"{CONFIG}/preview"),
        ("POST", f"{CONFIG}/rollback"),
        ("GET", f"{CONFIG}/versions"),
        ("GET", f"{CONFIG}/versions/{{number}}"),
    ],
)
def test_without_the_permission_nothing_is_shown_or_done(browser: Browser, method: str, path: str) -> None:
    values = {"number": "1"} if "{" in path else {}
    answer = browser(method, path, user="pat@example.com", body={} if method == "POST" else None, **values)
    assert (answer.status, answer.json["reason"]) == (403, "can_edit_config")


def test_the_page_is_offered_to_those_who_may_edit(browser: Browser) -> None:
    def offered(user: str) -> bool:
        found: bool = browser("GET", "/api/v2/user_profile", user=user).json["pages"]["config"]["enabled"]
        return found

    assert {user: offered(user) for user in (ADA, EDDI, "pat@example.com")} == {
        ADA: True,
        EDDI: True,
        "pat@example.com": False,
    }


def test_while_nobody_knows_what_is_in_force_everything_is_refused_in_our_own_shape(
    browser: Browser, world: ConfigurationWorld
) -> None:
    browser("GET", CONFIG)
    with pytest.MonkeyPatch.context() as patches, watched(patches) as calls:
        calls.refuse("GetItem", "InternalServerError")
        world.clock.advance(601)
        refused = browser("GET", "/api/v1/get_roles")
        alive = browser("GET", "/healthcheck")
    assert (refused.status, refused.json["reason"]) == (502, "configuration_unknown")
    assert "could not be looked up for 601 seconds" in refused.json["message"]
    assert alive.status == 200

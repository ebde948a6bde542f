"""What holds for every route and every function, whoever writes it."""

import re
from collections import defaultdict
from typing import Any

import pytest

from chalicelib import api, tasks
from chalicelib.wire.api import Operation
from chalicelib.wire.authentication import Access
from chalicelib.wire.failures import Shape
from chalicelib.wire.mount import blueprints
from tests.support.application import application, functions, operations
from tests.support.http import BROWSER, JSON, ORIGIN, rest_event, send
from tests.support.tree import python_files

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
SAFE = {"GET"}
POSTED_FROM_ELSEWHERE = {"POST /saml/acs", "POST /saml/sso", "POST /api/v2/slack/interactions"}
"""Identity providers post these from their own pages, Slack from its servers: none believes the browser, none acts for who is signed in."""
OPERATIONS = operations()
HELPERS = {"__init__", "authenticator", "deny_bodies", "envelopes", "resource_bodies", "runtime"}
_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")


def label(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def test_every_mounted_route_was_declared_with_an_access_of_its_own() -> None:
    mounted = {(method, path) for path, methods in application().routes.items() for method in methods}
    declared = {(operation.method, operation.path) for operation in OPERATIONS}
    assert mounted == declared
    assert all(isinstance(operation.access, Access) for operation in OPERATIONS)


def test_no_two_views_share_a_method_of_a_path() -> None:
    assert len({label(operation) for operation in OPERATIONS}) == len(OPERATIONS)


def test_only_known_methods_are_used() -> None:
    assert {operation.method for operation in OPERATIONS} <= METHODS


def test_what_needs_no_session_is_a_list_that_somebody_decided() -> None:
    assert {label(operation) for operation in OPERATIONS if operation.access is Access.PUBLIC} == {
        "GET /auth",
        "GET /healthcheck",
        "GET /api/v2/login_configuration",
        "GET /noauth/v1/challenge_generator/{user}",
        "GET /noauth/v1/challenge_poller/{token}",
        "GET /saml/finish",
        "GET /saml/metadata",
        "GET /saml/sls",
        *POSTED_FROM_ELSEWHERE,
    }


def test_what_weep_calls_takes_command_line_sessions_and_answers_in_the_shape_that_weep_reads() -> None:
    called = {
        "GET /api/v1/get_roles",
        "GET /api/v2/get_roles",
        "POST /api/v1/get_credentials",
    }
    found = {label(operation): operation for operation in OPERATIONS if label(operation) in called}
    assert set(found) == called
    assert {(operation.access, operation.shape) for operation in found.values()} == {(Access.CLI, Shape.UNIVERSAL)}


def test_a_greedy_variable_stands_last() -> None:
    for operation in OPERATIONS:
        inner = segments(operation.path)[:-1]
        assert [segment for segment in inner if "+" in segment] == [], label(operation)


def test_a_variable_is_a_whole_segment() -> None:
    for operation in OPERATIONS:
        odd = [segment for segment in segments(operation.path) if "{" in segment and not _VARIABLE.fullmatch(segment)]
        assert odd == [], label(operation)


def test_variables_at_one_place_have_one_name() -> None:
    names: dict[str, set[str]] = defaultdict(set)
    for operation in OPERATIONS:
        parts = segments(operation.path)
        for place, segment in enumerate(parts):
            if _VARIABLE.fullmatch(segment):
                names["/".join(parts[:place])].add(segment)
    assert {place: found for place, found in names.items() if len(found) > 1} == {}


def test_no_variable_of_a_path_is_called_an_arn() -> None:
    names = {name for operation in OPERATIONS for name in operation.signature.path}
    assert [name for name in names if "arn" in name.lower()] == []


def test_paths_are_plain_without_a_slash_at_the_end_and_begin_with_a_word() -> None:
    for operation in OPERATIONS:
        # RFC 7644 writes its words in capitals.
        word = "A-Za-z0-9" if operation.access is Access.SCIM else "a-z0-9_"
        assert re.fullmatch(rf"(/[a-z0-9_\-]+)(/([{word}\-]+|\{{\w+\+?\}}))*", operation.path), label(operation)


def test_every_operation_says_what_it_is_for() -> None:
    assert [label(operation) for operation in OPERATIONS if not operation.summary] == []


def filled(operation: Operation) -> dict[str, str]:
    return dict.fromkeys(operation.signature.path, "x")


UNSAFE = [
    operation
    for operation in OPERATIONS
    if operation.method not in SAFE
    and label(operation) not in POSTED_FROM_ELSEWHERE
    and operation.access is not Access.SCIM
]


@pytest.mark.usefixtures("own_tables")
class TestGuards:
    @pytest.fixture(autouse=True)
    def public_url(self, own_tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CONSOLEME_PUBLIC_URL", ORIGIN)

    def test_a_browsers_unsafe_request_without_the_token_is_refused_on_every_route(self) -> None:
        for operation in UNSAFE:
            event = rest_event(
                operation.method, operation.path, values=filled(operation), headers=BROWSER | JSON, body="{}"
            )
            answer = send(application(), event)
            assert (answer.status, answer.json["reason"]) == (403, "xsrf"), label(operation)

    def test_another_sites_request_is_refused_on_every_route_that_knows_people(self) -> None:
        headers = {"Origin": "https://evil.example", "Cookie": "_xsrf=a", "X-Xsrftoken": "a"} | JSON
        for operation in OPERATIONS:
            if operation.access in {Access.SESSION, Access.CLI}:
                event = rest_event(
                    operation.method, operation.path, values=filled(operation), headers=headers, body="{}"
                )
                answer = send(application(), event)
                assert (answer.status, answer.json["reason"]) == (403, "cross_site"), label(operation)

    def test_what_a_directory_pushes_needs_its_token_whatever_session_a_browser_brings(self) -> None:
        pushed = [operation for operation in OPERATIONS if operation.access is Access.SCIM]
        assert {label(operation) for operation in pushed} == {
            label(operation) for operation in OPERATIONS if operation.path.startswith("/scim/")
        }
        for operation in pushed:
            headers = BROWSER | JSON | {"Cookie": "__Host-consoleme_auth=x; _xsrf=a", "X-Xsrftoken": "a"}
            event = rest_event(operation.method, operation.path, values=filled(operation), headers=headers, body="{}")
            answer = send(application(), event)
            assert (answer.status, answer.json["status"]) == (401, "401"), label(operation)
            assert answer.header("WWW-Authenticate") == "Bearer"


def test_every_module_of_api_and_tasks_mounts_something() -> None:
    for package in (api, tasks):
        folder = package.__name__.replace(".", "/")
        modules = {path.stem for path in python_files(folder)} - HELPERS
        mounted = {blueprint._import_name.rpartition(".")[2] for blueprint in blueprints(package)}
        assert modules == mounted


def test_a_function_is_called_like_its_module_so_that_lambda_finds_it() -> None:
    modules = {path.stem for path in python_files("chalicelib/tasks")} - HELPERS
    assert functions() == modules
    app: Any = application()
    handlers = {one.name: one.handler_string for one in [*app.pure_lambda_functions, *app.event_sources]}
    assert handlers == {name: f"chalicelib.tasks.{name}.{name}" for name in modules}


def test_the_application_never_shows_its_insides() -> None:
    assert application().debug is False
    assert application().builtin_auth_handlers == []

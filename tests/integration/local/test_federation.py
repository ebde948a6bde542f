import json
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local import aws
from infra.local.embedded import EmbeddedAws
from infra.local.federation import CONSOLE_PATH, PATH, TOKEN_SECONDS, Federation
from infra.local.http import HttpReply, HttpRequest
from tests.integration.local.conftest import REGION, Clients, trust

SPOKE = "222222222222"
DESTINATION = "https://console.aws.amazon.com/s3/home?region=eu-west-1"


@pytest.fixture(scope="module")
def session(clients: Clients) -> dict[str, str]:
    clients("iam", account_id=SPOKE).create_role(RoleName="reader", AssumeRolePolicyDocument=trust("*"))
    answer = clients("sts").assume_role(RoleArn=f"arn:aws:iam::{SPOKE}:role/reader", RoleSessionName="ada@example.com")
    minted = answer["Credentials"]
    return {
        "sessionId": minted["AccessKeyId"],
        "sessionKey": minted["SecretAccessKey"],
        "sessionToken": minted["SessionToken"],
    }


class Console:
    def __init__(self, endpoint_url: str) -> None:
        self.now = 1_000.0
        self._federation = Federation(lambda session: aws.identify(session, endpoint_url, REGION), lambda: self.now)

    def get(self, **query: str) -> HttpReply:
        return self._federation.answer(HttpRequest("GET", PATH, urlencode(query), [], b"", "127.0.0.1"))

    def token(self, session: Any, **more: str) -> HttpReply:
        return self.get(Action="getSigninToken", Session=json.dumps(session), **more)

    def login(self, token: str, destination: str = DESTINATION) -> HttpReply:
        return self.get(Action="login", SigninToken=token, Destination=destination, Issuer="consoleme")

    def page(self, path: str) -> HttpReply:
        return self._federation.console(HttpRequest("GET", path, "", [], b"", "127.0.0.1"))


@pytest.fixture
def console(embedded: EmbeddedAws) -> Console:
    return Console(embedded.endpoint_url)


def test_the_two_calls_end_on_a_page_that_says_who_one_is(console: Console, session: dict[str, str]) -> None:
    answer = console.token(session)
    assert answer.status == 200
    login = console.login(json.loads(answer.body)["SigninToken"])
    location = dict(login.headers)["Location"]
    assert (login.status, location.startswith(CONSOLE_PATH)) == (302, True)
    page = console.page(location).body.decode()
    for shown in (SPOKE, "reader", "ada@example.com", "eu-west-1", DESTINATION, "consoleme"):
        assert f">{shown}<" in page


def test_a_post_is_taken_as_well(console: Console, session: dict[str, str]) -> None:
    body = urlencode({"Action": "getSigninToken", "Session": json.dumps(session)}).encode()
    reply = console._federation.answer(HttpRequest("POST", PATH, "", [], body, "127.0.0.1"))
    assert "SigninToken" in json.loads(reply.body)


def test_a_token_works_once_and_for_fifteen_minutes(console: Console, session: dict[str, str]) -> None:
    token = json.loads(console.token(session).body)["SigninToken"]
    assert console.login(token).status == 302
    assert console.login(token).status == 400
    late = json.loads(console.token(session).body)["SigninToken"]
    console.now += TOKEN_SECONDS
    assert console.login(late).status == 400


@pytest.mark.parametrize(
    "session",
    [
        {},
        {"sessionId": "a", "sessionKey": "b"},
        {"sessionId": "ASIAAAAAAAAAAAAAAAAA", "sessionKey": "b", "sessionToken": "c"},
        {"sessionId": "a", "sessionKey": "b", "sessionToken": "c", "more": "d"},
        [],
        "text",
    ],
)
def test_keys_that_are_no_role_session_get_no_token(console: Console, session: Any) -> None:
    assert console.token(session).status == 400


def test_a_duration_is_refused_as_aws_refuses_it_for_chained_roles(console: Console, session: dict[str, str]) -> None:
    assert console.token(session, SessionDuration="3600").status == 400


@pytest.mark.parametrize(
    "destination",
    [
        "",
        "http://console.aws.amazon.com/",
        "https://evil.example/",
        "https://console.aws.amazon.com.evil.example/",
        "javascript:alert(1)",
    ],
)
def test_only_the_console_is_a_destination(console: Console, session: dict[str, str], destination: str) -> None:
    token = json.loads(console.token(session).body)["SigninToken"]
    assert console.login(token, destination).status == 400
    assert console.login(token).status == 302


def test_what_the_page_shows_is_escaped(console: Console, session: dict[str, str]) -> None:
    token = json.loads(console.token(session).body)["SigninToken"]
    login = console.login(token, DESTINATION + "&x=<script>")
    page = console.page(dict(login.headers)["Location"]).body.decode()
    assert "<script>" not in page


def test_other_calls_are_refused(console: Console) -> None:
    assert console.get().status == 400
    assert console.get(Action="logout").status == 400
    assert console.page(CONSOLE_PATH + "nothing").status == 404

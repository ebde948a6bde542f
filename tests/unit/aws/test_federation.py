import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.aws.federation import FederationEndpoint
from chalicelib.aws.sessions import IssuedCredentials
from chalicelib.core.errors import Upstream
from tests.support.http import Scripted, ScriptedServer, scripted_server
from tests.support.tls import imposter, self_signed

KEYS = IssuedCredentials("ASIA1", 1_800_000_000, "very-secret", "very-session")
PATH = "/federation"


@pytest.fixture
def aws() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


def link(aws: ScriptedServer) -> str:
    url = aws.url + PATH
    return FederationEndpoint().sign_in_url(url, KEYS, destination="https://console/?a=b&c#d", issuer="consoleme")


def test_credentials_go_in_and_a_link_comes_out(aws: ScriptedServer) -> None:
    aws.on(PATH, Scripted({"SigninToken": "token/+="}))
    made = urlsplit(link(aws))
    assert parse_qs(made.query) == {
        "Action": ["login"],
        "Issuer": ["consoleme"],
        "Destination": ["https://console/?a=b&c#d"],
        "SigninToken": ["token/+="],
    }
    assert list(parse_qs(made.query)) == ["Action", "Issuer", "Destination", "SigninToken"]
    (request,) = aws.received
    assert (request.method, request.path) == ("POST", PATH)
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    asked = parse_qs(request.body.decode())
    assert asked["Action"] == ["getSigninToken"]
    assert set(asked) == {"Action", "Session"}
    assert json.loads(asked["Session"][0]) == {
        "sessionId": "ASIA1",
        "sessionKey": "very-secret",
        "sessionToken": "very-session",
    }


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Scripted({"SigninToken": "x"}, 400), id="a refusal"),
        pytest.param(Scripted(b"<html>", 200), id="a page"),
        pytest.param(Scripted({}, 200), id="no token"),
        pytest.param(Scripted(["x"], 200), id="a list"),
        pytest.param(Scripted(b"null", 200), id="null"),
        pytest.param(Scripted({"SigninToken": ""}, 200), id="an empty token"),
        pytest.param(Scripted({"SigninToken": None}, 200), id="a token that is null"),
        pytest.param(Scripted({"SigninToken": ["x"]}, 200), id="a token that is no text"),
        pytest.param(Scripted(b"", 307, {"Location": "http://evil.example/"}), id="a redirect that repeats the body"),
        pytest.param(
            Scripted(b"", 302, {"Location": "http://evil.example/"}), id="a redirect, which would carry the keys on"
        ),
        pytest.param(Scripted(b"", 500), id="an error"),
    ],
)
def test_anything_else_is_an_error_that_does_not_hold_the_keys(aws: ScriptedServer, answer: Scripted) -> None:
    aws.on(PATH, answer)
    with pytest.raises(Upstream) as failure:
        link(aws)
    told = f"{failure.value.message} {failure.value.__cause__!r} {failure.value.extra}"
    assert "secret" not in told
    assert "very-session" not in told
    assert failure.value.__cause__ is None
    assert failure.value.reason == "sign_in_failed"
    assert len(aws.received) == 1


def test_a_server_whose_name_nobody_vouches_for_gets_no_keys(tmp_path: Path) -> None:
    """Self-signed, as whoever stands between would be."""
    certificate = self_signed(tmp_path)
    with imposter(certificate) as server, pytest.raises(Upstream, match="MaxRetryError") as failure:
        FederationEndpoint().sign_in_url(server.url, KEYS, destination="https://console/", issuer="consoleme")
    assert server.bodies == []
    assert failure.value.__cause__ is None


def test_an_endpoint_that_does_not_answer_is_an_error_that_does_not_hold_the_keys(aws: ScriptedServer) -> None:
    closed = ScriptedServer(url="http://127.0.0.1:1")
    with pytest.raises(Upstream) as failure:
        link(closed)
    assert "secret" not in failure.value.message

"""While the audit log can't be written, nothing leaves that lets anybody act: no keys, no console, no session of a command line."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import SessionToken
from tests.integration.wire.conftest import APP
from tests.support.calls import Answer, AwsCalls, watched
from tests.support.http import Scripted, ScriptedServer
from tests.support.served import Served

SECRETS = ("SecretAccessKey", "SessionToken", "SigninToken", "encoded_jwt")


@pytest.fixture
def web(site: Served, user: str) -> SessionToken:
    return site.session(user, "engineers", kind=SessionKind.WEB)


@pytest.fixture
def browser(site: Served, web: SessionToken) -> dict[str, str]:
    return site.browser(web)


@pytest.fixture
def command_line(site: Served, user: str) -> dict[str, str]:
    token = site.session(user, "engineers")
    return {"Cookie": f"{token.cookie_name}={token.value}", "Content-Type": "application/json"}


@pytest.fixture
def deaf(
    site: Served,
    web: SessionToken,
    command_line: dict[str, str],
    federation: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[AwsCalls]:
    """The audit table takes nothing; every other one works."""
    federation.on("/federation", Scripted({"SigninToken": "signin-token"}))
    table = f"{site.container.settings.table_prefix}audit"

    def names_it(parameters: dict[str, Any]) -> bool:
        items = [body for one in parameters.get("TransactItems", []) for body in one.values()]
        return table in {parameters.get("TableName"), *(item.get("TableName") for item in items)}

    def rule(parameters: dict[str, Any], answer: Answer) -> dict[str, Any]:
        if names_it(parameters):
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": "deaf"}}, "PutItem")
        return answer()

    with watched(monkeypatch) as calls:
        for operation in ("PutItem", "TransactWriteItems", "UpdateItem"):
            calls.on(operation, rule)
        yield calls


def test_keys_that_were_minted_are_dropped(site: Served, browser: dict[str, str], deaf: AwsCalls) -> None:
    reply = site.call("POST", "/api/v1/get_credentials", {"requested_role": APP}, browser)
    assert (reply.status, reply.json["reason"]) == (502, "audit_unavailable")
    assert deaf.count("AssumeRole") == 1
    assert not any(word in reply.text for word in SECRETS)


def test_a_command_lines_keys_are_dropped_too_and_come_once_the_log_takes_entries_again(
    site: Served, command_line: dict[str, str], deaf: AwsCalls
) -> None:
    wish = {"requested_role": APP}
    refused = site.call("POST", "/api/v1/get_credentials", wish, command_line)
    assert (refused.status, "Credentials" in refused.json) == (502, False)
    deaf.rules.clear()
    assert "Credentials" in site.call("POST", "/api/v1/get_credentials", wish, command_line).json


def test_a_link_into_the_console_is_dropped(
    site: Served, browser: dict[str, str], deaf: AwsCalls, federation: ScriptedServer
) -> None:
    before = len(federation.received)
    reply = site.call("GET", f"/api/v2/role_login/{APP}", headers=browser)
    assert reply.status == 502
    assert len(federation.received) == before + 1
    assert "signin-token" not in reply.text


def test_a_command_lines_sign_in_is_not_approved(
    site: Served, browser: dict[str, str], user: str, deaf: AwsCalls
) -> None:
    begun = site.call("GET", f"/noauth/v1/challenge_generator/{user}").json
    api = "/api/v2/challenge_validator/" + begun["challenge_url"].rpartition("/")[2]
    asked = site.call("GET", api, headers=browser).json
    refused = site.call("POST", api, {"nonce": asked["nonce"], "approve": True}, browser)
    assert refused.status >= 400
    polled = site.call("GET", begun["polling_url"].removeprefix(site.url))
    assert polled.json["status"] != "success"
    assert not any(word in polled.text for word in SECRETS)


def test_nobody_is_signed_in_without_an_entry(site: Served, deaf: AwsCalls) -> None:
    from chalicelib.core.errors import Upstream

    with pytest.raises(Upstream):
        site.session("somebody-new@example.com", "engineers", kind=SessionKind.WEB)


def test_an_export_of_the_log_itself_is_dropped(site: Served, deaf: AwsCalls) -> None:
    deaf.rules, kept = {}, dict(deaf.rules)
    auditor = site.browser(site.session("root@example.com", kind=SessionKind.WEB))
    deaf.rules = kept
    reply = site.call("GET", "/api/v2/audit/activity/export", headers=auditor)
    assert (reply.status, "person" in reply.text) == (502, False)
    assert site.call("GET", "/api/v2/audit/activity", headers=auditor).status == 200

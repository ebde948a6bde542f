"""A deployment that takes the full ARN of a role and nothing less."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.core.principals import SessionKind
from tests.integration.wire.conftest import stored
from tests.integration.wire.test_weep_journey import command_line
from tests.support.builders import grant, role_arn
from tests.support.served import Served, served
from tests.support.weep import MESSAGES, Weep, WeepError

TEST = "333333333333"
DEPLOY = role_arn("deploy", TEST)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patches, served(patches, folder, "credentials: {search: arn}\n") as running:
        running.synced({TEST: "payments-test"})
        running.entitle("group:engineers", grant(DEPLOY))
        yield running


@pytest.mark.parametrize(
    "search", ["deploy", TEST, "arn:aws:iam::333333333333:user/x", "arn:aws:iam::x:role/deploy", "arn:aws:iam"]
)
def test_899_for_whatever_is_no_arn_of_a_role(strict: Served, search: str) -> None:
    token = strict.session("ana@example.com", "engineers")
    reply = strict.call("POST", "/api/v1/get_credentials", {"requested_role": search}, command_line(token))
    assert (reply.status, reply.json["code"], reply.json["requested_role"]) == (403, "899", search)


def test_weep_has_words_for_it_and_takes_the_arn(strict: Served, tmp_path: Path) -> None:
    weep = Weep(strict.url, tmp_path)
    weep._store(stored(strict.session("ana@example.com", "engineers")))
    with pytest.raises(WeepError, match=MESSAGES["899"]):
        weep.export("deploy")
    assert weep.credentials(DEPLOY.upper(), "export")["RoleArn"] == DEPLOY
    with pytest.raises(WeepError, match=MESSAGES["900"]):
        weep.export(DEPLOY[:-1])


def test_a_link_into_the_console_is_no_different(strict: Served) -> None:
    browser = strict.browser(strict.session("ana@example.com", "engineers", kind=SessionKind.WEB))
    reply = strict.call("GET", "/api/v2/role_login/deploy", headers=browser)
    assert (reply.status, reply.json["type"], reply.json["reason"]) == (404, "error", "not_a_role_arn")

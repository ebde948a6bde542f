"""Who asks too often is told so, in a way that command lines, pages and people understand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.core.principals import SessionKind
from tests.integration.wire.conftest import stored
from tests.integration.wire.test_weep_journey import command_line
from tests.support.builders import grant, role_arn
from tests.support.served import Served, served
from tests.support.weep import Weep, WeepError

DEPLOY = role_arn("deploy", "333333333333")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, section = tmp_path_factory.mktemp("site"), "credentials: {attempts_per_minute: 1}\n"
    with pytest.MonkeyPatch.context() as patches, served(patches, folder, section) as running:
        running.synced({"333333333333": "payments-test"})
        running.entitle("group:engineers", grant(DEPLOY))
        yield running


def test_a_person_who_asks_too_often_is_answered_with_429(site: Served, tmp_path: Path) -> None:
    token = site.session("ana@example.com", "engineers")
    replies = [
        site.call("POST", "/api/v1/get_credentials", {"requested_role": DEPLOY}, command_line(token)) for _ in range(3)
    ]
    # A minute may begin between two of them.
    assert [reply.status for reply in replies].count(429) >= 1
    refused = next(reply for reply in replies if reply.status == 429)
    assert refused.json["code"] == refused.json["reason"] == "limit_exceeded"
    assert "try again in" in refused.json["message"]
    weep = Weep(site.url, tmp_path)
    weep._store(stored(token))
    with pytest.raises(WeepError, match=r"unexpected HTTP status 429.*try again in"):
        _ = [weep.export(DEPLOY) for _ in range(3)]


def test_a_page_is_told_so_too(site: Served) -> None:
    browser = site.browser(site.session("eve@example.com", "engineers", kind=SessionKind.WEB))
    replies = [site.call("GET", "/api/v2/role_login/nothing", headers=browser) for _ in range(3)]
    refused = next(reply for reply in replies if reply.status == 429)
    assert "try again in" in refused.json["message"]

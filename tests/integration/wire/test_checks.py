"""The checks as an administrator's page asks for them."""

import pytest

from chalicelib.core.principals import SessionKind
from tests.support.served import Served

ROUTES = ["/api/v2/checks", "/api/v2/checks/spokes"]


@pytest.fixture
def administrator(site: Served) -> dict[str, str]:
    return site.browser(site.session("root@example.com", kind=SessionKind.WEB))


@pytest.mark.parametrize("path", ROUTES)
def test_only_administrators_ask(site: Served, path: str) -> None:
    other = site.browser(site.session("somebody@example.com", "engineers", kind=SessionKind.WEB))
    refused = site.call("GET", path, headers=other)
    assert (refused.status, refused.json["reason"]) == (403, "can_admin")


def test_each_check_has_its_cause_and_its_fix(site: Served, administrator: dict[str, str]) -> None:
    found = site.call("GET", "/api/v2/checks", headers=administrator).json["checks"]
    assert {check["status"] for check in found} <= {"ok", "warning", "failed", "not_configured"}
    (tables,) = [check for check in found if check["name"] == "tables"]
    assert (tables["status"], tables["cause"], tables["fix"]) == ("ok", "All 10 are active.", "")
    assert all(check["fix"] for check in found if check["status"] != "ok")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "after=x", "colour=blue"])
def test_a_bad_question_is_refused(site: Served, administrator: dict[str, str], query: str) -> None:
    assert site.call("GET", f"/api/v2/checks/spokes?{query}", headers=administrator).status == 400

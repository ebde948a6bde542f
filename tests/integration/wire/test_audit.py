"""The audit routes as an auditor's page, a script, and ConsoleMe's clients see them."""

import csv
import io
import json
from urllib.parse import urlencode

import pytest

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.core.principals import SessionKind
from chalicelib.inventory.models import ResourceWrite
from tests.integration.wire.conftest import APP, ONLY_CLI, PROD, READER, TEST
from tests.support.builders import audit_entry, grant, role_arn
from tests.support.served import Reply, Served

AUDITOR = "root@example.com"
PLATFORM = role_arn("platform/Deployer", PROD)


@pytest.fixture(scope="module", autouse=True)
def inventory(site: Served) -> None:
    """Two accounts with the roles of the site, and one that only the authorisation map knows nothing of."""
    kept = site.container.inventory
    for number, (account, arns) in enumerate({PROD: [APP, PLATFORM], TEST: [ONLY_CLI]}.items()):
        kept.accounts.put(Account(account_id=account, name=f"a{number}", status=AccountStatus.ACTIVE), 1)
        writes = [
            ResourceWrite(
                arn=arn, name=arn.rpartition("/")[2], content_hash="h", detail=b"{}", owner=None, tags={}, granted={}
            )
            for arn in arns
        ]
        kept.resources.write(account, "iam_role", writes, 1)


@pytest.fixture(scope="module")
def entries(site: Served) -> None:
    for number in range(5):
        details: dict[str, str | int | bool | None] = {"number": number}
        site.container.audit.record(audit_entry(target="arn:of:it", reason="=x", details=details))


@pytest.fixture
def auditor(site: Served) -> dict[str, str]:
    return site.browser(site.session(AUDITOR, kind=SessionKind.WEB))


@pytest.fixture
def command_line(site: Served) -> dict[str, str]:
    token = site.session(AUDITOR)
    return {"Cookie": f"{token.cookie_name}={token.value}", "User-Agent": "script"}


def get(site: Served, path: str, headers: dict[str, str], **query: object) -> Reply:
    return site.call("GET", f"{path}?{urlencode(query)}" if query else path, headers=headers)


ROUTES = [
    "/api/v2/audit/roles",
    f"/api/v2/audit/roles/{PROD}/team/app/access",
    f"/api/v2/audit/role_access?role={APP}",
    "/api/v2/audit/user_access?user=ada@example.com",
    "/api/v2/audit/activity",
    "/api/v2/audit/activity/export",
]


@pytest.mark.parametrize("path", ROUTES)
def test_only_auditors_read_any_of_it(site: Served, path: str) -> None:
    for kind in SessionKind:
        token = site.session("somebody@example.com", "engineers", kind=kind)
        refused = site.call("GET", path, headers={"Cookie": f"{token.cookie_name}={token.value}"})
        assert (refused.status, refused.json["reason"]) == (403, "can_audit")
    assert site.call("GET", path).status == 403


@pytest.mark.parametrize("path", ROUTES)
def test_an_auditor_reads_it_from_a_page_and_from_a_command_line(
    site: Served, auditor: dict[str, str], command_line: dict[str, str], path: str
) -> None:
    assert [site.call("GET", path, headers=headers).status for headers in (auditor, command_line)] == [200, 200]


def test_the_page_is_offered_to_auditors(site: Served, auditor: dict[str, str]) -> None:
    other = site.browser(site.session("somebody@example.com", kind=SessionKind.WEB))
    flags = [
        get(site, "/api/v2/user_profile", headers).json["pages"]["audit"]["enabled"] for headers in (auditor, other)
    ]
    assert flags == [True, False]


class TestRoles:
    def test_all_roles_come_sorted_and_page_by_page(self, site: Served, command_line: dict[str, str]) -> None:
        whole = get(site, "/api/v2/audit/roles", command_line).json
        assert whole == {
            "status": "success",
            "status_code": 200,
            "count": 3,
            "total": 3,
            "page": 0,
            "last_page": 0,
            "data": sorted([APP, PLATFORM, ONLY_CLI]),
        }
        second = get(site, "/api/v2/audit/roles", command_line, page=1, count=2).json
        assert (second["count"], second["page"], second["last_page"]) == (1, 1, 1)
        assert second["data"] == sorted([APP, PLATFORM, ONLY_CLI])[2:]
        assert get(site, "/api/v2/audit/roles", command_line, page=9).json["data"] == []

    @pytest.mark.parametrize("query", [{"page": "x", "count": "y"}, {"page": -1, "count": 0}, {"other": 1}])
    def test_what_is_no_number_counts_as_not_said(
        self, site: Served, command_line: dict[str, str], query: dict[str, object]
    ) -> None:
        assert get(site, "/api/v2/audit/roles", command_line, **query).json["total"] == 3

    @pytest.mark.parametrize("name", ["team/app", "app", "APP"])
    def test_who_may_use_a_role_is_told_by_name(self, site: Served, command_line: dict[str, str], name: str) -> None:
        reply = get(site, f"/api/v2/audit/roles/{PROD}/{name}/access", command_line)
        assert reply.json == {"status": "success", "status_code": 200, "data": ["engineers"]}

    def test_roles_for_the_command_line_only_are_included(self, site: Served, command_line: dict[str, str]) -> None:
        assert get(site, f"/api/v2/audit/roles/{TEST}/break-glass/access", command_line).json["data"] == ["on-call"]

    def test_a_role_that_the_inventory_has_lost_is_still_told(self, site: Served, command_line: dict[str, str]) -> None:
        account = READER.split(":")[4]
        assert get(site, f"/api/v2/audit/roles/{account}/reader/access", command_line).json["data"] == ["engineers"]

    @pytest.mark.parametrize("path", [f"{PROD}/nothing/access", f"{PROD}/team/app", "x/app/access"])
    def test_a_role_that_nobody_may_use_is_not_found(
        self, site: Served, command_line: dict[str, str], path: str
    ) -> None:
        reply = get(site, f"/api/v2/audit/roles/{path}", command_line)
        assert (reply.status, reply.json.keys()) == (404, {"status", "status_code", "message"})
        assert reply.json["status"] == "error"


class TestWhy:
    def test_a_role_tells_every_holder_and_where_the_right_comes_from(
        self, site: Served, auditor: dict[str, str]
    ) -> None:
        site.entitle("user:eve@example.com", grant(PLATFORM, not_after=1, sources=("grant request-1",)))
        told = get(site, "/api/v2/audit/role_access", auditor, role=PLATFORM).json
        (holder,) = told["holders"]
        assert holder == {
            "identity": "user:eve@example.com",
            "sources": ["grant request-1"],
            "cli_only": False,
            "not_before": None,
            "not_after": 1,
            "in_force": False,
        }
        assert (told["account_name"], told["too_old"], told["refusal"]) == ("payments-prod", False, None)

    def test_a_role_that_is_never_handed_out_says_so(self, site: Served, auditor: dict[str, str]) -> None:
        told = get(site, "/api/v2/audit/role_access", auditor, role=role_arn("ConsoleMeSpokeRead", PROD)).json
        assert told["refusal"] == "Roles of this product itself are never handed out."

    def test_what_is_no_role_is_refused(self, site: Served, auditor: dict[str, str]) -> None:
        assert get(site, "/api/v2/audit/role_access", auditor, role="app").status == 400

    def test_a_person_has_roles_by_their_groups_as_known(self, site: Served, auditor: dict[str, str]) -> None:
        site.session("Ada@Example.com", "On-Call")
        told = get(site, "/api/v2/audit/user_access", auditor, user=" ada@example.com").json
        assert (told["user"], told["groups"], told["suspended"]) == ("ada@example.com", ["on-call"], False)
        assert told["observed_at"] <= site.container.clock.now()
        (role,) = told["roles"]
        assert (role["role_arn"], role["cli_only"], role["too_old"]) == (ONLY_CLI, True, False)
        (reason,) = role["reasons"]
        assert reason["identity"] == "group:on-call"
        assert reason["source"].startswith("tag consoleme-authorized")

    def test_a_person_whom_nobody_knows_has_what_names_them(self, site: Served, auditor: dict[str, str]) -> None:
        site.entitle("user:stranger@example.com", grant(APP))
        told = get(site, "/api/v2/audit/user_access", auditor, user="stranger@example.com").json
        assert (told["source"], told["observed_at"], told["groups"]) == (None, None, [])
        assert [role["role_arn"] for role in told["roles"]] == [APP]


@pytest.mark.usefixtures("entries")
class TestActivity:
    def test_entries_come_page_by_page(self, site: Served, auditor: dict[str, str]) -> None:
        found, cursor = [], None
        while True:
            query = {"target": "arn:of:it", "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = get(site, "/api/v2/audit/activity", auditor, **query).json
            found += [entry["details"]["number"] for entry in page["entries"]]
            cursor = page["cursor"]
            if cursor is None:
                break
        assert sorted(found) == list(range(5))
        assert page["unreadable"] == 0

    @pytest.mark.parametrize(
        "query",
        [{"limit": 0}, {"limit": 501}, {"outcome": "x"}, {"since": "x"}, {"cursor": "x"}, {"colour": "blue"}],
    )
    def test_a_bad_question_is_refused(self, site: Served, auditor: dict[str, str], query: dict[str, object]) -> None:
        assert get(site, "/api/v2/audit/activity", auditor, **query).status == 400

    def test_an_export_is_a_file_and_is_recorded(self, site: Served, auditor: dict[str, str]) -> None:
        reply = get(site, "/api/v2/audit/activity/export", auditor, target="arn:of:it")
        assert reply.headers["content-type"] == "text/csv; charset=utf-8"
        assert reply.headers["content-disposition"] == 'attachment; filename="audit.csv"'
        assert "x-next-cursor" not in reply.headers
        rows = list(csv.DictReader(io.StringIO(reply.text)))
        assert {row["reason"] for row in rows} == {"'=x"}
        lines = get(site, "/api/v2/audit/activity/export", auditor, target="arn:of:it", format="jsonl").text
        assert len([json.loads(line) for line in lines.splitlines()]) == len(rows) == 5
        recorded = site.container.audit.of_target("audit")
        assert {link.entry.details["format"] for link in recorded} >= {"csv", "jsonl"}
        assert {link.entry.person for link in recorded} == {f"user:{AUDITOR}"}

    def test_an_export_says_where_it_goes_on(
        self, site: Served, auditor: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chalicelib.audit.export.ROWS", 3)
        first = get(site, "/api/v2/audit/activity/export", auditor, target="arn:of:it")
        rest = get(
            site,
            "/api/v2/audit/activity/export",
            auditor,
            target="arn:of:it",
            cursor=first.headers["x-next-cursor"],
        )
        assert len(list(csv.DictReader(io.StringIO(first.text + rest.text)))) == 5
        assert "x-next-cursor" not in rest.headers

"""The example in `examples/acme_plugin`: every hook, called by the product where it has a place."""

import importlib
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from chalicelib.accounts.models import AccountStatus
from chalicelib.identity.models import SiteConfig
from chalicelib.plugins import hookspecs
from chalicelib.plugins.manager import load_plugins
from tests.integration.plugins.conftest import PLUGIN
from tests.support.builders import caller, grant, role_arn
from tests.support.http import ScriptedServer
from tests.support.served import Reply, Served

ADA, EVE = "ada@acme.example", "eve@acme.example"
PROD, TEST, MUSEUM = "222222222222", "333333333333", "444444444444"
DOOR = "/api/plugins/acme_consoleme"

Badge = Callable[..., str]


class Page:
    """A browser that came through Acme's gateway, and whose session has begun."""

    def __init__(self, site: Served, badge: str) -> None:
        self._site = site
        reply = site.call("GET", "/auth", headers={"x-acme-badge": badge, "Accept": "application/json"})
        assert reply.status == 200, reply.text
        self._cookie = "; ".join(line.partition(";")[0] for line in reply.cookies)

    def call(self, method: str, path: str, body: Any = None) -> Reply:
        headers = {
            "Cookie": f"{self._cookie}; _xsrf=secret",
            "X-Xsrftoken": "secret",
            "Origin": self._site.url,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
        }
        return self._site.call(method, path, body, headers)


@pytest.fixture
def ada(site: Served, badge: Badge) -> Page:
    return Page(site, badge(ADA, "Payments", "owners"))


@pytest.fixture
def eve(site: Served, badge: Badge) -> Page:
    return Page(site, badge(EVE, "search", "on-call"))


def said(chat: ScriptedServer) -> list[str]:
    return [json.loads(request.body)["text"] for request in chat.received]


def hooks_of(module: ModuleType) -> set[str]:
    marked = f"{hookspecs.PROJECT}_impl"
    return {name for name, found in vars(module).items() if hasattr(found, marked)}


def test_the_example_uses_every_hook_that_there_is(acme: ModuleType) -> None:
    specified = {name for name, found in vars(hookspecs).items() if hasattr(found, f"{hookspecs.PROJECT}_spec")}
    assert hooks_of(acme) == specified
    load_plugins([PLUGIN])


class TestSigningIn:
    def test_by_a_badge_of_the_gateway_with_the_groups_that_the_roster_corrects(self, ada: Page, eve: Page) -> None:
        profile = ada.call("GET", "/api/v2/user_profile").json
        assert (profile["user"], profile["groups"]) == (ADA, ["on-call", "owners", "payments"])
        assert eve.call("GET", "/api/v2/user_profile").json["groups"] == ["search"]

    @pytest.mark.parametrize("how", [{"key": "another key"}, {"seconds": -1}])
    def test_not_by_a_badge_that_the_gateway_did_not_make_or_that_has_ended(
        self, site: Served, badge: Badge, how: dict[str, Any]
    ) -> None:
        headers = {"x-acme-badge": badge(ADA, "owners", **how), "Accept": "application/json"}
        refused = site.call("GET", "/auth", headers=headers)
        assert (refused.status, refused.json["reason"]) == (403, "bad_badge")
        assert not any(line.startswith("consoleme_auth=") for line in refused.cookies)

    def test_not_by_a_badge_that_nobody_can_read(self, site: Served, badge: Badge) -> None:
        text, _, signature = badge(ADA).partition(".")
        refused = site.call("GET", "/auth", headers={"x-acme-badge": f"{text}x.{signature}"})
        assert refused.status == 403

    def test_the_directory_may_ask_the_roster(self, acme: ModuleType) -> None:
        hook = load_plugins([PLUGIN]).hook
        assert hook.directory_source(name="another") is None
        roster = hook.directory_source(name="acme")
        assert {user.name: user.suspended for user in roster.users()} == {
            ADA: False,
            EVE: False,
            "max@acme.example": True,
        }
        assert {group.name: set(group.members) for group in roster.groups()} == {
            "payments": {ADA, "max@acme.example"},
            "search": {EVE},
        }


class TestRights:
    def test_production_is_for_whoever_is_on_call_and_the_refusal_is_on_record(
        self, site: Served, ada: Page, eve: Page
    ) -> None:
        app, deploy = role_arn("app", PROD), role_arn("deploy", TEST)
        site.synced({PROD: "payments-prod", TEST: "payments-test"})
        site.entitle("group:payments", grant(app))
        site.entitle("group:search", grant(app), grant(deploy))
        assert ada.call("POST", "/api/v1/get_credentials", {"requested_role": app}).status == 200
        refused = eve.call("POST", "/api/v1/get_credentials", {"requested_role": app})
        assert (refused.status, refused.json["reason"]) == (403, "acme_freeze")
        assert "ask whoever is on call" in refused.json["message"]
        assert eve.call("POST", "/api/v1/get_credentials", {"requested_role": deploy}).status == 200
        outcomes = {
            (link.entry.person, link.entry.outcome.value)
            for link in site.container.audit.of_target(app)
            if link.entry.action == "credentials.issue"
        }
        assert outcomes == {(f"user:{ADA}", "done"), (f"user:{EVE}", "refused")}
        numbers = eve.call("GET", f"{DOOR}/numbers").json
        assert numbers["Credentials{action=credentials.issue,outcome=refused}"] == 1
        assert numbers["Credentials{action=credentials.issue,outcome=done}"] == 2


class TestAccounts:
    def test_come_from_the_plugin_with_their_place_and_tags(self, site: Served, ada: Page) -> None:
        site.container.inventory.list_accounts.run()
        found = {account["account_id"]: account for account in ada.call("GET", "/api/v2/accounts").json["accounts"]}
        assert set(found) == {PROD, TEST, MUSEUM}
        prod = found[PROD]
        assert (prod["name"], prod["environment"], prod["ou_path"]) == ("payments-prod", "prod", "Prod")
        assert found[MUSEUM]["status"] == AccountStatus.SUSPENDED
        record = site.container.inventory.accounts.find(TEST)
        assert record is not None
        assert record.account.tags == {"team": "payments"}


class TestTheDoors:
    def test_a_job_runs_when_it_is_due_and_has_its_own_record(self, site: Served, chat: ScriptedServer) -> None:
        task = importlib.import_module("chalicelib.tasks.plugin_jobs").plugin_jobs
        tick = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "1"}
        event = {**tick, "time": "2026-01-01T00:00:00Z", "region": "us-east-1", "resources": [], "detail": {}}
        name = "plugin/acme_consoleme/roster"
        assert task(event, None) == {"succeeded": [name], "failed": [], "left": []}
        assert said(chat)[-1] == f"On call: {ADA} (last looked never before)."
        assert task(event, None) == {"succeeded": [], "failed": [], "left": []}
        records = {record.name: record for record in site.container.jobs.tasks()}
        assert records[name].succeeded_at is not None
        assert records["plugin_jobs"].succeeded_at is not None

    def test_tasks_are_counted(self, site: Served, eve: Page) -> None:
        importlib.import_module("chalicelib.tasks.due").due(
            {
                "version": "0",
                "id": "1",
                "detail-type": "Scheduled Event",
                "source": "aws.events",
                "account": "1",
                "time": "2026-01-01T00:00:00Z",
                "region": "us-east-1",
                "resources": [],
                "detail": {},
            },
            None,
        )
        assert eve.call("GET", f"{DOOR}/numbers").json["TaskSucceeded{task=due}"] == 1

    def test_a_route_is_for_whom_it_says(self, site: Served, ada: Page, eve: Page) -> None:
        assert ada.call("GET", f"{DOOR}/on-call").json == {"on_call": [ADA], "you": True}
        assert eve.call("GET", f"{DOOR}/on-call").json == {"on_call": [ADA], "you": False}
        assert eve.call("GET", f"{DOOR}/numbers").status == 200
        refused = eve.call("POST", f"{DOOR}/echo/a", {"a": 1})
        assert (refused.status, refused.json["reason"]) == (403, "can_admin")
        assert site.call("GET", f"{DOOR}/on-call").status == 403

    def test_a_route_is_handed_path_query_and_body_and_answers_with_its_own_status(self, ada: Page) -> None:
        reply = ada.call("POST", f"{DOOR}/echo/a/b?c=d", {"e": [1, None]})
        assert reply.status == 201
        assert reply.json == {"path": "echo/a/b", "query": {"c": "d"}, "body": {"e": [1, None]}}
        assert reply.headers["cache-control"] == "no-store"
        assert ada.call("POST", f"{DOOR}/echo/a").json["body"] is None
        assert ada.call("POST", f"{DOOR}/echo/a", b"{").status == 400

    def test_a_route_that_names_no_permission_is_for_nobody(self, ada: Page) -> None:
        refused = ada.call("DELETE", f"{DOOR}/numbers")
        assert (refused.status, refused.json["reason"]) == (403, "no_permission_named")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", f"{DOOR}/nothing"),
            ("PUT", f"{DOOR}/on-call"),
            ("GET", "/api/plugins/another/on-call"),
            ("GET", f"{DOOR}/on-call/x"),
        ],
    )
    def test_what_no_plugin_answers_is_not_found(self, ada: Page, method: str, path: str) -> None:
        reply = ada.call(method, path, None if method == "GET" else {})
        assert (reply.status, reply.json["reason"]) == (404, "unknown_plugin_route")

    def test_another_sites_page_can_not_call_a_route(self, site: Served, ada: Page) -> None:
        headers = {"Cookie": ada._cookie, "Origin": "https://evil.example", "Content-Type": "application/json"}
        assert site.call("POST", f"{DOOR}/echo/a", {}, headers).status == 403


class TestTheConfiguration:
    def sections(self, version: int, contact: str | None) -> Any:
        class Document:
            def section(self, name: str, model: type[SiteConfig]) -> SiteConfig:
                return model(support_contact=contact)

        document = Document()
        document.version = version  # type: ignore[attr-defined]
        return document

    def findings(self, before: str | None, after: str | None) -> list[Any]:
        hook = load_plugins([PLUGIN]).hook
        (found,) = hook.configuration_check(
            before=self.sections(1, before), after=self.sections(2, after), caller=caller()
        )
        return list(found)

    def test_the_support_contact_must_be_somebody_at_acme(self, acme: ModuleType) -> None:
        (guard,) = self.findings(None, "somebody@example.com")
        assert (guard.rule, guard.confirmable) == ("acme_support", False)
        (effect,) = self.findings(None, "desk@acme.example")
        assert "desk@acme.example" in effect.text
        assert self.findings("desk@acme.example", "desk@acme.example") == []

    def test_what_was_saved_and_what_became_ambiguous_is_said_in_the_chat(
        self, acme: ModuleType, chat: ScriptedServer
    ) -> None:
        hook = load_plugins([PLUGIN]).hook
        hook.configuration_saved(before=self.sections(1, None), after=self.sections(2, None))
        hook.ambiguous_names(names=frozenset({"payments"}))
        assert said(chat)[-2:] == [
            "The configuration is at version 2.",
            "Both a person and a team are called: payments.",
        ]

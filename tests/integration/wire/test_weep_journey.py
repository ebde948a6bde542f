"""Journey 1 as the command line lives it: over HTTP, with a client as strict as the real one."""

import json
import shlex
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import boto3
import pytest

from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import SessionToken
from chalicelib.identity.sessions import SessionService
from tests.integration.wire.conftest import (
    APP,
    APP_ADMIN,
    DEPLOY,
    NAMELESS,
    ONLY_CLI,
    PROD,
    READER,
    ROLES,
    TEST,
    stored,
)
from tests.support.aws import REGION, refusing, round_trips
from tests.support.builders import grant, role_arn
from tests.support.clock import FrozenClock
from tests.support.served import Served
from tests.support.weep import MESSAGES, POLLS, Weep, WeepError


def caller_of(keys: dict[str, str]) -> str:
    sts = boto3.client(
        "sts",
        REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    return sts.get_caller_identity()["Arn"]


class TestListing:
    def test_every_role_is_listed_in_order_those_for_the_command_line_too(self, weep: Weep) -> None:
        assert weep.list_roles(short=True).split() == ROLES

    def test_accounts_have_their_names_and_roles_their_paths(self, weep: Weep) -> None:
        roles = {role["arn"]: role for role in weep.roles()}
        assert (roles[APP]["account_friendly_name"], roles[APP]["role_name"]) == ("payments-prod", "team/app")
        assert roles[APP]["account_id"] == PROD
        assert roles[READER]["account_friendly_name"] == "Unknown"
        assert weep.list_roles(short=True, account="payments-test").split() == [ONLY_CLI, DEPLOY]
        assert weep.list_roles(short=True, account=NAMELESS).split() == [READER]

    def test_the_older_endpoint_gives_a_bare_array(self, weep: Weep) -> None:
        assert weep.role_arns() == ROLES

    @pytest.mark.parametrize("query", ["", "?all=false", "?all=True", "?all=1", "?all=true&all=false"])
    def test_roles_for_the_command_line_come_only_when_all_are_asked_for(
        self, site: Served, token: SessionToken, query: str
    ) -> None:
        for path in ("/api/v1/get_roles", "/api/v2/get_roles"):
            reply = site.call("GET", path + query, headers={"Cookie": f"{token.cookie_name}={token.value}"})
            assert reply.status == 200
            assert APP in reply.text
            assert ONLY_CLI not in reply.text

    def test_somebody_without_roles_has_an_empty_list(
        self, site: Served, client: Callable[..., Weep], user: str
    ) -> None:
        weep = client(stored(site.session(user)))
        assert weep.list_roles(short=True) == ""
        assert weep.role_arns() == []

    def test_it_costs_one_round_trip(self, weep: Weep) -> None:
        weep.roles()
        with round_trips() as calls:
            weep.roles()
        assert calls == ["dynamodb.TransactGetItems"]


class TestCredentials:
    def test_export_prints_keys_that_answer_as_the_role(self, weep: Weep, user: str) -> None:
        parts = [part.partition("=") for part in shlex.split(weep.export(DEPLOY)) if "=" in part]
        found = {name: value for name, _, value in parts}
        assert set(found) == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
        keys = dict(zip(("AccessKeyId", "SecretAccessKey", "SessionToken"), found.values(), strict=True))
        assert caller_of(keys) == f"arn:aws:sts::{TEST}:assumed-role/deploy/{user}"

    def test_credential_process_prints_what_sdks_read(self, weep: Weep) -> None:
        printed = json.loads(weep.credential_process("deploy"))
        assert set(printed) == {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
        end = datetime.fromisoformat(printed["Expiration"]).timestamp()
        assert time.time() + 3500 < end < time.time() + 3700

    @pytest.mark.parametrize(
        ("search", "arn"),
        [
            pytest.param(APP, APP, id="an ARN that another begins with"),
            pytest.param(DEPLOY.upper(), DEPLOY, id="an ARN in capitals"),
            pytest.param("deploy", DEPLOY, id="a name"),
            pytest.param("app", APP, id="an exact name beside a longer one"),
            pytest.param("payments-prod/app", APP, id="account and name"),
            pytest.param("read", READER, id="a piece"),
            pytest.param(NAMELESS, READER, id="an account with one role"),
            pytest.param("break-glass", ONLY_CLI, id="a role for the command line"),
        ],
    )
    def test_the_answer_says_which_role_a_search_meant(self, weep: Weep, search: str, arn: str) -> None:
        assert weep.credentials(search, "export")["RoleArn"] == arn

    def test_what_weep_adds_and_what_other_clients_add_is_let_in(
        self, weep: Weep, site: Served, token: SessionToken
    ) -> None:
        weep.metadata = True
        weep.export("deploy", no_ip=True)
        body = {"requested_role": "deploy", "something": {"new": 1}, "user_role": False}
        reply = site.call("POST", "/api/v1/get_credentials", body, command_line(token))
        assert reply.status == 200

    def test_it_is_recorded_with_who_what_and_how(self, weep: Weep, site: Served, user: str) -> None:
        weep.metadata = True
        weep.export("reader")
        entry = site.container.audit.of_target(READER, limit=1)[0].entry
        assert (entry.person, entry.action, entry.outcome) == (f"user:{user}", "credentials.issue", "done")
        assert "weep/v0.3.9" in str(entry.details["client"])
        assert str(entry.details["client"]).endswith("export")

    def test_it_costs_four_round_trips(self, weep: Weep) -> None:
        weep.export("deploy")
        with round_trips() as calls:
            weep.export("deploy")
        assert calls == ["dynamodb.TransactGetItems", "dynamodb.UpdateItem", "sts.AssumeRole", "dynamodb.PutItem"]

    def test_nobody_between_may_keep_the_answer(self, site: Served, token: SessionToken) -> None:
        reply = site.call("POST", "/api/v1/get_credentials", {"requested_role": "deploy"}, command_line(token))
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["content-type"] == "application/json"
        assert reply.cookies == []


def command_line(token: SessionToken) -> dict[str, str]:
    return {"Cookie": f"{token.cookie_name}={token.value}", "Content-Type": "application/json"}


class TestRefusals:
    @pytest.mark.parametrize("search", ["nothing", role_arn("other", "999999999999"), "*", "%", "role/nothing"])
    def test_900_for_what_does_not_exist_and_for_what_is_not_theirs(self, weep: Weep, search: str) -> None:
        with pytest.raises(WeepError) as failure:
            weep.export(search)
        assert (failure.value.code, failure.value.message) == ("900", MESSAGES["900"])
        assert weep.session_file.exists()

    def test_901_for_several_and_they_are_named_in_order(self, weep: Weep, site: Served, token: SessionToken) -> None:
        with pytest.raises(WeepError, match=MESSAGES["901"]):
            weep.export("team")
        reply = site.call("POST", "/api/v1/get_credentials", {"requested_role": "team"}, command_line(token))
        assert (reply.status, reply.json["code"], reply.json["matching roles"]) == (403, "901", [APP, APP_ADMIN])
        assert reply.json["requested_role"] == "team"

    def test_902_when_aws_refuses_and_the_try_is_recorded(self, weep: Weep, site: Served) -> None:
        with refusing("sts.AssumeRole", "AccessDenied", 403), pytest.raises(WeepError) as failure:
            weep.export("deploy")
        assert (failure.value.code, failure.value.message) == ("902", MESSAGES["902"])
        assert site.container.audit.of_target(DEPLOY, limit=1)[0].entry.outcome == "failed"

    def test_902_when_it_cannot_be_recorded(self, weep: Weep) -> None:
        with refusing("dynamodb.PutItem", "InternalServerError", 500), pytest.raises(WeepError) as failure:
            weep.export("deploy")
        assert failure.value.code == "902"

    def test_an_account_that_was_not_synced_in_time_is_said_to_be_so(self, weep: Weep, site: Served, user: str) -> None:
        old = role_arn("old", "555555555555")
        site.entitle(f"user:{user}", grant(old))
        site.synced({"555555555555": "old"}, seconds_ago=90_000)
        with refusing("sts.AssumeRole", "AccessDenied", 403), pytest.raises(WeepError) as failure:
            weep.export(old)
        assert failure.value.code == "stale_authorization"
        assert "last synced 900" in failure.value.message

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            pytest.param({"app_name": "x"}, 400, "900", id="a role by application"),
            pytest.param({"user_role": True, "account": PROD}, 403, "900", id="a role of one's own"),
            pytest.param({"user_role": True, "account": "payments-prod"}, 403, "900", id="in an account by its name"),
            pytest.param({"user_role": True, "account": "nowhere"}, 400, "906", id="in an account that nobody knows"),
            pytest.param({"app_name": "x", "account": "nowhere"}, 400, "906", id="by application, there too"),
            pytest.param(
                {"requested_role": "break-glass", "console_only": True},
                403,
                "900",
                id="a role for the command line only",
            ),
        ],
    )
    def test_what_other_clients_ask_for(
        self, site: Served, token: SessionToken, body: dict[str, Any], status: int, code: str
    ) -> None:
        reply = site.call("POST", "/api/v1/get_credentials", body, command_line(token))
        assert (reply.status, reply.json["code"]) == (status, code)


class TestSessionsThatDoNotCount:
    def forgotten(self, weep: Weep, call: Callable[[Weep], object]) -> None:
        with pytest.raises(WeepError) as failure:
            call(weep)
        assert (failure.value.code, failure.value.message) == ("invalid_jwt", "JWT is invalid")
        assert not weep.session_file.exists()

    CALLS: tuple[Callable[[Weep], object], ...] = (
        lambda weep: weep.export("deploy"),
        lambda weep: weep.roles(),
        lambda weep: weep.role_arns(),
    )

    @pytest.mark.parametrize("call", CALLS, ids=["get_credentials", "get_roles", "the older get_roles"])
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"encoded_jwt": "x"}, id="no token"),
            pytest.param({"encoded_jwt": "a.b.c"}, id="a forged one"),
            pytest.param({"encoded_jwt": ""}, id="an empty one"),
            pytest.param({"cookie_name": "other"}, id="a cookie that is not ours"),
            pytest.param({"secure": True}, id="a cookie that is not sent"),
        ],
    )
    def test_weep_is_told_to_forget(
        self, client: Callable[..., Weep], token: SessionToken, change: dict[str, Any], call: Callable[[Weep], object]
    ) -> None:
        self.forgotten(client(stored(token, **change)), call)

    @pytest.mark.parametrize("call", CALLS, ids=["get_credentials", "get_roles", "the older get_roles"])
    def test_a_session_that_was_ended_is_forgotten(
        self, weep: Weep, site: Served, token: SessionToken, call: Callable[[Weep], object]
    ) -> None:
        site.container.identity.sessions.end(token.session_id)
        self.forgotten(weep, call)

    def test_a_token_whose_signature_was_changed_is_forgotten(
        self, client: Callable[..., Weep], token: SessionToken
    ) -> None:
        head, claims, signature = token.value.split(".")
        changed = signature[:-4] + ("AAAA" if signature[-4:] != "AAAA" else "BBBB")
        self.forgotten(client(stored(token, encoded_jwt=f"{head}.{claims}.{changed}")), lambda weep: weep.roles())

    def test_a_token_that_has_ended_is_forgotten(self, site: Served, client: Callable[..., Weep], user: str) -> None:
        container = site.container
        yesterday = SessionService(
            store=container.identity.session_store,
            people=container.identity.people,
            keys=container.signing_keys,
            audit=container.audit,
            config=container.identity.config,
            public_url=site.url,
            clock=FrozenClock(int(time.time()) - 86_400),
        )
        old = yesterday.start(user=user, groups=frozenset(), kind=SessionKind.CLI, method="test", address="127.0.0.1")
        self.forgotten(client(stored(old, expiration=int(time.time()) + 60)), lambda weep: weep.export("deploy"))

    @pytest.mark.parametrize("body", [{"app_name": "x"}, {"user_role": True, "account": "nowhere"}])
    def test_whose_session_was_ended_learns_nothing_about_accounts(
        self, site: Served, token: SessionToken, body: dict[str, Any]
    ) -> None:
        site.container.identity.sessions.end(token.session_id)
        reply = site.call("POST", "/api/v1/get_credentials", body, command_line(token))
        assert (reply.status, reply.json["code"]) == (403, "invalid_jwt")


class TestSigningIn:
    @pytest.fixture
    def new(self, client: Callable[..., Weep], user: str) -> Weep:
        weep = client()
        weep.user = user
        return weep

    def approving(self, site: Served, user: str, *, approve: bool = True) -> Callable[[str], None]:
        """A browser in which the person is signed in, and what they do there."""

        def open_link(link: str) -> None:
            token = link.removeprefix(f"{site.url}/challenge_validator/")
            headers = site.browser(site.session(user, "engineers", kind=SessionKind.WEB))
            page = site.call("GET", f"/api/v2/challenge_validator/{token}", headers=headers).json
            assert (page["show_approve_button"], user in page["message"]) == (True, True)
            answer = {"nonce": page["nonce"], "approve": approve}
            assert site.call("POST", f"/api/v2/challenge_validator/{token}", answer, headers).status == 200

        return open_link

    def test_an_approval_in_the_browser_signs_the_command_line_in(self, site: Served, new: Weep, user: str) -> None:
        new.opener = self.approving(site, user)
        assert new.list_roles(short=True).split() == sorted({*ROLES} - {ONLY_CLI})
        session = json.loads(new.session_file.read_text(encoding="utf-8"))
        assert (session["user"], session["secure"], session["http_only"]) == (user, False, True)
        assert 11 * 3600 < session["expiration"] - time.time() <= 12 * 3600
        assert json.loads(new.credential_process("deploy"))["Version"] == 1
        assert sum("challenge_generator" in sent for sent in new.sent) == 1

    def test_the_session_is_of_the_command_line_and_no_page_takes_it(self, site: Served, new: Weep, user: str) -> None:
        new.opener = self.approving(site, user)
        session = new.session()
        reply = site.call("GET", "/auth", headers={"Cookie": f"{session['cookie_name']}={session['encoded_jwt']}"})
        assert (reply.status, reply.json["reason"]) == (403, "unauthenticated")

    def test_it_is_delivered_once(self, site: Served, new: Weep, user: str) -> None:
        new.opener = self.approving(site, user)
        new.session()
        polling = next(sent.removeprefix(f"GET {site.url}") for sent in new.sent if "challenge_poller" in sent)
        reply = site.call("GET", polling)
        assert reply.json["status"] != "success"
        assert "encoded_jwt" not in reply.json

    @pytest.mark.parametrize("approve", [False, None], ids=["a denial", "no answer"])
    def test_without_an_approval_nobody_is_signed_in(
        self, site: Served, new: Weep, user: str, *, approve: bool | None
    ) -> None:
        if approve is not None:
            new.opener = self.approving(site, user, approve=approve)
        with pytest.raises(WeepError, match="timed out"):
            new.session()
        assert len(new.sent) == 1 + POLLS

    def test_somebody_else_cannot_approve(self, site: Served, new: Weep) -> None:
        def open_link(link: str) -> None:
            token = link.rpartition("/")[2]
            headers = site.browser(site.session("mallory@example.com", kind=SessionKind.WEB))
            for method, body in (("GET", None), ("POST", {"nonce": "x"})):
                reply = site.call(method, f"/api/v2/challenge_validator/{token}", body, headers)
                assert (reply.status, reply.json["reason"]) == (403, "other_user")
                assert "nonce" not in reply.json

        new.opener = open_link
        with pytest.raises(WeepError, match="timed out"):
            new.session()

    def test_a_wrong_nonce_and_a_missing_token_of_the_page_approve_nothing(
        self, site: Served, new: Weep, user: str
    ) -> None:
        def open_link(link: str) -> None:
            path = f"/api/v2/challenge_validator/{link.rpartition('/')[2]}"
            headers = site.browser(site.session(user, kind=SessionKind.WEB))
            assert site.call("POST", path, {"nonce": "guess"}, headers).json["reason"] == "bad_nonce"
            nonce = site.call("GET", path, headers=headers).json["nonce"]
            assert (
                site.call("POST", path, {"nonce": nonce}, headers | {"X-Xsrftoken": "other"}).json["reason"] == "xsrf"
            )

        new.opener = open_link
        with pytest.raises(WeepError, match="timed out"):
            new.session()

    def test_a_command_line_cannot_approve_itself(self, site: Served, new: Weep, user: str) -> None:
        def open_link(link: str) -> None:
            cli = site.session(user, kind=SessionKind.CLI)
            reply = site.call(
                "GET", f"/api/v2/challenge_validator/{link.rpartition('/')[2]}", headers=command_line(cli)
            )
            assert (reply.status, reply.json["reason"]) == (403, "unauthenticated")

        new.opener = open_link
        with pytest.raises(WeepError, match="timed out"):
            new.session()

    def test_whoever_asks_too_often_is_told_so_in_json(self, site: Served, user: str) -> None:
        replies = [site.call("GET", f"/noauth/v1/challenge_generator/{user}") for _ in range(12)]
        assert replies[0].status == 200
        assert (replies[-1].status, replies[-1].json["reason"]) == (429, "limit_exceeded")

    @pytest.mark.parametrize("name", ["ada+weep@example.com", "a%40b", "o'neil@example.com", "\u00e9da".encode().hex()])
    def test_names_go_into_the_path_as_they_are(self, site: Served, name: str) -> None:
        reply = site.call("GET", f"/noauth/v1/challenge_generator/{name}")
        assert reply.status == 200
        assert reply.json["polling_url"].startswith(f"{site.url}/noauth/v1/challenge_poller/")

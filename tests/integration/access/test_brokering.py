"""What leaves, when everything is right: bound as configured, recorded once, and not before it was recorded."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from chalicelib.access.console_sign_in import Visit
from chalicelib.access.issue_credentials import Issued
from chalicelib.access.session_policy import SessionPolicy
from chalicelib.access.wishes import Wish
from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.audit.models import Outcome
from chalicelib.core.errors import Forbidden, InvalidInput, Upstream
from chalicelib.core.principals import SessionKind
from tests.support.aws import refusing, round_trips
from tests.support.brokering import NAME, Worlds, worlds
from tests.support.builders import ACCOUNT, role_arn
from tests.support.clock import START
from tests.support.policy_evaluation import denied

APP, OTHER_APP = role_arn("team/app"), role_arn("team/app", "333333333333")
HERE, ELSEWHERE = {"aws:SourceIp": "203.0.113.9"}, {"aws:SourceIp": "198.51.100.9"}
OFFICE = {"cidrs": ["203.0.113.0/24"]}


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    with worlds(tmp_path_factory.mktemp("worlds")) as made:
        yield made


class TestRecording:
    def test_one_entry_tells_who_got_what_and_how_it_is_bound(self, make: Worlds) -> None:
        world = make(credentials={"ip_restrictions": OFFICE, "routes": [{"via": [{"role": "Broker"}]}]})
        world.entitle(APP)
        who = world.caller()
        wish = Wish(search="app", read_only=True, custom_ip_restrictions=("192.0.2.0/24",), client="weep export")
        world.broker.issue(who, wish)
        (entry,) = world.entries()
        assert (entry.action, entry.target, entry.outcome, entry.reason) == (
            "credentials.issue",
            APP,
            Outcome.DONE,
            "",
        )
        assert entry.details == {
            "code": "",
            "search": "app",
            "address": "198.51.100.7",
            "client": "weep export",
            "session_id": who.session_id,
            "read_only": True,
            "ip_ranges_asked_for": 1,
            "access_key_id": "ASIAEXAMPLE",
            "session_name": world.user,
            "duration": 3600,
            "source_identity": True,
            "session_tags": True,
            "ip_restriction": "restricted",
            "hops": 1,
        }

    def test_nothing_leaves_before_the_entry_is_written(self, make: Worlds) -> None:
        world = make()
        world.entitle(APP)
        who, made = world.caller(), list[str]()

        def turned(issued: Issued) -> str:
            assert len(world.entries()) == len(made)
            made.append(issued.role_arn)
            return "what leaves"

        assert world.broker.hand_out(who, Wish(search=APP), turned) == "what leaves"
        assert len(world.entries()) == len(made) == 1
        with refusing("dynamodb.PutItem", "InternalServerError", 500), pytest.raises(Upstream) as failure:
            world.broker.hand_out(who, Wish(search=APP), turned)
        assert (failure.value.reason, failure.value.code) == ("audit_unavailable", "902")
        assert (len(made), len(world.entries())) == (2, 1)

    def test_it_costs_a_look_a_count_a_role_and_an_entry(self, make: Worlds) -> None:
        world = make()
        world.entitle(APP)
        who = world.caller()
        world.broker.issue(who, Wish(search=APP))
        with round_trips() as calls:
            world.broker.issue(who, Wish(search=APP))
        assert calls == ["dynamodb.TransactGetItems", "dynamodb.UpdateItem", "dynamodb.PutItem"]
        assert len(world.sts.calls) == 2


class TestBounds:
    @pytest.mark.parametrize(
        ("ends_in", "expires_in"), [(None, 3600), (7200, 3600), (1800, 1800), (900, 900), (899, 899), (60, 60)]
    )
    def test_the_expiration_is_the_earlier_of_the_sessions_and_the_rights(
        self, make: Worlds, ends_in: int | None, expires_in: int
    ) -> None:
        world = make()
        world.entitle(APP, not_after=None if ends_in is None else START + ends_in)
        issued = world.broker.issue(world.caller(), Wish(search=APP))
        assert issued.expiration == START + expires_in
        (call,) = world.sts.calls
        assert call.duration == max(900, expires_in)
        assert bool(call.policy) is (expires_in < 900)

    @pytest.mark.parametrize(
        ("groups", "asked", "network"),
        [
            pytest.param((), False, "restricted", id="who does not ask"),
            pytest.param(("travellers",), False, "restricted", id="who may and does not ask"),
            pytest.param(("travellers",), True, "waived", id="who may and asks"),
        ],
    )
    def test_credentials_work_from_the_office_or_for_whom_may_ask_from_everywhere(
        self, make: Worlds, groups: tuple[str, ...], network: str, *, asked: bool
    ) -> None:
        sections = {
            "credentials": {"ip_restrictions": OFFICE},
            "groups": {"can_waive_ip_restriction": ["group:travellers"]},
        }
        world = make(**sections)
        world.entitle(APP)
        world.broker.issue(world.caller(*groups), Wish(search=APP, no_ip_restrictions=asked))
        policy = SessionPolicy(world.sts.calls[0].policy)
        assert not denied(policy, HERE)
        assert denied(policy, ELSEWHERE) is (network == "restricted")
        assert world.entries()[0].details["ip_restriction"] == network

    def test_who_may_not_gets_nothing_that_works_from_everywhere(self, make: Worlds) -> None:
        world = make(credentials={"ip_restrictions": OFFICE})
        world.entitle(APP)
        with pytest.raises(Forbidden, match="can_waive_ip_restriction") as refusal:
            world.broker.issue(world.caller(), Wish(search=APP, no_ip_restrictions=True))
        assert refusal.value.code == "902"
        assert world.sts.calls == []

    @pytest.mark.parametrize(("age", "kind"), [(299, SessionKind.CLI), (300, SessionKind.CLI), (300, SessionKind.WEB)])
    def test_a_recent_sign_in_opens_a_role_that_needs_one(self, make: Worlds, age: int, kind: SessionKind) -> None:
        world = make(credentials={"sign_in_ages": [{"seconds": 300}, {"accounts": ["999999999999"], "seconds": 60}]})
        world.entitle(APP)
        who = world.caller(kind=kind)
        world.clock.advance(age)
        assert world.broker.issue(who, Wish(search=APP)).role_arn == APP

    def test_that_an_hour_is_all_that_aws_gives_is_told(self, make: Worlds) -> None:
        world = make(credentials={"session_duration": 43_200})
        world.entitle(APP, max_session_duration=43_200)
        (notice,) = world.broker.issue(world.caller(), Wish(search=APP)).notices
        assert "43200 seconds were cut to 3600" in notice

    @pytest.mark.parametrize(
        ("kind", "source"), [(SessionKind.CLI, "cli"), (SessionKind.WEB, "web")], ids=["a command line", "a page"]
    )
    def test_the_session_says_where_it_was_asked_for(self, make: Worlds, kind: SessionKind, source: str) -> None:
        world = make()
        world.entitle(APP)
        world.broker.issue(world.caller(kind=kind), Wish(search=APP))
        assert dict(world.sts.calls[0].tags)["consoleme-source"] == source


class TestApplications:
    LEDGER: ClassVar[Any] = {"ledger": {"roles": ["arn:aws:iam::*:role/team/app"], "owner": "pay@example.com"}}

    @pytest.mark.parametrize(
        ("account", "arn"),
        [
            pytest.param(ACCOUNT, APP, id="an account by its number"),
            pytest.param(NAME.upper(), APP, id="an account by its name"),
            pytest.param("333333333333", OTHER_APP, id="another account"),
            pytest.param("", OTHER_APP, id="no account: the one of the environment test"),
        ],
    )
    def test_a_role_is_found_by_its_application(self, make: Worlds, account: str, arn: str) -> None:
        world = make(credentials={"applications": self.LEDGER})
        world.entitle(APP, OTHER_APP, role_arn("team/other"))
        for number, environment in ((ACCOUNT, "prod"), ("333333333333", "test")):
            AccountStore().put(Account(account_id=number, name=number, environment=environment), world.clock.now())
        wish = Wish(app_name="ledger", account=account)
        assert world.broker.issue(world.caller(), wish).role_arn == arn

    @pytest.mark.parametrize(
        ("more", "code", "told"),
        [
            pytest.param({"app_name": "other"}, "900", "environment test", id="an application nobody configured"),
            pytest.param({"app_name": "ledger", "console_only": True}, "900", "test", id="for the command line only"),
            pytest.param({"app_name": "ledger", "account": "x"}, "906", "'x' is not known", id="an unknown account"),
            pytest.param({"app_name": "ledger", "account": "444444444444"}, "906", "not known", id="nobody's account"),
        ],
    )
    def test_what_is_not_theirs_is_not_found(self, make: Worlds, more: dict[str, Any], code: str, told: str) -> None:
        world = make(credentials={"applications": self.LEDGER})
        world.entitle(OTHER_APP, cli_only=True)
        AccountStore().put(Account(account_id="333333333333", name="x", environment="test"), world.clock.now())
        with pytest.raises(InvalidInput, match=told) as refusal:
            world.broker.issue(world.caller(), Wish(**more))
        assert refusal.value.code == code


class TestConsole:
    HOME = "https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1"
    SIGN_IN = "https://signin.aws.amazon.com/federation"

    def test_a_link_leads_into_the_console_as_the_role(self, make: Worlds) -> None:
        world = make(credentials={"ip_restrictions": OFFICE})
        world.entitle(APP)
        link = world.console.link(world.caller(kind=SessionKind.WEB), Visit(search="app"), client="a browser")
        assert (link.role_arn, link.url) == (APP, f"{self.SIGN_IN}?Action=login&SigninToken=token")
        assert world.federation.asked == [(self.SIGN_IN, self.HOME, "consoleme")]
        (entry,) = world.entries()
        assert (entry.action, entry.outcome, entry.details["client"]) == ("console.sign_in", Outcome.DONE, "a browser")
        (call,) = world.sts.calls
        assert (call.policy, dict(call.tags)["consoleme-source"]) == ("", "console")

    def test_it_may_be_bound_to_the_office_and_to_reading(self, make: Worlds) -> None:
        world = make(credentials={"ip_restrictions": {**OFFICE, "console": True}})
        world.entitle(APP)
        world.console.link(world.caller(), Visit(search="app", read_only=True), client="")
        (call,) = world.sts.calls
        assert denied(SessionPolicy(call.policy), ELSEWHERE)
        assert call.policy_arns == ("arn:aws:iam::aws:policy/ReadOnlyAccess",)

    def test_region_page_and_endpoint_may_be_said(self, make: Worlds) -> None:
        world = make(
            console={
                "federation_url": "https://signin.example/federation",
                "issuer": "us",
                "region": "eu-west-1",
                "destinations": ["health.aws.amazon.com"],
            }
        )
        world.entitle(APP)
        who = world.caller()
        pages = {"": "", "https://health.aws.amazon.com/x": "", "https://console.aws.amazon.com/s3": "eu-north-1"}
        for page, region in pages.items():
            world.console.link(who, Visit(search=APP, destination=page, region=region), client="")
        world.console.link(who, Visit(search=APP, region="ap-south-1"), client="")
        assert [(url, where) for url, where, _ in world.federation.asked] == [
            ("https://signin.example/federation", where)
            for where in (
                "https://eu-west-1.console.aws.amazon.com/console/home?region=eu-west-1",
                "https://health.aws.amazon.com/x",
                "https://console.aws.amazon.com/s3",
                "https://ap-south-1.console.aws.amazon.com/console/home?region=ap-south-1",
            )
        ]
        assert {issuer for _, _, issuer in world.federation.asked} == {"us"}

    def test_other_console_sessions_are_ended_only_where_that_is_configured(self, make: Worlds) -> None:
        world = make(console={"multi_session": False})
        world.entitle(APP)
        link = world.console.link(world.caller(), Visit(search=APP), client="")
        assert link.url == (
            "https://signin.aws.amazon.com/oauth?Action=logout&redirect_uri="
            "https%3A%2F%2Fsignin.aws.amazon.com%2Ffederation%3FAction%3Dlogin%26SigninToken%3Dtoken"
        )

    @pytest.mark.parametrize(
        "visit",
        [Visit(search=APP, destination="https://evil.example/"), Visit(search=APP, region="x")],
        ids=["a destination elsewhere", "no region"],
    )
    def test_a_link_that_leads_elsewhere_is_refused_before_anything_is_asked(self, make: Worlds, visit: Visit) -> None:
        world = make()
        world.entitle(APP)
        with pytest.raises(InvalidInput):
            world.console.link(world.caller(), visit, client="")
        assert (world.sts.calls, world.entries()) == ([], [])

    def test_an_endpoint_that_fails_is_recorded_as_a_failure_with_the_key_that_was_dropped(self, make: Worlds) -> None:
        world = make()
        world.entitle(APP)
        world.federation.failure = Upstream("AWS's sign-in endpoint answered 500.", reason="sign_in_failed")
        with pytest.raises(Upstream, match="answered 500"):
            world.console.link(world.caller(), Visit(search=APP), client="")
        (entry,) = world.entries()
        assert (entry.outcome, entry.reason) == (Outcome.FAILED, "AWS's sign-in endpoint answered 500.")
        assert entry.details["access_key_id"] == "ASIAEXAMPLE"

    def test_a_link_that_could_not_be_recorded_does_not_leave(self, make: Worlds) -> None:
        world = make()
        world.entitle(APP)
        who = world.caller()
        with refusing("dynamodb.PutItem", "InternalServerError", 500), pytest.raises(Upstream) as failure:
            world.console.link(who, Visit(search=APP), client="")
        assert failure.value.reason == "audit_unavailable"

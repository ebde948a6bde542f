"""Every attempt leaves one entry that says how it ended, and a refusal stays one even when it can't be recorded."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from chalicelib.access.wishes import Wish
from chalicelib.audit.models import Outcome
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import (
    AppError,
    Forbidden,
    InvalidInput,
    LimitExceeded,
    NotAuthenticated,
    Throttled,
    Upstream,
)
from chalicelib.core.principals import Caller
from chalicelib.plugins.hookspecs import hookimpl
from tests.support.aws import HUB, refusing
from tests.support.brokering import World, Worlds, worlds
from tests.support.builders import ACCOUNT, role_arn
from tests.support.clock import START

APP, APP_ADMIN = role_arn("team/app"), role_arn("team/app-admin")
BROKER = role_arn("Broker")
OFFICE = {"ip_restrictions": {"cidrs": ["203.0.113.0/24"]}}
TOO_MANY = tuple(f"198.51.{number}.0/24" for number in range(120))


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    with worlds(tmp_path_factory.mktemp("worlds")) as made:
        yield made


def wish(**more: Any) -> Wish:
    return Wish(**{"search": APP} | more)


REFUSALS = [
    pytest.param({}, wish(search="nothing"), "900", "search:nothing", id="no role matches"),
    pytest.param({}, wish(search="team"), "901", "search:team", id="several match"),
    pytest.param({"search": "arn"}, wish(search="app"), "899", "search:app", id="not by its ARN"),
    pytest.param({}, wish(search=BROKER, console_only=True), "900", f"search:{BROKER}", id="for the command line only"),
    pytest.param({}, wish(search="", app_name="ledger"), "900", "search:ledger", id="an application without roles"),
    pytest.param(
        {"applications": {"ledger": {"roles": ["arn:aws:iam::*:role/team/*"]}}},
        wish(search="", app_name="ledger", account=ACCOUNT),
        "901",
        "search:ledger",
        id="an application with several",
    ),
    pytest.param(
        {}, wish(search="", app_name="ledger", account="nowhere"), "906", "search:ledger", id="an account nobody knows"
    ),
    pytest.param(
        {},
        wish(search="", own_role=True, account=ACCOUNT),
        "900",
        "search:a role of one's own",
        id="a role of one's own",
    ),
    pytest.param({"sign_in_ages": [{"seconds": 60}]}, wish(), "905", "search:" + APP, id="an old sign-in"),
    pytest.param(
        {"routes": [{"accounts": ["333333333333"], "via": [{"role": "Broker"}]}]},
        wish(search=BROKER),
        "own_role",
        BROKER,
        id="a role over which others are reached",
    ),
    pytest.param(OFFICE, wish(no_ip_restrictions=True), "902", APP, id="a waiver without permission"),
    pytest.param(OFFICE, wish(custom_ip_restrictions=TOO_MANY), "policy_too_large", APP, id="too many ranges"),
    pytest.param(
        {"require_source_identity": True},
        wish(search=APP_ADMIN),
        "source_identity_required",
        APP_ADMIN,
        id="a trust policy without SourceIdentity",
    ),
]


def prepared(make: Worlds, section: dict[str, Any]) -> tuple[World, Caller]:
    world = make(credentials=section)
    world.entitle(APP)
    world.entitle(APP_ADMIN, source_identity=False)
    world.entitle(BROKER, cli_only=True)
    who = world.caller()
    world.clock.advance(61)
    return world, who


@pytest.mark.parametrize(("section", "asked", "code", "target"), REFUSALS)
class TestRefusals:
    def test_are_recorded_once_with_their_code_and_reach_no_sts(
        self, make: Worlds, section: dict[str, Any], asked: Wish, code: str, target: str
    ) -> None:
        world, who = prepared(make, section)
        with pytest.raises((Forbidden, InvalidInput)) as refusal:
            world.broker.issue(who, asked)
        assert refusal.value.code == code
        assert world.sts.calls == []
        (entry,) = world.entries()
        assert (entry.outcome, entry.target, entry.details["code"]) == (Outcome.REFUSED, target, code)
        assert entry.reason == refusal.value.message
        assert (entry.details["access_key_id"], entry.details["address"]) == ("", "198.51.100.7")

    def test_stay_what_they_are_when_they_cannot_be_recorded(
        self, make: Worlds, section: dict[str, Any], asked: Wish, code: str, target: str
    ) -> None:
        world, who = prepared(make, section)
        with refusing("dynamodb.PutItem", "InternalServerError", 500) as tried, pytest.raises(AppError) as refusal:
            world.broker.issue(who, asked)
        assert tried
        assert refusal.value.code == code
        assert (world.entries(), world.sts.calls) == ([], [])


def test_a_veto_is_recorded_with_the_plugins_reason(make: Worlds) -> None:
    world, who = prepared(make, {})

    @hookimpl
    def credential_decision(caller: Caller, role_arn: str) -> Decision:
        return Decision.no(f"{role_arn} is closed today", "holiday")

    plugin = ModuleType("holiday")
    plugin.__dict__["credential_decision"] = credential_decision
    world.container.plugins.register(plugin)
    with pytest.raises(Forbidden, match="closed today"):
        world.broker.issue(who, wish())
    (entry,) = world.entries()
    assert (entry.outcome, entry.target, entry.details["code"]) == (Outcome.REFUSED, APP, "holiday")


def test_a_plugin_that_allows_opens_nothing_that_is_closed(make: Worlds) -> None:
    world = make()
    own = f"arn:aws:iam::{HUB}:role/ConsoleMeApply"
    world.entitle(own)

    @hookimpl
    def credential_decision(caller: Caller, role_arn: str) -> Decision:
        return Decision.yes("why not", "generous")

    plugin = ModuleType("generous")
    plugin.__dict__["credential_decision"] = credential_decision
    world.container.plugins.register(plugin)
    with pytest.raises(Forbidden, match="never handed out"):
        world.broker.issue(world.caller(), Wish(search=own))
    assert world.entries()[0].outcome is Outcome.REFUSED


def test_an_account_that_was_not_synced_in_time_is_recorded_as_a_refusal(make: Worlds) -> None:
    world = make()
    elsewhere = role_arn("app", "555555555555")
    world.entitle(elsewhere)
    world.clock.advance(90_000)
    with pytest.raises(Forbidden, match="too old to decide"):
        world.broker.issue(world.caller(), Wish(search="555555555555"))
    assert world.entries()[0].details["code"] == "stale_authorization"


def test_a_right_that_ends_while_it_is_looked_up_opens_nothing(make: Worlds) -> None:
    world = make()
    world.entitle(APP, not_after=START + 100)
    who = world.caller()
    role = world.container.access.eligible_roles.of(who).roles[0]
    world.clock.advance(100)
    with pytest.raises(Forbidden, match="has just ended"):
        world.container.access.prepare_session.request(who, role, wish())


class TestSts:
    @pytest.mark.parametrize(
        ("failure", "code", "more"),
        [
            pytest.param(Upstream("AccessDenied: no sts:AssumeRole"), "902", {}, id="a refusal"),
            pytest.param(Throttled("slow down"), "902", {}, id="too many calls"),
            pytest.param(
                Upstream("nothing", reason="no_credentials"),
                "903",
                {"eligible roles": [APP]},
                id="an answer without keys",
            ),
        ],
    )
    def test_what_it_refuses_is_recorded_and_answered_with_its_words(
        self, make: Worlds, failure: AppError, code: str, more: dict[str, Any]
    ) -> None:
        world, who = prepared(make, {})
        world.sts.failure = failure
        with pytest.raises(Forbidden) as refusal:
            world.broker.issue(who, wish())
        assert refusal.value.code == code
        assert refusal.value.extra == {
            "requested_role": APP,
            "matching_role": APP,
            "exception": failure.message,
            **more,
        }
        (entry,) = world.entries()
        assert (entry.outcome, entry.target) == (Outcome.FAILED, APP)
        assert failure.message in entry.reason
        assert entry.details["duration"] == 3600

    def test_a_policy_that_it_finds_too_large_is_refused_with_the_cause_and_not_sent_again_with_less(
        self, make: Worlds
    ) -> None:
        world, who = prepared(make, OFFICE)
        world.sts.failure = LimitExceeded("Packed size of session tags and policies consumes 108% of allotted space.")
        with pytest.raises(Forbidden, match="consumes 108%") as refusal:
            world.broker.issue(who, wish())
        assert refusal.value.code == "policy_too_large"
        assert len(world.sts.calls) == 1
        assert world.entries()[0].outcome is Outcome.FAILED

    def test_its_refusal_stays_one_when_it_cannot_be_recorded(self, make: Worlds) -> None:
        world, who = prepared(make, {})
        world.sts.failure = Upstream("no")
        with refusing("dynamodb.PutItem", "InternalServerError", 500), pytest.raises(Forbidden) as refusal:
            world.broker.issue(who, wish())
        assert refusal.value.code == "902"

    @pytest.mark.parametrize(
        ("ends_in", "slow", "dropped"),
        [
            pytest.param(1800, 30, False, id="in time"),
            pytest.param(1800, 31, True, id="too late for a right that ends"),
            pytest.param(300, 200, False, id="late, but the policy ends it"),
            pytest.param(None, 200, False, id="late for a right without end"),
        ],
    )
    def test_credentials_that_came_too_late_for_the_right_are_dropped(
        self, make: Worlds, ends_in: int | None, slow: int, *, dropped: bool
    ) -> None:
        world = make()
        world.entitle(APP, not_after=None if ends_in is None else START + ends_in)
        who, world.sts.slow = world.caller(), slow
        if dropped:
            with pytest.raises(Forbidden, match="took 31 seconds") as refusal:
                world.broker.issue(who, wish())
            assert refusal.value.code == "902"
        else:
            assert world.broker.issue(who, wish()).role_arn == APP
        (entry,) = world.entries()
        assert entry.outcome is (Outcome.FAILED if dropped else Outcome.DONE)
        assert entry.details["access_key_id"] == "ASIAEXAMPLE"


class TestThrottle:
    def test_a_person_who_asks_too_often_is_told_to_wait_and_others_are_not(self, make: Worlds) -> None:
        world = make(credentials={"attempts_per_minute": 3})
        other = make(credentials={"attempts_per_minute": 3})
        for one in (world, other):
            one.entitle(APP)
        who = world.caller()
        world.broker.issue(who, wish())
        world.broker.issue(who, wish(search="app"))
        with pytest.raises(Forbidden):
            world.broker.issue(who, wish(search="nothing"))
        with pytest.raises(LimitExceeded, match="try again in"):
            world.broker.issue(who, wish())
        assert len(world.sts.calls) == 2
        assert other.broker.issue(other.caller(), wish()).role_arn == APP
        world.clock.advance(60)
        assert world.broker.issue(who, wish()).role_arn == APP

    def test_whose_session_was_ended_uses_up_nobodys_attempts(self, make: Worlds) -> None:
        world = make(credentials={"attempts_per_minute": 1})
        world.entitle(APP)
        gone, who = world.caller(), world.caller()
        world.container.identity.sessions.end(gone.session_id)
        with pytest.raises(NotAuthenticated):
            world.broker.issue(gone, wish())
        assert world.broker.issue(who, wish()).role_arn == APP

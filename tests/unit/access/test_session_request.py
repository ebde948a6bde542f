"""What is asked of STS. A wrong parameter here is a credential that outlives its right, or a person that nobody can trace."""

import json
import re
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.models import CredentialsConfig
from chalicelib.access.rules import EligibleRole, Reason
from chalicelib.access.session_policy import SessionPolicy
from chalicelib.access.session_request import (
    CHAINED_LIMIT,
    SHORTEST,
    Ask,
    SessionRequest,
    longest_session,
    missing_trust,
    network_of,
    session_request,
    source_identity,
)
from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import Forbidden
from chalicelib.core.roles import Use
from tests.support.builders import ACCOUNT, caller, grant, role_arn
from tests.support.clock import START
from tests.support.policy_evaluation import denied

ARN = role_arn("team/app")
OTHER = "333333333333"
AWS_TAKES = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
OFFICE = {"cidrs": ["203.0.113.0/24"]}
MAY, MAY_NOT = Decision.yes("ada may", "can_waive"), Decision.no("This needs the permission x.", "can_waive")


def role(*, ends: int | None = None, arn: str = ARN, **more: Any) -> EligibleRole:
    return EligibleRole(grant(arn, not_after=ends, **more), (Reason("user:ada@example.com", "tag x", Use.BOTH),))


def config(**section: Any) -> CredentialsConfig:
    return CredentialsConfig.model_validate(section)


def ask(user: str = "ada@example.com", *groups: str, **more: Any) -> Ask:
    base: dict[str, Any] = {"caller": caller(user, *groups), "source": "cli"}
    return Ask(**base | more)


def asked(
    eligible: EligibleRole | None = None, wish: Ask | None = None, section: CredentialsConfig | None = None
) -> SessionRequest:
    return session_request(eligible or role(), wish or ask(), section or config(), START)


def test_the_role_that_was_matched_is_asked_for() -> None:
    assert asked(role(arn=role_arn("team/other"))).call.request() == {
        "RoleArn": role_arn("team/other"),
        "RoleSessionName": "ada@example.com",
        "DurationSeconds": 3600,
        "SourceIdentity": "ada@example.com",
        "Tags": [{"Key": "consoleme-user", "Value": "ada@example.com"}, {"Key": "consoleme-source", "Value": "cli"}],
    }


class TestAttribution:
    @pytest.mark.parametrize("source_identity", [False, True])
    @pytest.mark.parametrize("session_tags", [False, True])
    @pytest.mark.parametrize("transitive", [False, True])
    def test_source_identity_and_tags_are_sent_exactly_where_the_trust_policy_allows_them(
        self, *, source_identity: bool, session_tags: bool, transitive: bool
    ) -> None:
        eligible = role(source_identity=source_identity, session_tags=session_tags)
        sent = asked(eligible, ask("Ada@Example.com"), config(transitive_tags=transitive)).call.request()
        assert sent.get("SourceIdentity") == ("ada@example.com" if source_identity else None)
        tags = [{"Key": "consoleme-user", "Value": "ada@example.com"}, {"Key": "consoleme-source", "Value": "cli"}]
        assert sent.get("Tags") == (tags if session_tags else None)
        kept = ["consoleme-user", "consoleme-source"]
        assert sent.get("TransitiveTagKeys") == (kept if session_tags and transitive else None)

    def test_a_role_without_source_identity_is_refused_where_it_is_required(self) -> None:
        required = config(require_source_identity=True)
        with pytest.raises(Forbidden) as refusal:
            asked(role(source_identity=False), section=required)
        assert refusal.value.message == (
            f"The trust policy of {ARN} does not let this product set SourceIdentity, which is required here. "
            "The role's page shows the statement that mends it."
        )
        assert refusal.value.reason == refusal.value.code == "source_identity_required"
        assert asked(role(source_identity=True), section=required).call.source_identity == "ada@example.com"
        assert asked(role(source_identity=False)).call.source_identity == ""

    @pytest.mark.parametrize(
        ("template", "user", "name"),
        [
            ("{user}", "Ada@Example.com", "ada@example.com"),
            ("{local}", "Ada@Example.com", "ada"),
            ("{local}", "ada", "ada"),
            ("{local}", "@example.com", "@example.com"),
            ("cm-{user}", "ada@example.com", "cm-ada@example.com"),
            ("cm-{local}+x", "ada lovelace@example.com", "cm-ada-lovelace+x"),
            ("cm-{user}", "a" * 80 + "@example.com", "cm-" + "a" * 49 + "@example.com"),
        ],
    )
    def test_the_sessions_name_follows_the_template(self, template: str, user: str, name: str) -> None:
        assert asked(wish=ask(user), section=config(session_name=template)).call.session_name == name

    def test_the_template_does_not_touch_the_source_identity(self) -> None:
        sent = asked(section=config(session_name="cm-{local}")).call
        assert (sent.source_identity, sent.tags[0]) == ("ada@example.com", ("consoleme-user", "ada@example.com"))

    @pytest.mark.parametrize("user", ["ada@example.com", "ADA@example.com", "a+b=c,d.e@f-g", "x" * 64])
    def test_a_name_that_aws_takes_is_its_own_source_identity(self, user: str) -> None:
        assert source_identity(user) == user.lower()

    @pytest.mark.parametrize(
        ("user", "identity"),
        [
            ("ada lovelace", "ada-lovelace-177f85df"),
            ("a", "a--ca978112"),
            ("x" * 65, "x" * 55 + "-9537c5fd"),
        ],
    )
    def test_a_name_that_loses_something_gets_a_digest(self, user: str, identity: str) -> None:
        assert source_identity(user) == identity

    def test_the_mending_statement_names_what_is_missing_and_nothing_else(self) -> None:
        hub = "arn:aws:iam::999988887777:role/ConsoleMeApi"
        assert missing_trust(role(), hub) is None
        assert missing_trust(role(source_identity=False), hub) == {
            "Effect": "Allow",
            "Principal": {"AWS": hub},
            "Action": ["sts:SetSourceIdentity"],
        }
        both = missing_trust(role(source_identity=False, session_tags=False), hub)
        assert both is not None
        assert both["Action"] == ["sts:SetSourceIdentity", "sts:TagSession"]


@given(st.lists(st.text(max_size=90), min_size=2, max_size=2, unique_by=lambda name: name.strip().casefold()))
def test_two_people_are_never_one(users: list[str]) -> None:
    one, other = map(source_identity, users)
    assert AWS_TAKES.fullmatch(one)
    assert AWS_TAKES.fullmatch(other)
    assert one != other


class TestDuration:
    @pytest.mark.parametrize(
        ("configured", "role_max", "ends_in", "duration"),
        [
            pytest.param(3600, 43_200, None, 3600, id="the configured duration"),
            pytest.param(900, 43_200, None, 900, id="a shorter one"),
            pytest.param(43_200, 43_200, None, 3600, id="never more than the hour of a chained session"),
            pytest.param(3600, 1800, None, 1800, id="never more than the role's own maximum"),
            pytest.param(3600, 3600, 7200, 3600, id="the right lasts longer"),
            pytest.param(3600, 3600, 3600, 3600, id="the right lasts just as long"),
            pytest.param(3600, 3600, 3599, 3599, id="the right lasts a second less"),
            pytest.param(3600, 3600, 901, 901, id="no longer than the right lasts"),
            pytest.param(3600, 3600, 900, 900, id="as short as AWS mints"),
            pytest.param(3600, 3600, 899, 900, id="a second less than that"),
            pytest.param(3600, 3600, 1, 900, id="AWS mints nothing shorter than a quarter of an hour"),
            pytest.param(900, 3600, 1200, 900, id="the configured duration ends before the right does"),
        ],
    )
    def test_a_session_lasts_as_long_as_the_shortest_limit_allows(
        self, configured: int, role_max: int, ends_in: int | None, duration: int
    ) -> None:
        ends = None if ends_in is None else START + ends_in
        made = asked(role(max_session_duration=role_max, ends=ends), section=config(session_duration=configured))
        assert made.call.duration == duration

    @pytest.mark.parametrize(("ends_in", "cut"), [(1, True), (899, True), (900, False), (901, False), (7200, False)])
    def test_a_right_that_ends_before_the_shortest_session_is_cut_by_a_deny_on_the_time(
        self, ends_in: int, *, cut: bool
    ) -> None:
        made = asked(role(ends=START + ends_in))
        assert made.cut is cut
        assert bool(made.call.policy) is cut

    def test_the_deny_holds_from_the_very_second(self) -> None:
        policy = SessionPolicy(asked(role(ends=START + 60)).call.policy)
        assert not denied(policy, {"aws:CurrentTime": "2027-01-15T08:00:59Z"})
        assert denied(policy, {"aws:CurrentTime": "2027-01-15T08:01:00Z"})

    @pytest.mark.parametrize("ends_in", [0, -1, -5000])
    def test_a_right_that_is_over_opens_nothing(self, ends_in: int) -> None:
        with pytest.raises(Forbidden, match=f"Your right to {ARN} has just ended") as refusal:
            asked(role(ends=START + ends_in))
        assert refusal.value.reason == refusal.value.code == "right_ended"

    @pytest.mark.parametrize(
        ("limit", "groups", "duration"),
        [
            pytest.param({"seconds": 1200}, (), 1200, id="a limit for everybody and everything"),
            pytest.param({"seconds": 1200, "accounts": [ACCOUNT]}, (), 1200, id="for the account"),
            pytest.param({"seconds": 1200, "accounts": [OTHER]}, (), 3600, id="for another account"),
            pytest.param({"seconds": 1200, "roles": ["arn:aws:iam::*:role/team/*"]}, (), 1200, id="for such roles"),
            pytest.param({"seconds": 1200, "roles": ["arn:aws:iam::*:role/app"]}, (), 3600, id="for other roles"),
            pytest.param(
                {"seconds": 1200, "roles": ["arn:aws:iam::*:role/x"], "accounts": [ACCOUNT]},
                (),
                1200,
                id="for roles elsewhere or for the account",
            ),
            pytest.param({"seconds": 1200, "principals": ["user:ADA@example.com"]}, (), 1200, id="for the person"),
            pytest.param({"seconds": 1200, "principals": ["user:eve@example.com"]}, (), 3600, id="for somebody else"),
            pytest.param(
                {"seconds": 1200, "principals": ["group:x", "group:Contractors"]},
                ("contractors",),
                1200,
                id="for a group of theirs",
            ),
            pytest.param({"seconds": 1200, "principals": ["group:x"]}, ("contractors",), 3600, id="for another group"),
            pytest.param(
                {"seconds": 1200, "principals": ["group:contractors"], "accounts": [OTHER]},
                ("contractors",),
                3600,
                id="for their group, elsewhere",
            ),
            pytest.param({"seconds": 7200}, (), 3600, id="a limit that is none"),
        ],
    )
    def test_a_limit_counts_for_those_that_it_names(
        self, limit: dict[str, Any], groups: tuple[str, ...], duration: int
    ) -> None:
        made = asked(role(max_session_duration=43_200), ask("ada@example.com", *groups), config(session_limits=[limit]))
        assert made.call.duration == duration

    def test_of_several_limits_the_shortest_counts(self) -> None:
        limits = [{"seconds": 1800}, {"seconds": 1000}, {"seconds": 1500}]
        assert asked(section=config(session_limits=limits)).call.duration == 1000
        assert longest_session(role(), caller(), config(session_limits=limits)) == 1000

    @pytest.mark.parametrize(
        ("section", "role_max", "told"),
        [
            pytest.param({"session_duration": 43_200}, 43_200, "43200", id="an hour where twelve were configured"),
            pytest.param({"session_duration": 43_200}, 7200, "7200", id="and where the role allows two"),
            pytest.param({"session_duration": 43_200}, 3600, "", id="not where the role allows no more"),
            pytest.param({"session_duration": 3600}, 43_200, "", id="not where no more was configured"),
            pytest.param(
                {"session_duration": 43_200, "session_limits": [{"seconds": 900}]}, 43_200, "", id="not under a limit"
            ),
            pytest.param({"session_duration": 3601}, 43_200, "3601", id="where it is a second more"),
        ],
    )
    def test_that_aws_gives_an_hour_only_is_said_where_more_was_configured(
        self, section: dict[str, Any], role_max: int, told: str
    ) -> None:
        notices = asked(role(max_session_duration=role_max), section=config(**section)).notices
        assert len(notices) == bool(told)
        assert all(f"configured {told} seconds were cut to 3600" in notice for notice in notices)


class TestNetworks:
    @pytest.mark.parametrize(
        ("restrictions", "wish", "network"),
        [
            pytest.param({}, {}, "open", id="nothing is configured"),
            pytest.param({}, {"no_ip_restrictions": True}, "open", id="and nobody need ask to be free of it"),
            pytest.param(OFFICE, {}, "restricted", id="ranges are configured"),
            pytest.param(OFFICE, {"source": "web"}, "restricted", id="on the page too"),
            pytest.param(OFFICE, {"source": "console"}, "open", id="the console is not restricted"),
            pytest.param({**OFFICE, "console": True}, {"source": "console"}, "restricted", id="unless it is to be"),
            pytest.param(OFFICE, {"no_ip_restrictions": True, "may_waive": MAY}, "waived", id="who may, may"),
            pytest.param(OFFICE, {"may_waive": MAY}, "restricted", id="who may and does not ask"),
            pytest.param({**OFFICE, "exempt": {"accounts": [ACCOUNT]}}, {}, "exempt", id="an exempt account"),
            pytest.param(
                {**OFFICE, "exempt": {"roles": ["arn:aws:iam::*:role/team/app"]}}, {}, "exempt", id="an exempt role"
            ),
            pytest.param(
                {**OFFICE, "exempt": {"roles": ["arn:aws:iam::*:role/app"], "accounts": [OTHER]}},
                {},
                "restricted",
                id="others are exempt",
            ),
            pytest.param(
                {**OFFICE, "exempt": {"accounts": [ACCOUNT]}, "never_waive": {"accounts": [ACCOUNT]}},
                {"no_ip_restrictions": True},
                "exempt",
                id="where nothing is restricted nothing is waived",
            ),
            pytest.param(
                {**OFFICE, "never_waive": {"accounts": [ACCOUNT]}}, {}, "restricted", id="never waived, and not asked"
            ),
            pytest.param(
                {**OFFICE, "never_waive": {"accounts": [OTHER]}},
                {"no_ip_restrictions": True, "may_waive": MAY},
                "waived",
                id="never waived elsewhere",
            ),
        ],
    )
    def test_credentials_are(self, restrictions: dict[str, Any], wish: dict[str, Any], network: str) -> None:
        section = config(ip_restrictions=restrictions)
        assert network_of(Arn.parse(ARN), ask(**wish), section.ip_restrictions) == network
        made = asked(wish=ask(**wish), section=section)
        assert made.network == network
        assert bool(made.call.policy) is (network == "restricted")

    @pytest.mark.parametrize(
        ("restrictions", "may", "reason", "told"),
        [
            pytest.param(OFFICE, MAY_NOT, "ip_restriction", "This needs the permission x.", id="without permission"),
            pytest.param(OFFICE, None, "ip_restriction", " Nobody was asked.", id="where nobody decided"),
            pytest.param(
                {**OFFICE, "never_waive": {"roles": ["arn:aws:iam::*:role/team/*"]}},
                MAY,
                "never_waived",
                "never waived, for anybody",
                id="even with permission, for a role that is never free",
            ),
        ],
    )
    def test_a_waiver_is_refused_as_clients_know_it_and_with_its_cause(
        self, restrictions: dict[str, Any], may: Decision | None, reason: str, told: str
    ) -> None:
        with pytest.raises(Forbidden) as refusal:
            asked(wish=ask(no_ip_restrictions=True, may_waive=may), section=config(ip_restrictions=restrictions))
        assert (refusal.value.code, refusal.value.reason) == ("902", reason)
        assert told in refusal.value.message
        assert refusal.value.extra == {"exception": refusal.value.message}

    def test_a_waiver_does_not_free_from_ones_own_ranges(self) -> None:
        wish = ask(no_ip_restrictions=True, may_waive=MAY, custom_ranges=("192.0.2.0/24",))
        policy = SessionPolicy(asked(wish=wish, section=config(ip_restrictions=OFFICE)).call.policy)
        assert not denied(policy, {"aws:SourceIp": "192.0.2.1"})
        assert denied(policy, {"aws:SourceIp": "203.0.113.1"})

    def test_ones_own_ranges_restrict_the_console_too(self) -> None:
        assert asked(wish=ask(source="console", custom_ranges=("192.0.2.0/24",))).call.policy

    def test_too_many_ranges_are_refused_and_not_fewer_sent(self) -> None:
        many = tuple(f"198.51.{number}.0/24" for number in range(120))
        with pytest.raises(Forbidden) as refusal:
            asked(wish=ask(custom_ranges=many))
        assert refusal.value.reason == "policy_too_large"


class TestReadOnly:
    def test_a_read_only_session_has_the_partitions_policy_and_no_other_allow(self) -> None:
        assert asked().call.policy_arns == ()
        made = asked(wish=ask(read_only=True)).call
        assert (made.policy, made.policy_arns) == ("", ("arn:aws:iam::aws:policy/ReadOnlyAccess",))
        china = asked(role(arn=role_arn("app", partition="aws-cn")), ask(read_only=True)).call
        assert china.policy_arns == ("arn:aws-cn:iam::aws:policy/ReadOnlyAccess",)

    def test_the_policy_may_be_another_one(self) -> None:
        section = config(read_only_policy="job-function/ViewOnlyAccess")
        made = asked(wish=ask(read_only=True), section=section).call
        assert made.request()["PolicyArns"] == [{"arn": "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"}]

    def test_it_is_bound_by_the_end_and_the_addresses_too(self) -> None:
        made = asked(role(ends=START + 60), ask(read_only=True), config(ip_restrictions=OFFICE)).call
        effects = [statement["Effect"] for statement in json.loads(made.policy)["Statement"]]
        assert effects == ["Deny", "Deny"]


class TestWays:
    ROUTE: ClassVar[dict[str, Any]] = {"via": [{"role": "spokes/Broker", "external_id": "on-the-way"}]}

    def test_the_hub_assumes_a_role_itself(self) -> None:
        assert asked().call.via == ()

    def test_a_route_goes_over_each_role_in_turn_with_the_sessions_name_and_nothing_that_is_the_persons(self) -> None:
        hub = "arn:aws:iam::111111111111:role/Door"
        route = {"via": [{"role": hub}, {"role": "spokes/Broker", "external_id": "on-the-way"}]}
        made = asked(wish=ask(read_only=True), section=config(routes=[route], external_id="end")).call
        assert [step.request() for step in made.via] == [
            {"RoleArn": hub, "RoleSessionName": "ada@example.com", "DurationSeconds": 900},
            {
                "RoleArn": role_arn("spokes/Broker"),
                "RoleSessionName": "ada@example.com",
                "DurationSeconds": 900,
                "ExternalId": "on-the-way",
            },
        ]
        assert (made.external_id, made.source_identity) == ("end", "ada@example.com")

    @pytest.mark.parametrize(
        ("routes", "hops"),
        [
            pytest.param([{**ROUTE, "accounts": [ACCOUNT]}], 1, id="of the account"),
            pytest.param([{**ROUTE, "accounts": [OTHER]}], 0, id="of another account"),
            pytest.param([{**ROUTE, "roles": ["arn:aws:iam::*:role/team/*"]}], 1, id="of such roles"),
            pytest.param(
                [{**ROUTE, "accounts": [ACCOUNT]}, {"via": [{"role": "a"}, {"role": "b"}]}], 1, id="that comes first"
            ),
        ],
    )
    def test_a_role_is_reached_over_the_first_route(self, routes: list[dict[str, Any]], hops: int) -> None:
        assert len(asked(section=config(routes=routes)).call.via) == hops

    @pytest.mark.parametrize(
        ("section", "sent"),
        [
            pytest.param({}, "", id="none"),
            pytest.param({"external_id": "all"}, "all", id="the one for all"),
            pytest.param(
                {"external_id": "all", "external_ids": [{"accounts": [ACCOUNT], "external_id": "mine"}]},
                "mine",
                id="the account's",
            ),
            pytest.param(
                {"external_id": "all", "external_ids": [{"accounts": [OTHER], "external_id": "mine"}]},
                "all",
                id="not another account's",
            ),
            pytest.param(
                {
                    "external_ids": [
                        {"roles": ["arn:aws:iam::*:role/team/a*"], "external_id": "first"},
                        {"external_id": "second"},
                    ]
                },
                "first",
                id="the first that covers the role",
            ),
        ],
    )
    def test_the_external_id_is(self, section: dict[str, Any], sent: str) -> None:
        assert asked(section=config(**section)).call.external_id == sent


@given(
    ends_in=st.none() | st.integers(-100, 50_000),
    configured=st.integers(900, 43_200),
    role_max=st.integers(3600, 43_200),
    limits=st.lists(st.integers(900, 43_200), max_size=3),
    office=st.booleans(),
    read_only=st.booleans(),
    custom=st.lists(st.ip_addresses().map(lambda found: f"{found}/{found.max_prefixlen}"), max_size=40),
)
def test_whatever_is_asked_no_session_outlives_its_right(
    ends_in: int | None,
    configured: int,
    role_max: int,
    limits: list[int],
    custom: list[str],
    *,
    office: bool,
    read_only: bool,
) -> None:
    section = config(
        session_duration=configured,
        session_limits=[{"seconds": limit} for limit in limits],
        ip_restrictions=OFFICE if office else {},
    )
    eligible = role(ends=None if ends_in is None else START + ends_in, max_session_duration=role_max)
    try:
        made = asked(eligible, ask(read_only=read_only, custom_ranges=tuple(custom)), section)
    except Forbidden as refusal:
        over = ends_in is not None and ends_in <= 0
        assert refusal.reason == ("right_ended" if over else "policy_too_large")  # noqa: PT017 refused is right here
        return
    call = made.call
    policy = SessionPolicy(call.policy, call.policy_arns)
    assert SHORTEST <= call.duration <= min(CHAINED_LIMIT, configured, role_max, *limits)
    assert policy.characters <= 2048
    assert not call.policy or json.loads(call.policy)
    if ends_in is not None:
        assert call.duration <= max(SHORTEST, ends_in)
        late = {"aws:CurrentTime": "9999-12-31T00:00:00Z", "aws:ViaAWSService": "true"}
        assert denied(policy, late) is (ends_in < SHORTEST)
        assert made.cut is (ends_in < SHORTEST)

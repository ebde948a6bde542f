from typing import Any

import pytest

from chalicelib.access.models import AuthorizedRole
from chalicelib.access.rules import EligibleRole, eligible, grants_of_role, match_role, never_brokered
from chalicelib.core.arn import Arn
from chalicelib.core.principals import Principal
from tests.support.builders import (
    ACCOUNT,
    HUB,
    SPOKE,
    allow,
    authorization,
    authorized_role,
    deny,
    eligible_role,
    grant,
    role_arn,
    trust_policy,
)
from tests.support.clock import START

TAG, CLI_TAG = "consoleme-authorized", "consoleme-authorized-cli-only"


def grants(role: AuthorizedRole, **section: Any) -> dict[str, Any]:
    return dict(grants_of_role(role, authorization(**section), HUB, SPOKE))


def identities(role: AuthorizedRole, **section: Any) -> dict[str, bool]:
    """Identity to whether it may use the role on the command line only."""
    return {identity: found.cli_only for identity, found in grants(role, **section).items()}


class TestTags:
    def test_a_bare_name_stands_for_a_user_and_a_group(self) -> None:
        assert identities(authorized_role(tags={TAG: "ops"})) == {"user:ops": False, "group:ops": False}

    @pytest.mark.parametrize(
        ("value", "names"),
        [
            pytest.param("a:b", {"a", "b"}, id="two names"),
            pytest.param("a::b", {"a", "b"}, id="a blank between them is nobody"),
            pytest.param(":a:", {"a"}, id="blanks at the ends"),
            pytest.param("", set(), id="nothing"),
            pytest.param(":: :", set(), id="only blanks"),
            pytest.param(" Ada@Example.com ", {"ada@example.com"}, id="case and blanks around do not count"),
            pytest.param("a:A", {"a"}, id="one name in two cases"),
            pytest.param("a,b", {"a,b"}, id="another sign is part of the name"),
        ],
    )
    def test_a_tags_value_names(self, value: str, names: set[str]) -> None:
        found = identities(authorized_role(tags={TAG: value}))
        assert set(found) == {f"{kind}:{name}" for kind in ("user", "group") for name in names}

    def test_the_delimiter_is_as_configured(self) -> None:
        found = identities(authorized_role(tags={TAG: "a/b"}), role_tags={"delimiter": "/"})
        assert set(found) == {"user:a", "group:a", "user:b", "group:b"}

    def test_an_empty_delimiter_is_no_configuration(self) -> None:
        with pytest.raises(ValueError, match="at least 1 character"):
            authorization(role_tags={"delimiter": ""})

    def test_the_keys_are_as_configured_and_exact(self) -> None:
        role = authorized_role(tags={"Team-Access": "a", "team-access": "b", TAG: "c"})
        assert set(identities(role, role_tags={"authorized": ["Team-Access"]})) == {"user:a", "group:a"}

    def test_a_role_without_tags_is_nobodys(self) -> None:
        assert grants(authorized_role()) == {}

    def test_the_command_line_tag_grants_the_command_line_only(self) -> None:
        assert identities(authorized_role(tags={CLI_TAG: "a"})) == {"user:a": True, "group:a": True}

    def test_who_is_named_by_both_tags_is_not_kept_to_the_command_line(self) -> None:
        found = identities(authorized_role(tags={TAG: "a", CLI_TAG: "a:b"}))
        assert found == {"user:a": False, "group:a": False, "user:b": True, "group:b": True}


class TestConfiguration:
    def test_it_grants_roles_to_principals_that_say_what_they_are(self) -> None:
        mapping = {
            "group:Admins": {"roles": [role_arn()]},
            "user:ada@example.com": {"cli_only_roles": [role_arn()]},
            "group:others": {"roles": [role_arn("other")]},
        }
        found = identities(authorized_role(), group_mapping=mapping)
        assert found == {"group:admins": False, "user:ada@example.com": True}

    def test_a_bare_name_is_refused(self) -> None:
        with pytest.raises(ValueError, match="must say what it is"):
            authorization(group_mapping={"admins": {"roles": []}})

    def test_an_arn_is_compared_exactly(self) -> None:
        mapping = {"group:a": {"roles": [role_arn().upper(), role_arn() + "2", "*"]}}
        assert identities(authorized_role(), group_mapping=mapping) == {}

    def test_tags_and_configuration_add_up_and_every_source_is_named(self) -> None:
        role = authorized_role(tags={TAG: "admins", CLI_TAG: "admins"})
        mapping = {"group:admins": {"roles": [role_arn()], "cli_only_roles": [role_arn()]}}
        found = grants(role, group_mapping=mapping)
        assert found["group:admins"].sources == (
            "configuration group_mapping",
            "configuration group_mapping (CLI only)",
            "tag consoleme-authorized",
            "tag consoleme-authorized-cli-only",
        )
        assert found["group:admins"].cli_only is False
        assert found["user:admins"].sources == ("tag consoleme-authorized", "tag consoleme-authorized-cli-only")

    def test_the_configuration_may_widen_what_a_tag_keeps_to_the_command_line(self) -> None:
        role = authorized_role(tags={CLI_TAG: "admins"})
        found = identities(role, group_mapping={"group:admins": {"roles": [role_arn()]}})
        assert found == {"group:admins": False, "user:admins": True}


class TestTrust:
    @pytest.mark.parametrize(
        ("statements", "source_identity", "session_tags"),
        [
            pytest.param([allow()], False, False, id="the right to assume alone"),
            pytest.param([allow("sts:AssumeRole", "sts:SetSourceIdentity")], True, False, id="a source identity too"),
            pytest.param([allow("sts:AssumeRole", "sts:TagSession")], False, True, id="tags too"),
            pytest.param([allow("sts:*")], True, True, id="all"),
            pytest.param([allow("sts:*"), deny("sts:TagSession")], True, False, id="all but what is denied"),
            pytest.param([allow("sts:*", principal={"AWS": "222222222222"})], False, False, id="all to others"),
        ],
    )
    def test_a_grant_knows_what_the_hub_may_send(
        self, statements: list[dict[str, Any]], *, source_identity: bool, session_tags: bool
    ) -> None:
        role = authorized_role(tags={TAG: "a"}, trust_policy=trust_policy(*statements))
        found = grants(role)["user:a"]
        assert (found.source_identity, found.session_tags) == (source_identity, session_tags)

    def test_a_grant_knows_how_long_a_session_may_last(self) -> None:
        assert (
            grants(authorized_role(tags={TAG: "a"}, max_session_duration=7200))["user:a"].max_session_duration == 7200
        )


@pytest.mark.parametrize(
    ("arn", "rule"),
    [
        pytest.param(HUB.api_role_arn, "own_role", id="the hub's role of the API"),
        pytest.param(role_arn("ConsoleMeSync", HUB.account_id), "own_role", id="the hub's role that syncs"),
        pytest.param(role_arn("ConsoleMeApply", HUB.account_id), "own_role", id="the hub's role that applies"),
        pytest.param(role_arn("ConsoleMeSpokeRead"), "own_role", id="a spoke's role that reads"),
        pytest.param(
            role_arn("any/path/ConsoleMeSpokeApply", "333333333333"), "own_role", id="a spoke's role under any path"
        ),
        pytest.param(
            role_arn("ConsoleMeSpokeRead", partition="aws-cn"), "own_role", id="a spoke's role in any partition"
        ),
        pytest.param(
            role_arn("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
            "reserved_role",
            id="a service-linked role",
        ),
        pytest.param(
            role_arn("aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123"),
            "reserved_role",
            id="a role of Identity Center",
        ),
        pytest.param(
            role_arn("AWSReservedSSO_Admin_0123"), "reserved_role", id="a name of Identity Center without its path"
        ),
    ],
)
def test_is_never_handed_out_whatever_tags_and_configuration_say(arn: str, rule: str) -> None:
    refusal = never_brokered(Arn.parse(arn), HUB, SPOKE)
    assert refusal is not None
    assert (refusal.allowed, refusal.rule) == (False, rule)
    mapping = {"user:ada@example.com": {"roles": [arn]}}
    assert grants(authorized_role(arn, tags={TAG: "a"}), group_mapping=mapping) == {}


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(role_arn("app"), id="a role like others"),
        pytest.param(role_arn("service-role/lambda"), id="a role that a service assumes"),
        pytest.param(role_arn("ConsoleMeApi"), id="a role called like the hub's in another account"),
        pytest.param(role_arn("MyAWSReservedSSO_"), id="a name that only holds the words"),
        pytest.param(role_arn("team/aws-service-role/x"), id="a path that only holds the words"),
    ],
)
def test_may_be_handed_out(arn: str) -> None:
    assert never_brokered(Arn.parse(arn), HUB, SPOKE) is None


class TestEligibility:
    ADA, TEAM = Principal.user("ada"), Principal.group("team")

    def test_the_union_is_sorted_and_names_every_reason(self) -> None:
        held = {
            self.TEAM: [grant(role_arn("b"), sources=("tag y",)), grant(role_arn("a"), sources=("tag z",))],
            self.ADA: [grant(role_arn("b"), sources=("tag x",))],
        }
        found = eligible(held, START)
        assert [role.arn for role in found] == [role_arn("a"), role_arn("b")]
        assert found[1].reasons == (("group:team", "tag y"), ("user:ada", "tag x"))
        assert found[1].grant.sources == ("tag x", "tag y")

    @pytest.mark.parametrize(
        ("one", "other", "cli_only"), [(True, True, True), (True, False, False), (False, False, False)]
    )
    def test_a_role_is_kept_to_the_command_line_only_if_every_grant_keeps_it(
        self, *, one: bool, other: bool, cli_only: bool
    ) -> None:
        (found,) = eligible({self.ADA: [grant(cli_only=one)], self.TEAM: [grant(cli_only=other)]}, START)
        assert found.grant.cli_only is cli_only

    @pytest.mark.parametrize(
        ("not_before", "not_after", "in_force"),
        [
            pytest.param(None, None, True, id="without limits"),
            pytest.param(START, None, True, id="from this second"),
            pytest.param(START + 1, None, False, id="from the next second"),
            pytest.param(None, START + 1, True, id="until the next second"),
            pytest.param(None, START, False, id="until this second"),
            pytest.param(0, 0, False, id="never"),
            pytest.param(START - 10, START + 10, True, id="around now"),
        ],
    )
    def test_a_grant_counts(self, not_before: int | None, not_after: int | None, *, in_force: bool) -> None:
        found = eligible({self.ADA: [grant(not_before=not_before, not_after=not_after)]}, START)
        assert bool(found) is in_force

    @pytest.mark.parametrize(
        ("ends", "end"),
        [
            pytest.param([START + 5, START + 9], START + 9, id="with the last of its grants"),
            pytest.param([START + 5, None], None, id="never, if one has no end"),
            pytest.param([START + 5, START - 1], START + 5, id="without looking at those that have ended"),
        ],
    )
    def test_a_role_ends(self, ends: list[int | None], end: int | None) -> None:
        (found,) = eligible({self.ADA: [grant(not_after=moment) for moment in ends]}, START)
        assert found.ends_at == end

    def test_a_grant_that_is_not_in_force_lends_nothing_to_the_union(self) -> None:
        over = grant(cli_only=False, not_after=START, sources=("old",))
        (found,) = eligible({self.ADA: [grant(cli_only=True)], self.TEAM: [over]}, START)
        assert (found.grant.cli_only, found.reasons) == (True, (("user:ada", "tag consoleme-authorized"),))

    def test_of_what_two_rows_say_of_a_role_the_more_careful_is_believed(self) -> None:
        one = grant(source_identity=True, session_tags=False, max_session_duration=3600)
        other = grant(source_identity=False, session_tags=True, max_session_duration=7200)
        (found,) = eligible({self.ADA: [one], self.TEAM: [other]}, START)
        assert (found.grant.source_identity, found.grant.session_tags, found.grant.max_session_duration) == (
            False,
            False,
            3600,
        )

    def test_nobody_has_nothing(self) -> None:
        assert eligible({}, START) == ()
        assert eligible({self.ADA: []}, START) == ()


APP, APP_ADMIN = role_arn("app"), role_arn("app-admin")
DEPLOY = role_arn("team/deploy")
ELSEWHERE_APP, ELSEWHERE_BILLING = role_arn("app", "333333333333"), role_arn("Billing", "333333333333")
NAMES = {ACCOUNT: "payments-prod", "333333333333": "Ledger"}


@pytest.mark.parametrize(
    ("query", "arns"),
    [
        pytest.param(APP, [APP], id="an exact ARN beats the longer ones that contain it"),
        pytest.param(APP.upper(), [APP], id="an ARN has no case here"),
        pytest.param(f"  {APP}\n", [APP], id="blanks around it do not count"),
        pytest.param("app-admin", [APP_ADMIN], id="an exact name"),
        pytest.param("APP-Admin", [APP_ADMIN], id="a name has no case here"),
        pytest.param("billing", [ELSEWHERE_BILLING], id="a name in small letters"),
        pytest.param(
            "app", [APP, APP_ADMIN, ELSEWHERE_APP], id="a name that two accounts have is a search like others"
        ),
        pytest.param("payments-prod/app", [APP], id="an account by its name and a role"),
        pytest.param("PAYMENTS-PROD/APP", [APP], id="which has no case either"),
        pytest.param("ledger/app", [ELSEWHERE_APP], id="the other account"),
        pytest.param(f"{ACCOUNT}/app", [APP], id="an account by its number and a role"),
        pytest.param(f"{ACCOUNT}:role/app", [APP, APP_ADMIN], id="a piece of an ARN that two begin with"),
        pytest.param("role/app", [APP, APP_ADMIN, ELSEWHERE_APP], id="a piece of several ARNs"),
        pytest.param("deploy", [DEPLOY], id="a name without its path"),
        pytest.param("team/deploy", [DEPLOY], id="a name with its path"),
        pytest.param("payments-prod/team/deploy", [DEPLOY], id="account, path and name"),
        pytest.param("payments-prod/deploy", [DEPLOY], id="account and name without the path"),
        pytest.param("team", [DEPLOY], id="a piece of a path"),
        pytest.param("admin", [APP_ADMIN], id="a piece of a name"),
        pytest.param("333333333333", [ELSEWHERE_APP, ELSEWHERE_BILLING], id="an account, which has two"),
        pytest.param("payments-prod", [], id="an account's name alone, which no ARN contains"),
        pytest.param("nothing", [], id="what matches nothing"),
        pytest.param("", [], id="nothing asked for is nothing"),
        pytest.param("   ", [], id="nor are blanks"),
        pytest.param("*", [], id="a wildcard is a letter"),
        pytest.param(".*", [], id="so is a pattern"),
        pytest.param("/app", [APP, APP_ADMIN, ELSEWHERE_APP], id="no account and a role is a piece of an ARN"),
    ],
)
def test_a_search_means(query: str, arns: list[str]) -> None:
    roles = [eligible_role(arn) for arn in (APP, APP_ADMIN, DEPLOY, ELSEWHERE_APP, ELSEWHERE_BILLING)]
    assert sorted(role.arn for role in match_role(roles, query, NAMES)) == sorted(arns)


def test_one_exact_name_goes_before_the_longer_names_that_contain_it() -> None:
    roles = [eligible_role(arn) for arn in (APP, APP_ADMIN)]
    assert [role.arn for role in match_role(roles, "app", {})] == [APP]


def test_a_search_finds_only_among_what_it_is_given() -> None:
    none: list[EligibleRole] = []
    assert match_role(none, APP, NAMES) == []
    assert match_role([eligible_role(APP)], ELSEWHERE_BILLING, NAMES) == []


def test_accounts_whose_names_nobody_knows_do_not_match_an_empty_name() -> None:
    roles = [eligible_role(arn) for arn in (APP, ELSEWHERE_BILLING)]
    assert [role.arn for role in match_role(roles, "/billing", {})] == [ELSEWHERE_BILLING]

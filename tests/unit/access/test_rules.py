from typing import Any

import pytest

from chalicelib.access.rights import CONFIGURATION, ROLE, Claim, HeldRole, Holding, Kind, RoleGrant, Terms, Word
from chalicelib.access.rules import (
    Holder,
    Reason,
    claim_counts,
    eligible,
    never_brokered,
    rights_of_role,
    terms_of_role,
    use_now,
    withheld_now,
)
from chalicelib.core.arn import Arn
from chalicelib.core.principals import Principal
from chalicelib.core.roles import AuthorizedRole, RoleClaim, Use
from tests.support.builders import (
    HUB,
    SPOKE,
    allow,
    authorization,
    authorized_role,
    deny,
    grant,
    role_arn,
    rulebook,
    trust_policy,
)
from tests.support.clock import START
from tests.support.rights import claim, held_role

TAG, CLI_TAG, CONSOLE_TAG = (
    "consoleme-authorized",
    "consoleme-authorized-cli-only",
    "consoleme-authorized-console-only",
)
APP = role_arn("app")
ENTITY = HUB.api_role_arn


def claims(role: AuthorizedRole, *said: RoleClaim, **section: Any) -> dict[str, tuple[Claim, ...]]:
    return rights_of_role(role, rulebook(**section), said).claims


def identities(role: AuthorizedRole, **section: Any) -> dict[str, Use]:
    """Identity to what its claims come to."""
    found: dict[str, Use] = {}
    for identity, those in claims(role, **section).items():
        for one in those:
            found[identity] = found.get(identity, one.use) | one.use
    return found


class TestTags:
    def test_a_bare_name_stands_for_a_user_and_a_group_and_is_known_as_bare(self) -> None:
        found = claims(authorized_role(tags={TAG: "ops"}))
        bare = Claim(kind=Kind.TAG, name=TAG, bare=True)
        assert found == {"group:ops": (bare,), "user:ops": (bare,)}

    def test_an_explicit_name_is_one_identity_and_not_bare(self) -> None:
        found = claims(authorized_role(tags={TAG: "user:ada:group:ops"}))
        said = Claim(kind=Kind.TAG, name=TAG)
        assert found == {"group:ops": (said,), "user:ada": (said,)}

    def test_who_is_named_both_ways_has_two_claims(self) -> None:
        found = claims(authorized_role(tags={TAG: "user:ada:ada"}))
        assert {one.bare for one in found["user:ada"]} == {True, False}
        assert [one.bare for one in found["group:ada"]] == [True]

    def test_the_delimiters_are_as_configured(self) -> None:
        found = identities(authorized_role(tags={TAG: "a/b c"}), role_tags={"delimiters": ["/", " "]})
        assert set(found) == {f"{kind}:{name}" for kind in ("user", "group") for name in "abc"}

    def test_the_keys_are_as_configured_and_exact(self) -> None:
        role = authorized_role(tags={"Team-Access": "a", "team-access": "b", TAG: "c", "more": "d"})
        found = identities(role, role_tags={"authorized": ["Team-Access", "more"]})
        assert set(found) == {"user:a", "group:a", "user:d", "group:d"}

    def test_a_role_without_tags_is_nobodys(self) -> None:
        assert claims(authorized_role()) == {}

    @pytest.mark.parametrize(
        ("tags", "use"),
        [
            ({TAG: "user:a"}, Use.BOTH),
            ({CLI_TAG: "user:a"}, Use.CLI_ONLY),
            ({CONSOLE_TAG: "user:a"}, Use.CONSOLE_ONLY),
            ({TAG: "user:a", CLI_TAG: "user:a"}, Use.BOTH),
            ({TAG: "user:a", CONSOLE_TAG: "user:a"}, Use.BOTH),
            ({CLI_TAG: "user:a", CONSOLE_TAG: "user:a"}, Use.BOTH),
        ],
    )
    def test_each_class_of_tags_has_its_use_and_uses_add_up(self, tags: dict[str, str], use: Use) -> None:
        assert identities(authorized_role(tags=tags)) == {"user:a": use}


class TestConfiguration:
    def test_it_grants_roles_to_principals_that_say_what_they_are(self) -> None:
        mapping = {
            "group:Admins": {"roles": [APP]},
            "user:ada@example.com": {"cli_only_roles": [APP]},
            "user:ben@example.com": {"console_only_roles": [APP]},
            "group:others": {"roles": [role_arn("other")]},
        }
        assert identities(authorized_role(APP), group_mapping=mapping) == {
            "group:admins": Use.BOTH,
            "user:ada@example.com": Use.CLI_ONLY,
            "user:ben@example.com": Use.CONSOLE_ONLY,
        }

    def test_an_arn_is_compared_exactly(self) -> None:
        mapping = {"group:a": {"roles": [role_arn("App"), role_arn("app2"), role_arn("team/app")]}}
        assert claims(authorized_role(APP), group_mapping=mapping) == {}


class TestPlugins:
    def test_their_claims_count_beside_the_others_and_say_where_they_come_from(self) -> None:
        said = RoleClaim(
            identity="group:On-Call",
            name="corp.rights: on call",
            use=Use.CLI_ONLY,
            not_before=START,
            not_after=START + 60,
        )
        found = claims(authorized_role(tags={TAG: "group:on-call"}), said)
        assert {one.source for one in found["group:on-call"]} == {f"tag {TAG}", "plugin corp.rights: on call"}
        told = next(one for one in found["group:on-call"] if one.kind is Kind.PLUGIN)
        assert (told.use, told.not_before, told.not_after) == (Use.CLI_ONLY, START, START + 60)

    def test_a_claim_says_what_its_identity_is_and_lasts(self) -> None:
        with pytest.raises(ValueError, match="must say what it is"):
            RoleClaim(identity="ops", name="x")
        with pytest.raises(ValueError, match="end before it begins"):
            RoleClaim(identity="group:ops", name="x", not_before=5, not_after=5)
        assert RoleClaim(identity="group:ops", name="x", not_before=5, not_after=6).not_after == 6
        assert RoleClaim(identity="group:ops", name="x", not_before=5).not_after is None


class TestTerms:
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
    def test_they_tell_what_the_hub_may_send(
        self, statements: list[dict[str, Any]], *, source_identity: bool, session_tags: bool
    ) -> None:
        found = terms_of_role(authorized_role(trust_policy=trust_policy(*statements)), rulebook())
        assert (found.source_identity, found.session_tags) == (source_identity, session_tags)

    def test_whoever_asks_last_on_the_way_is_judged(self) -> None:
        broker = role_arn("Broker")
        role = authorized_role(APP, trust_policy=trust_policy(allow("sts:*", principal={"AWS": broker})))
        routed = rulebook(credentials={"routes": [{"roles": [APP], "via": [{"role": broker}]}]})
        assert terms_of_role(role, routed).source_identity
        assert not terms_of_role(role, rulebook()).source_identity

    def test_the_external_id_that_is_sent_counts(self) -> None:
        asks = {"StringEquals": {"sts:ExternalId": "ours"}}
        role = authorized_role(trust_policy=trust_policy(allow("sts:*", Condition=asks)))
        assert terms_of_role(role, rulebook(credentials={"external_id": "ours"})).session_tags
        assert not terms_of_role(role, rulebook()).session_tags

    def test_they_tell_how_long_a_session_may_last(self) -> None:
        assert terms_of_role(authorized_role(max_session_duration=7200), rulebook()).max_session_duration == 7200


class TestRequiredTrust:
    ENTITY = "arn:aws:iam::111111111111:role/ConsoleMeApi"

    @pytest.mark.parametrize(
        ("statements", "handed_out"),
        [
            pytest.param([allow()], True, id="it is trusted"),
            pytest.param([allow(principal={"AWS": "111111111111"})], True, id="its account is trusted"),
            pytest.param([allow(principal={"AWS": "222222222222"})], False, id="another is trusted"),
            pytest.param([deny()], False, id="it is only named in a Deny"),
            pytest.param([allow(), deny()], False, id="it is trusted and denied"),
            pytest.param([allow("sts:TagSession")], False, id="it may do something else"),
            pytest.param([allow(principal={"AWS": ENTITY + "2"})], False, id="a name that only begins like it"),
            pytest.param([], False, id="nobody is trusted"),
        ],
    )
    def test_only_roles_that_trust_the_entity_are_handed_out(
        self, statements: list[dict[str, Any]], *, handed_out: bool
    ) -> None:
        role = authorized_role(APP, tags={TAG: "user:a"}, trust_policy=trust_policy(*statements))
        mapping = {"user:b": {"roles": [APP]}}
        book = rulebook(required_trust_entity=self.ENTITY, group_mapping=mapping)
        found = rights_of_role(role, book, [RoleClaim(identity="user:c", name="x")])
        assert set(found.claims) == ({"user:a", "user:b", "user:c"} if handed_out else set())
        assert bool(found.terms.withheld) is not handed_out

    def test_the_reason_names_the_entity(self) -> None:
        found = rights_of_role(authorized_role(trust_policy={}), rulebook(required_trust_entity=self.ENTITY))
        assert self.ENTITY in found.terms.withheld

    def test_without_one_the_trust_policy_keeps_nobody_out(self) -> None:
        role = authorized_role(tags={TAG: "user:a"}, trust_policy={})
        assert set(claims(role)) == {"user:a"}


NEVER = [
    pytest.param(HUB.api_role_arn, "own_role", id="the hub's role of the API"),
    pytest.param(role_arn("ConsoleMeSync", HUB.account_id), "own_role", id="the hub's role that syncs"),
    pytest.param(role_arn("ConsoleMeApply", HUB.account_id), "own_role", id="the hub's role that applies"),
    pytest.param(role_arn("ConsoleMeSpokeRead"), "own_role", id="a spoke's role that reads"),
    pytest.param(role_arn("any/path/ConsoleMeSpokeApply", "333333333333"), "own_role", id="a spoke's under any path"),
    pytest.param(role_arn("ConsoleMeSpokeRead", partition="aws-cn"), "own_role", id="a spoke's in any partition"),
    pytest.param(
        role_arn("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"), "reserved_role", id="a service-linked role"
    ),
    pytest.param(
        role_arn("aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123"),
        "reserved_role",
        id="a role of Identity Center",
    ),
    pytest.param(
        role_arn("AWSReservedSSO_Admin_0123"), "reserved_role", id="a name of Identity Center without its path"
    ),
]


def test_a_role_over_which_others_are_reached_is_nobodys() -> None:
    book = rulebook(credentials={"routes": [{"via": [{"role": APP}]}]}, group_mapping={"user:b": {"roles": [APP]}})
    found = rights_of_role(authorized_role(APP, tags={TAG: "a"}), book)
    assert found.claims == {}
    assert found.terms.withheld == "A role over which others are reached is never handed out."


@pytest.mark.parametrize(("arn", "rule"), NEVER)
def test_is_never_handed_out_whatever_tags_configuration_and_plugins_say(arn: str, rule: str) -> None:
    refusal = never_brokered(Arn.parse(arn), HUB, SPOKE)
    assert refusal is not None
    assert (refusal.allowed, refusal.rule) == (False, rule)
    book = rulebook(group_mapping={"user:ada@example.com": {"roles": [arn]}})
    found = rights_of_role(authorized_role(arn, tags={TAG: "a"}), book, [RoleClaim(identity="user:c", name="x")])
    assert (found.claims, found.terms.withheld) == ({}, refusal.reason)


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


class TestWhetherAClaimCounts:
    @pytest.mark.parametrize(
        ("not_before", "not_after", "rule"),
        [
            pytest.param(None, None, "counts", id="without limits"),
            pytest.param(START, None, "counts", id="from this second"),
            pytest.param(START + 1, None, "not_yet", id="from the next second"),
            pytest.param(None, START + 1, "counts", id="until the next second"),
            pytest.param(None, START, "ended", id="until this second"),
            pytest.param(0, 0, "ended", id="never"),
            pytest.param(START - 10, START + 10, "counts", id="around now"),
            pytest.param(START + 1, START, "ended", id="the wrong way round"),
        ],
    )
    def test_within_its_time(self, not_before: int | None, not_after: int | None, rule: str) -> None:
        one = claim(not_before=not_before, not_after=not_after)
        verdict = claim_counts(one, Holder("user:ada", APP, ambiguous=False), authorization(), START)
        assert (verdict.allowed, verdict.rule) == (rule == "counts", rule)

    @pytest.mark.parametrize(
        ("bare", "ambiguous", "rule"),
        [
            (True, True, "ambiguous_name"),
            (True, False, "counts"),
            (False, True, "counts"),
            (False, False, "counts"),
        ],
    )
    def test_a_bare_name_that_means_two_means_nobody(self, bare: bool, ambiguous: bool, rule: str) -> None:
        verdict = claim_counts(claim(bare=bare), Holder("user:ada", APP, ambiguous), authorization(), START)
        assert (verdict.allowed, verdict.rule) == (rule == "counts", rule)

    @pytest.mark.parametrize(
        ("source", "section", "rule"),
        [
            pytest.param("tag x", {"role_tags": {"authorized": ["x"]}}, "counts", id="a tag that is configured"),
            pytest.param("tag x", {}, "tag_not_configured", id="a tag that is not configured any more"),
            pytest.param(
                "configuration", {"group_mapping": {"user:ada": {"roles": [APP]}}}, "counts", id="what is mapped"
            ),
            pytest.param(
                "configuration", {"group_mapping": {"user:ben": {"roles": [APP]}}}, "not_mapped", id="mapped to another"
            ),
            pytest.param(
                "configuration",
                {"group_mapping": {"user:ada": {"roles": [role_arn("b")]}}},
                "not_mapped",
                id="another role is mapped",
            ),
            pytest.param("configuration", {}, "not_mapped", id="what is not mapped any more"),
            pytest.param("plugin x", {}, "counts", id="a plugin's"),
            pytest.param("grant x", {}, "counts", id="a grant's"),
        ],
    )
    def test_what_the_configuration_of_this_moment_does_not_know_does_not_count(
        self, source: str, section: dict[str, Any], rule: str
    ) -> None:
        holder = Holder("user:ada", APP, ambiguous=False)
        verdict = claim_counts(claim(source), holder, authorization(**section), START)
        assert (verdict.allowed, verdict.rule) == (rule == "counts", rule)
        assert verdict.reason

    @pytest.mark.parametrize(
        ("source", "section", "use"),
        [
            ("tag x", {"role_tags": {"cli_only": ["x"]}}, Use.CLI_ONLY),
            ("tag x", {"role_tags": {"console_only": ["x"]}}, Use.CONSOLE_ONLY),
            ("tag x", {}, None),
            ("configuration", {"group_mapping": {"user:ada": {"cli_only_roles": [APP]}}}, Use.CLI_ONLY),
            ("configuration", {}, None),
            ("plugin x", {}, Use.BOTH),
            ("grant x", {}, Use.BOTH),
        ],
    )
    def test_the_use_is_what_the_configuration_says_now(
        self, source: str, section: dict[str, Any], use: Use | None
    ) -> None:
        assert use_now(claim(source), "user:ada", APP, authorization(**section)) is use

    @pytest.mark.parametrize("use", list(Use))
    def test_the_use_of_grants_and_plugins_is_their_own(self, use: Use) -> None:
        for source in ("plugin x", "grant x"):
            assert use_now(claim(source, use), "user:ada", APP, authorization()) is use


REASONS = {
    "counts": "it counts",
    "ended": "it has ended",
    "not_yet": "it has not begun yet",
    "ambiguous_name": "the tag's name is both a user's and a group's, and does not say whose: it means nobody",
    "tag_not_configured": "the configuration does not know this tag any more",
    "other_delimiters": "the tag was cut by delimiters that are not the configuration's any more; its role is read again soon",
    "not_mapped": "the configuration's mapping does not say so any more",
}


@pytest.mark.parametrize(
    ("one", "rule"),
    [
        (claim(), "counts"),
        (claim(not_after=START), "ended"),
        (claim(not_before=START + 1), "not_yet"),
        (claim(bare=True), "ambiguous_name"),
        (claim("tag x"), "tag_not_configured"),
        (claim(cut="/"), "other_delimiters"),
        (claim("configuration"), "not_mapped"),
    ],
)
def test_each_verdict_says_why_in_words_for_people(one: Claim, rule: str) -> None:
    verdict = claim_counts(one, Holder("user:ada", APP, ambiguous=True), authorization(), START)
    assert (verdict.rule, verdict.reason) == (rule, REASONS[rule])


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        (HUB.api_role_arn, "Roles of this product itself are never handed out."),
        (role_arn("aws-reserved/x"), "Roles of AWS services and of IAM Identity Center are never handed out."),
    ],
)
def test_each_refusal_says_why_in_words_for_people(arn: str, reason: str) -> None:
    assert terms_of_role(authorized_role(arn), rulebook()).withheld == reason


class TestEligibility:
    ADA, TEAM = Principal.user("ada"), Principal.group("team")

    def of(self, held: dict[Principal, list[RoleGrant]], now: int = START, **section: Any) -> Any:
        holdings = {who: Holding({one.role_arn: held_role(one) for one in owned}) for who, owned in held.items()}
        return eligible(holdings, authorization(**section), now)

    def test_the_union_is_sorted_and_names_every_reason(self) -> None:
        held = {
            self.TEAM: [grant(role_arn("b"), sources=("grant y",)), grant(role_arn("a"))],
            self.ADA: [grant(role_arn("b"), sources=("grant x", "plugin p"), not_after=START + 5)],
        }
        found = self.of(held)
        assert [role.arn for role in found] == [role_arn("a"), role_arn("b")]
        assert found[1].reasons == (
            Reason("group:team", "grant y", Use.BOTH),
            Reason("user:ada", "grant x", Use.BOTH, START + 5),
            Reason("user:ada", "plugin p", Use.BOTH, START + 5),
        )
        assert found[1].grant.sources == ("grant x", "grant y", "plugin p")

    @pytest.mark.parametrize(
        ("one", "other", "cli_only", "console_only"),
        [
            (Use.CLI_ONLY, Use.CLI_ONLY, True, False),
            (Use.CLI_ONLY, Use.BOTH, False, False),
            (Use.CONSOLE_ONLY, Use.CONSOLE_ONLY, False, True),
            (Use.CONSOLE_ONLY, Use.BOTH, False, False),
            (Use.CONSOLE_ONLY, Use.CLI_ONLY, False, False),
            (Use.BOTH, Use.BOTH, False, False),
        ],
    )
    def test_a_role_is_kept_to_one_use_only_if_every_claim_keeps_it(
        self, one: Use, other: Use, *, cli_only: bool, console_only: bool
    ) -> None:
        (found,) = self.of(
            {
                self.ADA: [grant(cli_only=one is Use.CLI_ONLY, console_only=one is Use.CONSOLE_ONLY)],
                self.TEAM: [grant(cli_only=other is Use.CLI_ONLY, console_only=other is Use.CONSOLE_ONLY)],
            }
        )
        assert (found.grant.cli_only, found.grant.console_only) == (cli_only, console_only)

    def test_a_tag_that_has_another_use_now_has_it_at_once(self) -> None:
        (found,) = self.of({self.ADA: [grant(sources=("tag x",))]}, role_tags={"cli_only": ["x"]})
        assert found.grant.cli_only
        assert found.reasons == (Reason("user:ada", "tag x", Use.CLI_ONLY),)

    @pytest.mark.parametrize(
        ("ends", "end"),
        [
            pytest.param([START + 5, START + 9], START + 9, id="with the last of its claims"),
            pytest.param([START + 9, START + 5], START + 9, id="whatever their order"),
            pytest.param([START + 5, None], None, id="never, if one has no end"),
            pytest.param([None, None], None, id="never, if none has an end"),
            pytest.param([START + 5, START - 1], START + 5, id="without looking at those that have ended"),
        ],
    )
    def test_a_role_ends(self, ends: list[int | None], end: int | None) -> None:
        words = {
            f"grant {number}": Word((claim(f"grant {number}", not_after=moment),), START)
            for number, moment in enumerate(ends)
        }
        (found,) = eligible({self.ADA: Holding({APP: HeldRole(Terms(), START, words)})}, authorization(), START)
        assert found.ends_at == end

    def test_held_for_ever_by_a_tag_and_for_an_hour_by_a_grant_is_held_for_ever(self) -> None:
        held = [grant(APP, sources=(f"tag {TAG}",))]
        given = held_role(grant(APP, sources=("grant x",), not_after=START + 3600))
        both = HeldRole(Terms(), START, {**given.words, **held_role(held[0]).words})
        (found,) = eligible({self.ADA: Holding({APP: both})}, authorization(), START)
        assert found.ends_at is None
        assert [reason.until for reason in found.reasons] == [START + 3600, None]

    def test_a_claim_that_does_not_count_lends_nothing_to_the_union(self) -> None:
        over = grant(not_after=START, sources=("grant old",))
        (found,) = self.of({self.ADA: [grant(cli_only=True)], self.TEAM: [over]})
        assert (found.grant.cli_only, [reason.source for reason in found.reasons]) == (True, [f"tag {CLI_TAG}"])

    def test_what_only_others_say_of_an_identity_that_holds_nothing_now_is_not_believed(self) -> None:
        over = grant(not_after=START, source_identity=False)
        (found,) = self.of({self.ADA: [grant()], self.TEAM: [over]})
        assert found.grant.source_identity

    def test_of_what_two_rows_say_of_a_role_the_more_careful_is_believed(self) -> None:
        one = grant(source_identity=True, session_tags=False, max_session_duration=3600)
        other = grant(source_identity=False, session_tags=True, max_session_duration=7200)
        (found,) = self.of({self.ADA: [one], self.TEAM: [other]})
        assert (found.grant.source_identity, found.grant.session_tags, found.grant.max_session_duration) == (
            False,
            False,
            3600,
        )

    def test_what_both_rows_allow_is_allowed(self) -> None:
        (found,) = self.of({self.ADA: [grant()], self.TEAM: [grant(max_session_duration=7200)]})
        assert (found.grant.source_identity, found.grant.session_tags, found.grant.max_session_duration) == (
            True,
            True,
            3600,
        )

    @pytest.mark.parametrize(
        ("entity", "judged_for", "handed_out"),
        [(None, "", True), (None, ENTITY, True), (ENTITY, "", False), (ENTITY, ENTITY, True), (ENTITY, "x", False)],
    )
    def test_what_was_judged_for_another_trust_is_nobodys(
        self, entity: str | None, judged_for: str, handed_out: bool
    ) -> None:
        config, terms = authorization(required_trust_entity=entity), Terms(judged_for=judged_for)
        words = held_role(grant(APP)).words
        found = eligible({self.ADA: Holding({APP: HeldRole(terms, START, words)})}, config, START)
        assert bool(found) is handed_out
        assert (withheld_now(terms, config) == "") is handed_out
        assert withheld_now(Terms(withheld="because"), config) == "because"

    @pytest.mark.parametrize(
        ("read", "now", "counts"),
        [
            ([":"], [":"], True),
            ([":"], ["/"], False),
            (["/"], [":"], False),
            (["/", ":"], [":", "/"], True),
            (["/"], ["/", ":"], False),
        ],
    )
    def test_what_was_cut_by_other_delimiters_is_nobodys(self, read: list[str], now: list[str], counts: bool) -> None:
        role = authorized_role(APP, tags={TAG: "user:ada"})
        book = rulebook(role_tags={"delimiters": read})
        found = rights_of_role(role, book).claims
        of_ada = [one for those in found.values() for one in those]
        config = authorization(role_tags={"delimiters": now})
        verdict = claim_counts(of_ada[0], Holder("user:ada", APP, ambiguous=False), config, START)
        assert (verdict.allowed, verdict.rule) == (counts, "counts" if counts else "other_delimiters")

    @pytest.mark.parametrize("terms", [None, Terms(withheld="because")])
    def test_a_role_that_is_gone_or_withheld_is_nobodys_whatever_claims_there_are(self, terms: Terms | None) -> None:
        held = HeldRole(terms, START, held_role(grant(APP)).words)
        assert eligible({self.ADA: Holding({APP: held})}, authorization(), START) == ()

    @pytest.mark.parametrize(("bare", "roles"), [(True, 0), (False, 1)])
    def test_an_ambiguous_name_holds_only_what_names_it_explicitly(self, bare: bool, roles: int) -> None:
        holding = Holding({APP: held_role(grant(APP, bare=bare))}, ambiguous=True)
        assert len(eligible({self.ADA: holding}, authorization(), START)) == roles

    def test_a_role_that_is_gone_hides_no_other(self) -> None:
        held = {role_arn("a"): HeldRole(None, START, {}), role_arn("b"): held_role(grant(role_arn("b")))}
        assert [role.arn for role in eligible({self.ADA: Holding(held)}, authorization(), START)] == [role_arn("b")]

    def test_reasons_that_differ_in_their_end_alone_are_in_order(self) -> None:
        words = {f"grant {end}": Word((claim("grant x", not_after=end),), 1) for end in (START + 9, START + 5)}
        words["grant x"] = Word((claim("grant x"),), 1)
        (found,) = eligible({self.ADA: Holding({APP: HeldRole(Terms(), START, words)})}, authorization(), START)
        assert [reason.until for reason in found.reasons] == [None, START + 5, START + 9]

    def test_claims_of_all_channels_count(self) -> None:
        words = {
            ROLE: Word((claim(),), START),
            CONFIGURATION: Word((claim("configuration"),), 3),
            "grant x": Word((claim("grant x"),), START),
        }
        mapping = {"user:ada": {"roles": [APP]}}
        holdings = {self.ADA: Holding({APP: HeldRole(Terms(), START, words)})}
        (found,) = eligible(holdings, authorization(group_mapping=mapping), START)
        assert found.grant.sources == ("configuration group_mapping", "grant x", f"tag {TAG}")

    def test_nobody_has_nothing(self) -> None:
        assert self.of({}) == ()
        assert self.of({self.ADA: []}) == ()


def test_a_right_tells_its_sources_and_when_it_ends() -> None:
    both = RoleGrant(role_arn=APP, claims=(claim("grant a", not_after=9), claim("grant b", not_after=7)))
    assert (both.sources, both.not_after) == (("grant a", "grant b"), 9)
    assert RoleGrant(role_arn=APP, claims=(claim("grant a", not_after=9), claim())).not_after is None
    assert RoleGrant(role_arn=APP, claims=(claim(),), session_tags=True).terms == Terms(session_tags=True)

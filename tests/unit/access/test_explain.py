"""Why somebody has a role, and why not."""

from typing import Any

import pytest

from chalicelib.access.explain import Explanation, PersonFacts, Question, explained, whys_of
from chalicelib.access.rights import AccountFreshness, HeldRole, Holding, RoleGrant, Terms
from chalicelib.access.rules import Rulebook
from chalicelib.core.roles import Use
from tests.support.builders import HUB, grant, role_arn, rulebook
from tests.support.clock import START
from tests.support.rights import held_role

APP = role_arn("team/app")
ADA, OPS = "user:ada", "group:ops"
TAG, CLI_TAG = "tag consoleme-authorized", "tag consoleme-authorized-cli-only"
FRESH = AccountFreshness(name="payments", synced_at=START - 10)


def holding(*grants: RoleGrant, ambiguous: bool = False) -> Holding:
    return Holding({one.role_arn: held_role(one) for one in grants}, ambiguous)


def ask(
    holdings: dict[str, Holding],
    *,
    role: str = APP,
    book: Rulebook | None = None,
    account: AccountFreshness | None = FRESH,
    holders: dict[str, HeldRole] | None = None,
    now: int = START,
    **person: Any,
) -> Explanation:
    who = PersonFacts("ada", (ADA, OPS), **person)
    question = Question(role_arn=role, person=who, holdings=holdings, holders=holders or {}, account=account)
    return explained(question, book or rulebook(), now)


def rules(found: Explanation) -> list[str]:
    return [one.rule for one in found.obstacles]


def test_a_claim_that_counts_is_named_with_its_identity_source_use_and_end() -> None:
    found = ask({OPS: holding(grant(APP)), ADA: holding(grant(APP, sources=("grant r1",), not_after=START + 60))})
    assert found.allowed
    assert (found.role_arn, found.user, found.identities) == (APP, "ada", (ADA, OPS))
    assert [(why.identity, why.source, why.use, why.until, why.counts) for why in found.whys] == [
        (ADA, "grant r1", Use.BOTH, START + 60, True),
        (OPS, TAG, Use.BOTH, None, True),
    ]
    assert (found.use, found.ends_at, found.obstacles) == (Use.BOTH, None, ())


@pytest.mark.parametrize(
    ("grants", "use"),
    [
        ([grant(APP)], Use.BOTH),
        ([grant(APP, cli_only=True)], Use.CLI_ONLY),
        ([grant(APP, console_only=True)], Use.CONSOLE_ONLY),
        ([grant(APP, cli_only=True), grant(APP)], Use.BOTH),
        ([grant(APP, cli_only=True), grant(APP, console_only=True)], Use.BOTH),
    ],
)
def test_the_use_is_what_all_claims_come_to(grants: list[RoleGrant], use: Use) -> None:
    found = ask({identity: holding(one) for identity, one in zip((ADA, OPS), grants, strict=False)})
    assert found.use is use


@pytest.mark.parametrize(
    ("ends", "end"), [([5, 9], START + 9), ([9, 5], START + 9), ([5, None], None), ([None], None), ([5], START + 5)]
)
def test_it_ends_with_the_last_claim_that_counts(ends: list[int | None], end: int | None) -> None:
    grants = [grant(APP, not_after=None if one is None else START + one) for one in ends]
    found = ask({identity: holding(one) for identity, one in zip((ADA, OPS), grants, strict=False)})
    assert found.ends_at == end


def test_a_claim_that_has_ended_lends_neither_use_nor_end() -> None:
    over = grant(APP, not_after=START, console_only=True)
    found = ask({ADA: holding(over), OPS: holding(grant(APP, cli_only=True, not_after=START + 5))})
    assert (found.use, found.ends_at) == (Use.CLI_ONLY, START + 5)
    assert [why.rule for why in found.whys] == ["ended", "counts"]


@pytest.mark.parametrize(
    ("held", "rule", "fix"),
    [
        pytest.param(holding(grant(APP, not_after=START)), "ended", "Ask for it again", id="ended"),
        pytest.param(holding(grant(APP, not_before=START + 1)), "not_yet", "Wait until", id="not begun"),
        pytest.param(
            holding(grant(APP, bare=True), ambiguous=True), "ambiguous_name", "user: or group:", id="a name of two"
        ),
        pytest.param(
            holding(grant(APP, sources=("tag old",))), "tag_not_configured", "role_tags", id="a tag of before"
        ),
        pytest.param(holding(grant(APP, cut="/")), "other_delimiters", "read again", id="cut at other signs"),
        pytest.param(
            holding(grant(APP, sources=("configuration",))), "not_mapped", "group_mapping", id="a mapping of before"
        ),
    ],
)
def test_a_claim_that_does_not_count_says_why_and_what_mends_it(held: Holding, rule: str, fix: str) -> None:
    found = ask({ADA: held})
    assert not found.allowed
    assert (found.use, found.ends_at) == (None, None)
    (why,) = found.whys
    assert (why.counts, why.rule) == (False, rule)
    (obstacle,) = found.obstacles
    assert obstacle.rule == "no_claim_counts"
    assert why.because in obstacle.reason
    assert f"{why.source} for {ADA}" in obstacle.reason
    assert fix in obstacle.fix


def test_several_claims_that_do_not_count_are_all_named() -> None:
    found = ask({ADA: holding(grant(APP, not_after=START)), OPS: holding(grant(APP, sources=("tag old",)))})
    (obstacle,) = found.obstacles
    assert obstacle.reason.count(" for ") == 2
    assert obstacle.fix == "Ask for it again. The tag's key must stand in authorization.role_tags."


def test_who_is_named_by_nothing_learns_who_holds_the_role() -> None:
    others = {f"group:g{number}": held_role(grant(APP)) for number in range(6)}
    found = ask({ADA: holding(grant(role_arn("other")))}, holders={**others, "group:gone": HeldRole()})
    (obstacle,) = found.obstacles
    assert (obstacle.rule, found.whys) == ("no_claim", ())
    assert "names ada or one of their groups" in obstacle.reason
    assert "group:g0, group:g1, group:g2, group:g3, group:g4:" in obstacle.fix
    assert found.held_by == tuple(f"group:g{number}" for number in range(6))


def test_a_role_that_nobody_holds_says_so() -> None:
    (obstacle,) = ask({}).obstacles
    assert (obstacle.rule, obstacle.fix) == ("no_claim", "Nobody has it: grant it first.")


def test_a_role_that_is_gone_says_so() -> None:
    held = HeldRole(None, START, held_role(grant(APP)).words)
    found = ask({ADA: Holding({APP: held})})
    assert rules(found) == ["gone"]
    assert not found.allowed


def test_a_role_that_one_row_still_knows_is_not_gone() -> None:
    gone = HeldRole(None, START, held_role(grant(APP)).words)
    assert rules(ask({ADA: Holding({APP: gone}), OPS: holding(grant(APP))})) == []


def test_a_role_that_is_withheld_says_why() -> None:
    found = ask({ADA: holding(grant(APP, withheld="Only roles that trust X are handed out."))})
    assert rules(found) == ["withheld"]
    assert found.obstacles[0].reason == "Only roles that trust X are handed out."
    assert found.whys[0].counts


@pytest.mark.parametrize(
    ("role", "rule"),
    [(HUB.api_role_arn, "own_role"), (role_arn("aws-reserved/sso/AWSReservedSSO_x"), "reserved_role")],
)
def test_a_role_that_is_never_handed_out_says_so_whatever_claims_there_are(role: str, rule: str) -> None:
    found = ask({ADA: holding(grant(role))}, role=role)
    assert rules(found) == [rule]
    assert not found.allowed


def test_a_role_over_which_others_are_reached_says_so() -> None:
    book = rulebook(credentials={"routes": [{"via": [{"role": APP}]}]})
    found = ask({ADA: holding(grant(APP))}, book=book)
    assert rules(found) == ["own_role"]
    assert "credentials.routes" in found.obstacles[0].fix


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (AccountFreshness(name="x", synced_at=START - 601), "was last synced 601 seconds ago"),
        (AccountFreshness(name="x", synced_at=START - 600), None),
        (None, "was never synced"),
    ],
)
def test_an_account_that_was_not_synced_in_time_is_told(account: AccountFreshness | None, words: str | None) -> None:
    found = ask({ADA: holding(grant(APP))}, account=account, book=rulebook(max_authorization_age=600))
    assert rules(found) == (["stale_authorization"] if words else [])
    assert all(words in one.reason and "222222222222" in one.reason for one in found.obstacles if words)
    assert found.allowed is (words is None)


def test_a_person_who_is_suspended_has_nothing() -> None:
    found = ask({ADA: holding(grant(APP))}, suspended=True)
    assert rules(found) == ["suspended"]
    assert "ada is suspended" in found.obstacles[0].reason


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (None, None),
        (START - 86_400, None),
        (START - 86_401, "were last seen 86401 seconds ago"),
        (0, "are not known"),
    ],
)
def test_groups_that_are_too_old_say_nothing(seen: int | None, words: str | None) -> None:
    found = ask({ADA: holding(grant(APP))}, groups_as_of=seen)
    assert rules(found) == (["stale_groups"] if words else [])
    assert all(words in one.reason for one in found.obstacles if words)


def test_everything_that_stands_in_the_way_is_told_at_once() -> None:
    found = ask({}, account=None, suspended=True, groups_as_of=0)
    assert rules(found) == ["suspended", "stale_groups", "no_claim", "stale_authorization"]
    assert all(one.reason and one.fix for one in found.obstacles)


def fixes(found: Explanation) -> list[str]:
    return [one.fix for one in found.obstacles]


def test_what_mends_it_is_said_in_words_for_people() -> None:
    everything = ask({}, account=None, suspended=True, groups_as_of=0)
    assert fixes(everything) == [
        "Whoever keeps the directory can end that.",
        "Ask ada to sign in, or sync the directory.",
        "Nobody has it: grant it first.",
        "Asked for by its full ARN, the role is read from IAM at that moment. Otherwise refresh the account.",
    ]
    assert everything.obstacles[1].reason == "The groups of ada are not known, which is too old to say anything."
    assert everything.obstacles[3].reason == (
        "Account 222222222222 was never synced: what is known of it is too old to decide by."
    )
    (never,) = ask({ADA: holding(grant(HUB.api_role_arn))}, role=HUB.api_role_arn).obstacles
    assert never.fix == "Nothing gives this role to anybody."
    on_the_way = rulebook(credentials={"routes": [{"via": [{"role": APP}]}]})
    assert fixes(ask({ADA: holding(grant(APP))}, book=on_the_way)) == [
        "Take it out of credentials.routes, if it is to be a role like others."
    ]
    assert fixes(ask({ADA: holding(grant(APP, withheld="x"))})) == [
        "Mend the role's trust policy, or the configuration."
    ]
    (gone,) = ask({ADA: Holding({APP: HeldRole(None, START, held_role(grant(APP)).words)})}).obstacles
    assert gone.reason == "The role does not exist any more, or its account is not active."
    assert gone.fix == "If that is wrong, refresh the account."


def test_several_causes_are_told_one_after_the_other() -> None:
    found = ask({ADA: holding(grant(APP, not_after=START)), OPS: holding(grant(APP, sources=("tag old",)))})
    assert found.obstacles[0].reason == (
        f"Nothing that names them counts now ({TAG} for {ADA}: it has ended; "
        f"tag old for {OPS}: the configuration does not know this tag any more)."
    )


def test_a_mapping_counts_for_the_identity_and_the_role_that_it_names() -> None:
    held = holding(grant(APP, sources=("configuration",)))
    book = rulebook(group_mapping={OPS: {"cli_only_roles": [APP]}})
    found = ask({ADA: held, OPS: held}, book=book)
    assert [(why.identity, why.counts, why.use) for why in found.whys] == [
        (ADA, False, Use.BOTH),
        (OPS, True, Use.CLI_ONLY),
    ]
    assert found.use is Use.CLI_ONLY


def test_the_use_of_a_tag_is_what_it_is_now() -> None:
    book = rulebook(role_tags={"authorized": [], "cli_only": ["consoleme-authorized"]})
    (why,) = whys_of(ADA, APP, holding(grant(APP)), book, START)
    assert why.use is Use.CLI_ONLY


def test_a_claim_that_is_not_configured_any_more_is_told_with_the_use_that_it_had() -> None:
    (why,) = whys_of(ADA, APP, holding(grant(APP, cli_only=True, sources=("tag old",))), rulebook(), START)
    assert (why.use, why.counts) == (Use.CLI_ONLY, False)


def test_a_claim_tells_its_beginning_too() -> None:
    (why,) = whys_of(ADA, APP, holding(grant(APP, not_before=START + 5)), rulebook(), START)
    assert (why.not_before, why.until) == (START + 5, None)


def test_who_holds_nothing_of_a_role_has_no_claims_to_it() -> None:
    assert whys_of(ADA, APP, holding(grant(role_arn("other"))), rulebook(), START) == []


def test_terms_without_a_reason_to_withhold_withhold_nothing() -> None:
    assert Terms().withheld == ""
    assert rules(ask({ADA: holding(grant(APP, withheld=""))})) == []

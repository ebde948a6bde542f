"""What must hold of permissions whatever the configuration says."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.decisions import Permission
from chalicelib.core.principals import Principal
from chalicelib.core.targets import Target
from chalicelib.identity.rules import Rulebook, holds_over, may_be_mixed, may_see, sees_all
from chalicelib.identity.scopes import GroupsConfig, ScopedGrant, VisibilityConfig, Where

NAMES = ["user:ada", "user:eve", "group:ada", "group:leads", "group:staff"]
ACCOUNTS = ["111111111111", "222222222222"]
UNITS = ["Prod", "Prod/Payments", "Test"]
PATTERNS = ["arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:role/app", "arn:aws:s3:::*"]
SCOPED = [
    Permission.ADMIN,
    Permission.ADMIN_POLICIES,
    Permission.CREATE_ROLES,
    Permission.DELETE_IAM_PRINCIPALS,
]


def some(values: list[str]) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


wheres = (
    st.fixed_dictionaries(
        {},
        optional={
            "accounts": some(ACCOUNTS),
            "ous": some(UNITS),
            "tags": st.fixed_dictionaries({"team": some(["a", "b"])}),
            "resources": some(PATTERNS),
        },
    )
    .filter(bool)
    .map(Where.model_validate)
)
scopes = st.builds(
    lambda who, permission, where: ScopedGrant(principals=tuple(who), permission=permission, where=where),
    some(NAMES),
    st.sampled_from(SCOPED),
    wheres,
)
groups: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {permission.value: st.lists(st.sampled_from(NAMES), max_size=2) for permission in Permission}
    | {"scopes": st.lists(scopes, max_size=4)}
)
rules = st.lists(
    st.builds(
        lambda who, where: {"principals": who, "where": where}, st.lists(st.sampled_from(NAMES), max_size=2), wheres
    ),
    max_size=3,
)
visibilities = st.fixed_dictionaries({"everybody_sees_the_rest": st.booleans(), "rules": rules})
people = some(NAMES).map(lambda names: tuple(map(Principal.parse, names)))
targets = st.builds(
    Target,
    st.sampled_from([*ACCOUNTS, ""]),
    st.sampled_from(["", "arn:aws:iam::111111111111:role/app", "arn:aws:s3:::exports"]),
    st.sampled_from([*UNITS, "", None]),
    st.sampled_from([{}, {"team": "a"}, {"team": "c"}]),
    st.booleans(),
)
several = st.lists(targets, min_size=1, max_size=3)
permissions = st.sampled_from(list(Permission))


def book(written: dict[str, Any], visibility: dict[str, Any] | None = None) -> Rulebook:
    return Rulebook(
        GroupsConfig.model_validate(written),
        ("user:root",),
        VisibilityConfig.model_validate(visibility or {}),
    )


@st.composite
def written_and_less(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """The section `groups`, and the same with one grant fewer."""
    written = draw(groups.filter(lambda found: any(found.values())))
    key = draw(st.sampled_from(sorted(name for name, entries in written.items() if entries)))
    place = draw(st.integers(0, len(written[key]) - 1))
    return written, {**written, key: [*written[key][:place], *written[key][place + 1 :]]}


@given(written_and_less(), people, permissions, several)
def test_taking_a_grant_away_never_allows_more(
    found: tuple[dict[str, Any], dict[str, Any]], who: tuple[Principal, ...], asked: Permission, about: list[Target]
) -> None:
    more, less = found
    if holds_over(who, asked, about, book(less)).allowed:
        assert holds_over(who, asked, about, book(more)).allowed


@given(groups, people, people, permissions, several)
def test_more_groups_never_allow_less(
    written: dict[str, Any],
    who: tuple[Principal, ...],
    more: tuple[Principal, ...],
    asked: Permission,
    about: list[Target],
) -> None:
    if holds_over(who, asked, about, book(written)).allowed:
        assert holds_over((*who, *more), asked, about, book(written)).allowed


@given(groups, people, permissions, several)
def test_who_may_administer_may_do_everything_there(
    written: dict[str, Any], who: tuple[Principal, ...], asked: Permission, about: list[Target]
) -> None:
    rules = book(written)
    everywhere = bool({str(one) for one in who} & set(rules.groups.can_admin))
    if holds_over(who, Permission.ADMIN, about, rules).allowed and (everywhere or asked in SCOPED):
        assert holds_over(who, asked, about, rules).allowed


@given(groups, people, permissions, several)
def test_what_is_allowed_for_several_is_allowed_for_each_and_the_other_way_round(
    written: dict[str, Any], who: tuple[Principal, ...], asked: Permission, about: list[Target]
) -> None:
    rules = book(written)
    each = [holds_over(who, asked, [one], rules).allowed for one in about]
    assert holds_over(who, asked, about, rules).allowed is all(each)


@given(wheres, wheres, targets)
def test_a_part_that_says_more_contains_no_more(one: Where, other: Where, target: Target) -> None:
    narrowed = Where.model_validate(other.model_dump(exclude_none=True) | one.model_dump(exclude_none=True))
    if narrowed.covers(target):
        assert one.covers(target)


@given(wheres, targets)
def test_a_unit_contains_what_the_units_below_it_contain(where: Where, target: Target) -> None:
    if target.ou_path and where.ous and where.covers(target):
        deeper = Target(target.account_id, target.arn, f"{target.ou_path}/Below", target.tags, target.known)
        assert where.covers(deeper)


@given(wheres, targets)
def test_a_missing_fact_never_makes_a_part_contain_more(where: Where, target: Target) -> None:
    unknown = Target(target.account_id, target.arn, None, {}, known=False)
    if where.covers(unknown):
        assert where.covers(target)


@given(groups, visibilities, people, targets)
def test_who_may_do_something_about_it_sees_it(
    written: dict[str, Any], visibility: dict[str, Any], who: tuple[Principal, ...], target: Target
) -> None:
    rules = book(written, visibility)
    if holds_over(who, Permission.ADMIN_POLICIES, [target], rules).allowed:
        assert may_see(who, target, rules).allowed


@given(groups, visibilities, st.data(), people, targets)
def test_taking_somebody_out_of_a_visibility_rule_never_shows_more(
    written: dict[str, Any], visibility: dict[str, Any], data: st.DataObject, who: tuple[Principal, ...], target: Target
) -> None:
    places = [place for place, rule in enumerate(visibility["rules"]) if rule["principals"]]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    fewer = [
        {**rule, "principals": rule["principals"][1:]} if here == place else rule
        for here, rule in enumerate(visibility["rules"])
    ]
    if may_see(who, target, book(written, {**visibility, "rules": fewer})).allowed:
        assert may_see(who, target, book(written, visibility)).allowed


@given(groups, visibilities, people, targets.filter(lambda target: bool(target.account_id)))
def test_of_an_account_that_is_not_mixed_a_resource_is_seen_as_the_account_is(
    written: dict[str, Any], visibility: dict[str, Any], who: tuple[Principal, ...], resource: Target
) -> None:
    rules = book(written, visibility)
    account = replace(resource, arn="")
    if not may_be_mixed(account, rules):
        assert may_see(who, resource, rules).allowed == may_see(who, account, rules).allowed


@given(groups, visibilities, people, targets)
def test_who_sees_everything_sees_each_thing(
    written: dict[str, Any], visibility: dict[str, Any], who: tuple[Principal, ...], resource: Target
) -> None:
    rules = book(written, visibility)
    if sees_all(who, rules).allowed:
        assert may_see(who, resource, rules).allowed

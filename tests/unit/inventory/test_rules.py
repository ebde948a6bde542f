"""What a sync has to do."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.access.rights import CONFIGURATION, ROLE, Claim, GrantChange, Terms, Word
from chalicelib.access.rules import RoleRights
from chalicelib.core.roles import Use
from chalicelib.inventory.models import Known, RoleRecord
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.resources.iam_role import RoleHeader
from chalicelib.inventory.rules import ROLE_ITSELF, Look, digests, for_the_others, plan_role, withdrawn
from tests.support.builders import role_arn
from tests.support.rights import claim

ADA, BEN, CHO = "user:ada", "user:ben", "user:cho"
LOOK = Look(at=7, version=3)
BY_TAG, BY_MAP = claim(), claim("configuration")


def record() -> RoleRecord:
    return iam_role.record(
        {
            "Arn": role_arn(),
            "RoleName": "app",
            "RoleId": "AROA1",
            "Path": "/",
            "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
            "AssumeRolePolicyDocument": {},
        },
        RoleHeader(None, 3600),
    )


def rights(terms: Terms | None = None, **claims: Claim | tuple[Claim, ...]) -> RoleRights:
    """By user name."""
    of = {f"user:{name}": held if isinstance(held, tuple) else (held,) for name, held in claims.items()}
    return RoleRights(terms or Terms(), of)


def known(told: RoleRights, hashed: str = "same") -> Known:
    return Known(arn=role_arn(), name="app", content_hash=hashed, observed_at=1, granted=digests(told))


def told(now: RoleRights, before: Known | None) -> dict[str, GrantChange] | None:
    plan = plan_role(record(), "same", now, before, LOOK)
    return None if plan is None else dict(plan.changes)


def said(*claims: Claim, terms: Terms | None = None) -> GrantChange:
    words = {
        ROLE: Word(tuple(one for one in claims if one.channel == ROLE), 7, 3),
        CONFIGURATION: Word(tuple(one for one in claims if one.channel == CONFIGURATION), 3),
    }
    return GrantChange(role_arn=role_arn(), words=words, terms=terms or Terms(), terms_at=7, terms_turn=3)


def test_a_role_that_is_as_it_was_needs_nothing() -> None:
    assert told(rights(ada=BY_TAG), known(rights(ada=BY_TAG))) is None


def test_a_new_role_is_told_to_everybody_who_may_use_it() -> None:
    assert told(rights(ada=BY_TAG, ben=(BY_TAG, BY_MAP)), None) == {ADA: said(BY_TAG), BEN: said(BY_TAG, BY_MAP)}


def test_a_new_role_that_nobody_may_use_is_written_and_told_to_nobody() -> None:
    assert told(rights(), None) == {}


def test_a_change_that_touches_no_right_is_told_to_nobody() -> None:
    plan = plan_role(record(), "other", rights(ada=BY_TAG), known(rights(ada=BY_TAG)), LOOK)
    assert plan is not None
    assert (plan.changes, plan.content_hash, plan.new_terms) == ((), "other", False)


def test_who_gains_and_who_loses_are_told_and_nobody_else() -> None:
    assert told(rights(ada=BY_TAG, cho=BY_TAG), known(rights(ada=BY_TAG, ben=BY_TAG))) == {
        CHO: said(BY_TAG),
        BEN: said(),
    }


@pytest.mark.parametrize("part", [{"bare": True}, {"not_after": 9}, {"use": Use.CLI_ONLY}])
def test_a_claim_that_changed_its_form_is_told_again(part: dict[str, Any]) -> None:
    other = BY_TAG.model_copy(update=part)
    assert told(rights(ada=other), known(rights(ada=BY_TAG))) == {ADA: said(other)}


def test_new_terms_are_told_to_everybody_who_has_the_role() -> None:
    terms = Terms(session_tags=True)
    now = rights(terms, ada=BY_TAG, ben=BY_MAP)
    plan = plan_role(record(), "same", now, known(rights(ada=BY_TAG, ben=BY_MAP)), LOOK)
    assert plan is not None
    assert plan.new_terms
    assert dict(plan.changes) == {ADA: said(BY_TAG, terms=terms), BEN: said(BY_MAP, terms=terms)}


def test_new_terms_are_told_to_those_who_have_it_by_a_grant_too() -> None:
    terms = Terms(session_tags=True)
    plan = plan_role(record(), "same", rights(terms, ada=BY_TAG), known(rights(ada=BY_TAG, ben=BY_TAG)), LOOK)
    assert plan is not None
    others = for_the_others(plan, {ADA, BEN, CHO}, terms, LOOK)
    assert others == ((CHO, GrantChange(role_arn=role_arn(), terms=terms, terms_at=7, terms_turn=3)),)


def test_a_role_that_is_new_to_the_table_has_no_others() -> None:
    plan = plan_role(record(), "same", rights(ada=BY_TAG), None, LOOK)
    assert plan is not None
    assert not plan.new_terms


def test_a_row_from_before_terms_were_kept_tells_everybody_once() -> None:
    before = known(rights(ada=BY_TAG))
    old = before.model_copy(update={"granted": {ADA: before.granted[ADA]}})
    assert told(rights(ada=BY_TAG), old) == {ADA: said(BY_TAG)}


def test_a_role_whose_rights_changed_by_configuration_alone_is_written_too() -> None:
    plan = plan_role(record(), "same", rights(ben=BY_MAP), known(rights()), LOOK)
    assert plan is not None
    assert plan.granted == digests(rights(ben=BY_MAP))
    assert plan.granted.keys() == {BEN, ROLE_ITSELF}


def test_everybody_loses_a_role_that_is_gone() -> None:
    found = withdrawn(known(rights(ada=BY_TAG, ben=BY_TAG)), [BEN, CHO], 9)
    assert [identity for identity, _ in found] == [ADA, BEN, CHO]
    assert {change for _, change in found if change.words} == set()
    assert {(change.terms, change.terms_at) for _, change in found} == {(None, 9)}

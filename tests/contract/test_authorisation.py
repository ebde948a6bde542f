"""Every route says who may call it, in exactly one way, and what is published is what the routes say."""

import pytest

from chalicelib.core.decisions import Permission
from chalicelib.wire.api import Operation
from chalicelib.wire.authentication import Access
from infra import authorisation
from infra.authorisation import KINDS, Kind, Proof, lets_in, operations, states_its_rule
from tests.support.application import operations as recorded

OPERATIONS = operations()


def label(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def test_every_route_states_its_rule_in_exactly_one_way() -> None:
    assert [label(operation) for operation in OPERATIONS if not states_its_rule(operation)] == []
    assert {label(operation) for operation in OPERATIONS} == {label(operation) for operation in recorded()}


def test_a_rule_is_a_sentence() -> None:
    odd = [label(one) for one in OPERATIONS if one.rule and not (one.rule[0].isupper() and one.rule.endswith("."))]
    assert odd == []


def test_what_is_published_is_what_the_routes_say() -> None:
    assert authorisation.TARGET.read_text(encoding="utf-8") == authorisation.text(), "run make docs"


def test_there_is_a_kind_of_caller_for_every_proof_and_every_permission() -> None:
    assert {kind.proof for kind in KINDS} == set(Proof)
    for proof in (Proof.PAGE, Proof.COMMAND_LINE):
        assert {kind.holds for kind in KINDS if kind.proof is proof} == {None, *Permission}
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=label)
def test_somebody_gets_in_and_somebody_is_refused_wherever_a_route_is_not_for_everybody(operation: Operation) -> None:
    answers = {lets_in(operation, kind) for kind in KINDS}
    assert answers == ({True} if operation.access is Access.PUBLIC else {True, False})


def test_who_shows_nothing_of_worth_gets_in_nowhere_but_at_the_routes_for_anybody() -> None:
    for kind in KINDS:
        if kind.proof in {Proof.NOTHING, Proof.ENDED, Proof.EXPIRED, Proof.SUSPENDED}:
            assert {one.access for one in OPERATIONS if lets_in(one, kind)} == {Access.PUBLIC}


def test_holding_more_never_shuts_a_door() -> None:
    plain = next(kind for kind in KINDS if kind.name == "page")
    for kind in KINDS:
        if kind.proof is Proof.PAGE:
            assert [label(one) for one in OPERATIONS if lets_in(one, plain) and not lets_in(one, kind)] == []


def test_the_deployments_administrators_get_in_wherever_a_page_does() -> None:
    administrator = Kind("x", Proof.PAGE, deploys=True)
    shut = {one.access for one in OPERATIONS if not lets_in(one, administrator)}
    assert shut <= {Access.SCIM}

"""Taking a change of a document back: ours goes, what it took comes back, and what others did meanwhile stays."""

import copy
import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.canonical import canonical_json
from chalicelib.core.policy_merge import statements, taken_back

Document = dict[str, Any]


def said(action: str, sid: str | None = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": [action], "Resource": ["*"]}
    return {"Sid": sid, **statement} if sid else statement


def made(*held: dict[str, Any], version: str = "2012-10-17") -> Document:
    return {"Version": version, "Statement": list(held)}


A, B, C, D = (said(f"s3:{letter}") for letter in "ABCD")
OURS, EDITED = said("s3:Get", "cm1"), said("s3:*", "cm1")


def test_what_nobody_else_has_touched_becomes_what_it_was_byte_for_byte() -> None:
    before = {"Statement": A, "Id": "one", "Version": "2008-10-17"}
    after = made(A, OURS)
    assert canonical_json(taken_back(before, after, after)) == canonical_json(before)


def test_what_others_added_stays() -> None:
    assert taken_back(made(A), made(A, B), made(C, A, B, D)) == made(C, A, D)


def test_ours_goes_by_its_sid_even_when_somebody_edited_it() -> None:
    assert taken_back(made(A), made(A, OURS), made(A, EDITED, B)) == made(A, B)


def test_a_statement_without_a_sid_goes_when_it_says_the_same_wherever_it_stands_and_however_often() -> None:
    assert taken_back(made(A), made(A, B), made(B, C, A, B)) == made(C, A)


def test_what_was_removed_comes_back_to_its_place() -> None:
    assert taken_back(made(A, B, C), made(A, C), made(A, C, D)) == made(A, B, C, D)


def test_what_was_removed_first_comes_back_first() -> None:
    assert taken_back(made(A, B), made(B), made(B, C)) == made(A, B, C)


def test_what_was_replaced_under_its_sid_is_as_it_was() -> None:
    old, new = said("s3:Get", "x"), said("s3:Put", "x")
    assert taken_back(made(old, A), made(new, A), made(new, A, B)) == made(old, A, B)


def test_what_others_have_removed_does_not_come_back() -> None:
    assert taken_back(made(A, B), made(A, B, OURS), made(A, OURS)) == made(A)


def test_what_somebody_has_put_back_already_stands_once() -> None:
    assert taken_back(made(A, B), made(A), made(B, A, C)) == made(B, A, C)


def test_a_sid_that_others_use_by_now_stays_theirs() -> None:
    old, theirs = said("s3:Get", "x"), said("s3:List", "x")
    assert taken_back(made(old), made(A), made(A, theirs)) == made(theirs, said("s3:Get"))


def test_without_a_statement_nothing_is_left() -> None:
    assert taken_back(None, made(OURS), made(EDITED)) is None
    assert taken_back(made(A), made(A, OURS), made(OURS)) is None


def test_what_was_nothing_before_keeps_what_others_added() -> None:
    assert taken_back(None, made(OURS), made(OURS, A)) == made(A)


def test_what_was_taken_away_whole_comes_back_beside_what_is_there_now() -> None:
    assert taken_back(made(A), None, made(B)) == made(B, A)
    assert taken_back(made(A), None, None) == made(A)


def test_a_version_that_we_set_goes_back_and_one_that_others_set_stays() -> None:
    before, after = made(A, version="2008-10-17"), made(A, B)
    assert taken_back(before, after, made(A, B, C)) == made(A, C, version="2008-10-17")
    assert taken_back(before, after, {**made(A, B, C), "Id": "theirs"}) == {
        **made(A, C, version="2008-10-17"),
        "Id": "theirs",
    }
    assert taken_back(made(A), made(A, B), made(A, B, version="2008-10-17")) == made(A, version="2008-10-17")


def test_an_id_that_we_gave_goes_one_that_we_took_comes_back_and_one_that_others_gave_stays() -> None:
    plain, named, other = made(A), {**made(A), "Id": "ours"}, {**made(A, C), "Id": "theirs"}
    assert taken_back(plain, {**made(A, B), "Id": "ours"}, {**made(A, B, C), "Id": "ours"}) == made(A, C)
    assert taken_back(named, made(A, B), made(A, B, C)) == {**made(A, C), "Id": "ours"}
    assert taken_back(named, {**made(A, B), "Id": "new"}, {**made(A, B, C), "Id": "new"}) == {
        **made(A, C),
        "Id": "ours",
    }
    assert taken_back(plain, {**made(A, B), "Id": "ours"}, other) == other
    assert taken_back(named, {**made(A, B), "Id": "new"}, other) == other
    assert taken_back({**made(A), "Id": "same"}, {**made(A, B), "Id": "same"}, made(A, B, C)) == made(A, C)


def test_a_document_that_says_the_same_under_another_id_is_not_the_one_that_was_there() -> None:
    before = {"Version": "2012-10-17", "Statement": A}
    assert taken_back(before, made(A, B), {**made(A, B), "Id": "theirs"}) == {**made(A), "Id": "theirs"}
    assert taken_back({**before, "Id": "ours"}, made(A, B), made(B, A)) == {**before, "Id": "ours"}


def test_a_single_statement_is_a_list_of_one() -> None:
    assert taken_back({"Version": "2012-10-17", "Statement": A}, made(A, B), made(B, A)) == {
        "Version": "2012-10-17",
        "Statement": A,
    }


_statements = st.builds(
    lambda action, sid: said(f"s3:{action}", sid), st.sampled_from("ABCDEF"), st.sampled_from([None, "p", "q", "r"])
)


def _no_sid_twice(held: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = {found["Sid"]: found for found in held if "Sid" in found}
    return [found for found in held if "Sid" not in found] + list(named.values())


_documents = st.none() | st.lists(_statements, min_size=1, max_size=5).map(_no_sid_twice).map(lambda held: made(*held))


@given(before=_documents, after=_documents, live=_documents)
def test_never_is_anything_left_that_was_given_nor_anything_lost_that_others_gave(
    before: Document | None, after: Document | None, live: Document | None
) -> None:
    kept = copy.deepcopy((before, after, live))
    result = taken_back(before, after, live)
    assert (before, after, live) == kept
    old, new, held, left = (statements(found) for found in (before, after, live, result))
    added = [found for found in new if found not in old]
    sids = {found["Sid"] for found in added if "Sid" in found}
    assert not [found for found in left if found in added and found not in old]
    for found in held:
        assert found in left or found in added or found.get("Sid") in sids
    for found in old:
        if found not in new:
            assert {**found, "Sid": None} in [{**kept, "Sid": None} for kept in left]
    assert len([found["Sid"] for found in left if "Sid" in found]) == len(
        {found["Sid"] for found in left if "Sid" in found}
    )
    assert result is None or left


@given(before=_documents, after=_documents)
def test_taking_back_twice_is_taking_back_once(before: Document | None, after: Document | None) -> None:
    once = taken_back(before, after, after)
    assert canonical_json(once) == canonical_json(before)
    assert canonical_json(taken_back(before, after, once)) == canonical_json(before)


@given(base=_documents, order=st.permutations(range(4)), edits=st.lists(st.booleans(), min_size=4, max_size=4))
def test_statements_of_our_own_may_go_in_any_order_and_leave_what_was_there(
    base: Document | None, order: list[int], edits: list[bool]
) -> None:
    """Four changes on top of each other, each with its own Sid, and somebody who edits some of them by hand."""
    layers = [base]
    for number in range(4):
        layers.append(made(*statements(layers[-1]), said(f"sqs:{number}", f"cm{number}")))
    live: Document | None = made(
        *(
            {**found, "Action": ["sqs:*"]} if "sqs" in found["Action"][0] and edits[int(found["Sid"][2:])] else found
            for found in statements(layers[-1])
        )
    )
    for number in order:
        live = taken_back(layers[number], layers[number + 1], live)
    assert statements(live) == statements(base)


def test_every_order_of_undoing_two_replacements_of_different_statements_ends_where_it_began() -> None:
    first, second, third = made(A, B), made(C, B), made(C, D)
    for one, two in itertools.permutations([(first, second), (second, third)]):
        assert taken_back(*two, taken_back(*one, third)) == first

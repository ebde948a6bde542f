"""The offline linter: what it says, where, and what keeps it from taking long."""

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.globs import glob_matches, globs_meet
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.parliament import LONGEST, Parliament
from chalicelib.requests.guardrails.subjects import Lint
from tests.support.guardrails import document, facts, judged, statement, subject


@pytest.fixture(scope="module")
def parliament() -> Parliament:
    return Parliament()


def test_it_names_the_statement_and_the_part_of_it(parliament: Parliament) -> None:
    wanted = document(statement("s3:GetObject"), statement("s3:Nope"))
    assert list(parliament.lint(wanted)) == [
        Lint("UNKNOWN_ACTION", "LOW", "Unknown action", "Unknown action s3:Nope", 1, "s3:Nope")
    ]


def test_a_resource_that_does_not_fit_its_action_is_told(parliament: Parliament) -> None:
    (found,) = parliament.lint(document(statement("s3:GetObject", resource="arn:aws:s3:::exports")))
    assert (found.issue, found.detail) == ("RESOURCE_MISMATCH", "s3:GetObject needs arn:*:s3:::*/*")


@pytest.mark.parametrize(
    "wide",
    [
        statement("s3:*", resource=["arn:aws:s3:::exports", "arn:aws:s3:::exports/*"]),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        statement("dynamodb:*", resource="*", Condition={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "a"}}),
    ],
)
def test_what_does_not_fit_every_action_that_a_pattern_means_is_not_told(parliament: Parliament, wide: Any) -> None:
    assert parliament.lint(document(wide)) == ()


def test_a_statement_without_its_list_and_other_keys_do_no_harm(parliament: Parliament) -> None:
    found = parliament.lint({"Id": "x", "Version": "2012-10-17", "Statement": statement("s3:Nope")})
    assert [one.number for one in found] == [0]


def test_a_document_longer_than_any_policy_is_not_linted(parliament: Parliament) -> None:
    assert parliament.lint(document(*[statement("s3:Nope") for _ in range(LONGEST // 50)])) == ()


@pytest.mark.parametrize("name", ["a*" * 60 + "b", "*a" * 60 + "/*b", "a" * 3000 + "/" + "b" * 3000])
def test_wildcards_in_plenty_and_long_names_are_judged_in_no_time(parliament: Parliament, name: str) -> None:
    assert parliament.lint(document(statement("s3:GetObject", resource=[f"arn:aws:s3:::{name}"]))) == ()


def test_a_condition_that_its_data_lacks_makes_it_give_up_and_say_so(parliament: Parliament) -> None:
    odd = statement("s3:GetObject", Condition={"StringEquals": {"aws:CurrentTime": {"not": "text"}}})
    assert [found.severity for found in parliament.lint(document(odd))] in (["INFO"], ["MEDIUM"], [])


def test_it_is_imported_without_a_warning_and_leaves_no_stand_in_behind() -> None:
    program = (
        "import sys; from chalicelib.requests.guardrails.parliament import Parliament; import json;"
        "Parliament().lint({'Statement': []}); assert 'pkg_resources' not in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stderr) == (0, "")


class TestWhatTheRuleMakesOfIt:
    def test_grave_remarks_warn_and_slight_ones_are_notes(self) -> None:
        remarks = [Lint("A", "HIGH", "a", "a"), Lint("B", "LOW", "b", "b", 2), Lint("C", "MUTE", "c", "c")]
        said = judged("lint", subject(None, document()), facts(lint=lambda _: remarks))
        assert [(one.verdict, one.place) for one in said] == [(Verdict.WARN, ""), (Verdict.NOTE, "Statement[2]")]

    def test_what_was_to_be_said_before_is_not_said_again(self, parliament: Parliament) -> None:
        old = document(statement("s3:Nope"))
        new = document(statement("s3:GetObject"), statement("s3:Nope"), statement("s3:Never"))
        said = judged("lint", subject(old, new), facts(lint=parliament.lint))
        assert [one.reason for one in said] == ["Unknown action s3:Never"]


_patterns = st.text(alphabet="ab*", max_size=6)
_texts = st.text(alphabet="ab", max_size=5)


@given(one=_patterns, other=_patterns, text=_texts)
def test_patterns_meet_where_a_text_matches_both(one: str, other: str, text: str) -> None:
    assert globs_meet(one, other) == globs_meet(other, one)
    if glob_matches(one, text) and glob_matches(other, text):
        assert globs_meet(one, other)


@given(pattern=_patterns, text=_texts)
def test_a_pattern_meets_a_text_exactly_when_it_matches_it(pattern: str, text: str) -> None:
    assert globs_meet(pattern, text) == glob_matches(pattern, text)

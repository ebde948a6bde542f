"""Access Analyzer as AWS answers it, by a client whose calls end in this process."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import MockRawResponse

from chalicelib.aws.access_analyzer import AccessAnalyzer, Validated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import AccessDeniedByAws, Upstream
from chalicelib.requests.guardrails.analyze import Analyze
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.subjects import Kind
from tests.support.aws import REGION
from tests.support.clock import FrozenClock
from tests.support.guardrails import document, facts, judged, statement, subject

POLICY = document(statement("iam:PassRole", resource="*"))
STAR: dict[str, Any] = {
    "findingType": "SECURITY_WARNING",
    "issueCode": "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    "findingDetails": "Using the iam:PassRole action with wildcards can be overly permissive.",
    "learnMoreLink": "https://docs.aws.amazon.com/",
    "locations": [
        {
            "path": [{"value": "Statement"}, {"index": 0}, {"value": "Resource"}],
            "span": {
                "start": {"line": 1, "column": 1, "offset": 0},
                "end": {"line": 1, "column": 2, "offset": 1},
            },
        }
    ],
}


class Aws:
    """What AWS was asked, and what it answers next: a body, or the code of a refusal."""

    def __init__(self, sessions: Sessions) -> None:
        self.asked: list[Any] = []
        self.answers: list[Any] = []
        client = sessions.client("accessanalyzer")
        client.meta.events.register("before-send.accessanalyzer.ValidatePolicy", self._answer)

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        self.asked.append(json.loads(request.body))
        answer = self.answers.pop(0)
        headers = HTTPHeaders()
        if isinstance(answer, str):
            headers["x-amzn-ErrorType"] = answer
            return AWSResponse(request.url, 403, headers, MockRawResponse(b'{"message": "no"}'))
        return AWSResponse(request.url, 200, headers, MockRawResponse(json.dumps(answer).encode()))


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Sessions:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Sessions(clock=FrozenClock(), region=REGION, endpoint_url=None, states_endpoint_url=None)


@pytest.fixture
def aws(sessions: Sessions) -> Aws:
    return Aws(sessions)


def test_what_aws_finds_is_told_with_its_statement(sessions: Sessions, aws: Aws) -> None:
    aws.answers = [{"findings": [STAR]}]
    (found,) = AccessAnalyzer(sessions, here=True).validate(json.dumps(POLICY), "IDENTITY_POLICY")
    assert found == Validated("SECURITY_WARNING", STAR["issueCode"], STAR["findingDetails"], 0)
    assert aws.asked == [{"policyDocument": json.dumps(POLICY), "policyType": "IDENTITY_POLICY"}]


def test_every_page_is_asked_for(sessions: Sessions, aws: Aws) -> None:
    aws.answers = [{"findings": [STAR], "nextToken": "more"}, {"findings": [{**STAR, "locations": []}]}]
    found = AccessAnalyzer(sessions, here=True).validate("{}", "RESOURCE_POLICY")
    assert [one.statement for one in found] == [0, None]


def test_a_refusal_of_aws_is_our_error(sessions: Sessions, aws: Aws) -> None:
    aws.answers = ["AccessDeniedException"]
    with pytest.raises(AccessDeniedByAws):
        AccessAnalyzer(sessions, here=True).validate("{}", "IDENTITY_POLICY")


def test_outside_aws_nobody_is_asked(sessions: Sessions, aws: Aws) -> None:
    with pytest.raises(Upstream) as refused:
        AccessAnalyzer(sessions, here=False).validate("{}", "IDENTITY_POLICY")
    assert refused.value.reason == "not_available_here"
    assert aws.asked == []


def test_findings_of_aws_warn_and_suggestions_are_notes(sessions: Sessions, aws: Aws) -> None:
    aws.answers = [{"findings": [STAR, {**STAR, "findingType": "SUGGESTION"}]}]
    known = facts(analyze=Analyze(AccessAnalyzer(sessions, here=True)))
    said = judged("access_analyzer", subject(None, POLICY), known)
    assert [(one.verdict, one.place) for one in said] == [
        (Verdict.WARN, "Statement[0]"),
        (Verdict.NOTE, "Statement[0]"),
    ]
    assert said[0].title == "Pass role with star in resource"


def test_a_trust_policy_is_validated_as_one(sessions: Sessions, aws: Aws) -> None:
    aws.answers = [{"findings": []}]
    Analyze(AccessAnalyzer(sessions, here=True))(POLICY, Kind.TRUST)
    assert aws.asked[0]["validatePolicyResourceType"] == "AWS::IAM::AssumeRolePolicyDocument"


@pytest.mark.parametrize("here", [True, False])
def test_that_it_was_not_asked_is_a_note_and_stops_nothing(sessions: Sessions, aws: Aws, here: bool) -> None:
    aws.answers = ["AccessDeniedException"]
    known = facts(analyze=Analyze(AccessAnalyzer(sessions, here=here)))
    (said,) = judged("access_analyzer", subject(None, POLICY), known)
    assert (said.verdict, said.title) == (Verdict.NOTE, "Access Analyzer was not asked")

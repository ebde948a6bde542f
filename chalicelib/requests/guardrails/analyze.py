"""IAM Access Analyzer as a linter. What it can't be asked it does not stop: that it was not asked is said."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.core.errors import AppError
from chalicelib.core.policy_document import compact
from chalicelib.requests.guardrails.subjects import Document, Kind, Lint

if TYPE_CHECKING:
    from chalicelib.aws.access_analyzer import AccessAnalyzer

NOT_ASKED = "NOT_ASKED"
_TRUST = "AWS::IAM::AssumeRolePolicyDocument"


class Analyze:
    def __init__(self, analyzer: "AccessAnalyzer") -> None:
        self._analyzer = analyzer

    def __call__(self, document: Document, kind: Kind) -> Sequence[Lint]:
        try:
            found = self._analyzer.validate(
                compact(document),
                "IDENTITY_POLICY" if kind is Kind.IDENTITY else "RESOURCE_POLICY",
                _TRUST if kind is Kind.TRUST else "",
            )
        except AppError as error:
            return [Lint(NOT_ASKED, "SUGGESTION", "Access Analyzer was not asked", error.message[:300])]
        return [Lint(one.code, one.kind, _title(one.code), one.detail, one.statement) for one in found]


def _title(code: str) -> str:
    """`PASS_ROLE_WITH_STAR_IN_RESOURCE` as words."""
    return code.replace("_", " ").capitalize()

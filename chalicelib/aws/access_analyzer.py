"""IAM Access Analyzer's validation of policies. It is a service of AWS alone: nowhere else is there anybody to ask."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import Upstream

PolicyType = Literal["IDENTITY_POLICY", "RESOURCE_POLICY"]
_PAGES = 5
"""Of a hundred findings each."""


class Validated(NamedTuple):
    """`kind` is ERROR, SECURITY_WARNING, WARNING or SUGGESTION; `statement` counts from 0, None for the document as a whole."""

    kind: str
    code: str
    detail: str
    statement: int | None


class AccessAnalyzer:
    def __init__(self, sessions: Sessions, *, here: bool) -> None:
        """`here` is false where calls go to something else than AWS."""
        self._sessions = sessions
        self._here = here

    def validate(self, document: str, policy_type: PolicyType, resource_type: str = "") -> list[Validated]:
        """Raises AccessDeniedByAws, InvalidInput, Throttled or Upstream; that with the reason `not_available_here` outside AWS."""
        if not self._here:
            raise Upstream("IAM Access Analyzer is not available here.", reason="not_available_here")
        return list(self._found(document, policy_type, resource_type))

    def _found(self, document: str, policy_type: PolicyType, resource_type: str) -> Iterator[Validated]:
        asked: dict[str, Any] = {"policyDocument": document, "policyType": policy_type}
        if resource_type:
            asked["validatePolicyResourceType"] = resource_type
        for _ in range(_PAGES):
            with translated("to validate a policy"):
                answer = self._sessions.client("accessanalyzer").validate_policy(**asked)
            yield from map(_validated, answer["findings"])
            if not answer.get("nextToken"):
                return
            asked["nextToken"] = answer["nextToken"]


def _validated(found: Mapping[str, Any]) -> Validated:
    return Validated(found["findingType"], found["issueCode"], found["findingDetails"], _statement(found))


def _statement(found: Mapping[str, Any]) -> int | None:
    """Of the first place that it names; a single statement without a list has no number."""
    for location in found.get("locations", ())[:1]:
        for step in location.get("path", ()):
            if "index" in step:
                return int(step["index"])
    return None

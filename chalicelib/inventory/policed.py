"""Resources with a policy of their own: the record that all have in common, and what such a policy may keep from us."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.core.errors import AccessDeniedByAws, InvalidInput
from chalicelib.inventory.resource_type import Resource

T = TypeVar("T")

_REFUSALS = {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AllAccessDisabled", "InvalidToken"}
"""The last two for a bucket in a region that the account has left. Credentials that have ended are not among them."""
_OURS_TO_MEND = ("identity-based policy", "service control policy", "session policy", "permissions boundary")
"""What AWS names when it is not the resource that refuses: our role lacks something, and so for every resource."""


class PolicedResource(Resource):
    """`policy` is None when there is none. `refused` are the parts that the resource's own policy keeps from us: `policy`, `tags`,
    `attributes`; what they hold is not known.
    """

    policy: dict[str, Any] | None
    refused: tuple[str, ...] = ()


class Asked:
    """What was asked about one resource, and which of it was refused."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    @property
    def refused(self) -> tuple[str, ...]:
        return tuple(sorted(self._refused))

    def ask(self, part: str, question: Callable[[], T]) -> T | None:
        """None, and noted, when the resource refuses. Raises AccessDeniedByAws when it is our role that may not ask."""
        try:
            return question()
        except AccessDeniedByAws as error:
            if error.reason not in _REFUSALS or any(words in error.message for words in _OURS_TO_MEND):
                raise
            self._refused.add(part)
            return None


def policy_of_text(text: str | None) -> dict[str, Any] | None:
    """None for no policy. Raises InvalidInput for one that is no JSON object."""
    if not text:
        return None
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise InvalidInput("Its policy is not a JSON object.", reason="garbage_policy")
    return document

"""From wishes to a revision: each wish is checked, and previewed on what is live and on what the wishes before it do."""

from collections.abc import Sequence
from typing import Any

from chalicelib.changes.base import Reading, Spec
from chalicelib.changes.registry import change_type
from chalicelib.core.arn import Arn
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.errors import InvalidInput
from chalicelib.requests.models import PlannedChange
from chalicelib.requests.rules import protected, require

CHANGES_LIMIT = 20
"""Changes in one request."""


class Planner:
    def __init__(self, *, aws: Reading, hub: Hub, spoke: Spoke) -> None:
        self._aws = aws
        self._hub = hub
        self._spoke = spoke

    def plan(self, request_id: str, wishes: Sequence[Spec]) -> tuple[PlannedChange, ...]:
        """Raises InvalidInput or Forbidden naming the wish at fault, and Upstream when the live state can't be read: what
        can't be read is never taken for empty.
        """
        if not wishes:
            raise InvalidInput("The request has no changes.", reason="no_changes")
        if len(wishes) > CHANGES_LIMIT:
            raise InvalidInput(
                f"The request has {len(wishes)} changes; at most {CHANGES_LIMIT} are taken.", reason="too_many_changes"
            )
        if len({wish.principal_arn for wish in wishes}) > 1:
            raise InvalidInput("All changes of a request must have the same principal.", reason="several_principals")
        places = [self._checked(wish) for wish in wishes]
        if twice := sorted({place for place in places if places.count(place) > 1}):
            raise InvalidInput(
                f"The request changes {twice[0][2]} twice; put both into one change.", reason="changed_twice"
            )
        surveys: dict[tuple[str, str], Any] = {}
        return tuple(self._planned(f"{request_id}{number}", wish, surveys) for number, wish in enumerate(wishes))

    def _checked(self, wish: Spec) -> tuple[str, str, str]:
        """The place that the wish changes."""
        kind = change_type(wish.change_type)
        kind.check(wish)
        target = kind.target(wish)
        if refusal := protected(Arn.parse(target), self._hub, self._spoke):
            require(refusal)
        return wish.change_type, target, kind.place(wish)

    def _planned(self, change_id: str, wish: Spec, surveys: dict[tuple[str, str], Any]) -> PlannedChange:
        kind = change_type(wish.change_type)
        target = kind.target(wish)
        place = (wish.change_type, target)
        if place not in surveys:
            surveys[place] = kind.survey(wish, self._aws)
        preview, surveys[place] = kind.preview(wish, surveys[place])
        return PlannedChange(
            id=change_id, wish=wish.model_dump(mode="json"), target=target, title=kind.title(wish), preview=preview
        )

    def image(self, wish: Spec) -> dict[str, Any] | None:
        """What the target of one wish holds now."""
        return change_type(wish.change_type).image(wish, self._aws).content

"""From wishes to a revision: each wish is checked, and previewed on what is live and on what the wishes before it do."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.changes.base import ALREADY_SO, Image, Preview, Reading, Spec
from chalicelib.changes.registry import change_type
from chalicelib.core.arn import Arn
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.errors import InvalidInput
from chalicelib.requests.guardrails.check import Guardrails
from chalicelib.requests.guardrails.models import Finding
from chalicelib.requests.ledger import Hold, keeping, place_of
from chalicelib.requests.ledger_store import Ledger
from chalicelib.requests.models import PlannedChange
from chalicelib.requests.rules import protected, require

CHANGES_LIMIT = 20
"""Changes in one request."""


class Planner:
    def __init__(
        self, *, aws: Reading, ledger: Ledger, hub: Hub, spoke: Spoke, guardrails: Callable[[], Guardrails]
    ) -> None:
        self._aws = aws
        self._ledger = ledger
        self._hub = hub
        self._spoke = spoke
        self._guardrails = guardrails

    def plan(self, request_id: str, wishes: Sequence[Spec]) -> tuple[PlannedChange, ...]:
        """Raises InvalidInput or Forbidden naming the wish at fault, and Upstream when the live state can't be read: what
        can't be read is never taken for empty.
        """
        return self.replan([(f"{request_id}{number}", wish) for number, wish in enumerate(wishes)])

    def replan(self, asked: Sequence[tuple[str, Spec]]) -> tuple[PlannedChange, ...]:
        """The same of changes that have their ids already."""
        wishes = [wish for _, wish in asked]
        if not wishes:
            raise InvalidInput("The request has no changes.", reason="no_changes")
        if len(wishes) > CHANGES_LIMIT:
            raise InvalidInput(
                f"The request has {len(wishes)} changes; at most {CHANGES_LIMIT} are taken.", reason="too_many_changes"
            )
        if len({wish.principal_arn for wish in wishes}) > 1:
            raise InvalidInput("All changes of a request must have the same principal.", reason="several_principals")
        numbered = [(change_id, _numbered(wish, change_id)) for change_id, wish in asked]
        places = [self._checked(wish) for _, wish in numbered]
        if twice := sorted({place for place in places if places.count(place) > 1}):
            raise InvalidInput(
                f"The request changes {twice[0][2]} twice; put both into one change.", reason="changed_twice"
            )
        surveys: dict[tuple[str, str], Any] = {}
        return tuple(self._planned(change_id, wish, surveys) for change_id, wish in numbered)

    def judged(self, changes: Sequence[PlannedChange]) -> tuple[Finding, ...]:
        """What the guardrails say of planned changes. Raises Forbidden with every reason when one refuses."""
        return self._guardrails().check(changes)

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
        base: Image | None = None
        try:
            preview, surveys[place] = kind.preview(wish, surveys[place])
        except InvalidInput as error:
            partner = self._partner(wish) if error.reason == ALREADY_SO else None
            if partner is None:
                raise
            preview, base = Preview(before=partner.after, after=partner.after), partner.base
        planned = PlannedChange(
            id=change_id,
            wish=wish.model_dump(mode="json"),
            target=target,
            title=kind.title(wish),
            preview=preview,
            base=base,
        )
        if wish.until is not None and base is None:
            self._check_temporary(planned)
        return planned

    def _partner(self, wish: Spec) -> Hold | None:
        """Who has put there what is wished, and keeps it for a time only: the wish is to keep it longer, or for ever."""
        kind = change_type(wish.change_type)
        place = f"{kind.name}#{kind.place(wish)}"
        live = kind.image(wish, self._aws)
        keepers = [hold for hold in keeping(self._ledger.at(kind.target(wish), place), live) if hold.applied]
        return keepers[0] if keepers and all(hold.temporary for hold in keepers) else None

    def _check_temporary(self, change: PlannedChange) -> None:
        """Raises InvalidInput for what can't be taken back by itself, or not by this change."""
        if change.preview.after.content is None:
            raise InvalidInput(
                f"{change.title}: what is removed can't be removed for a time. Ask for it without an end.",
                reason="temporary_removal",
            )
        for hold in self._ledger.at(change.target, place_of(change)):
            if hold.until is not None and hold.after.hash != change.preview.after.hash:
                ends = datetime.fromtimestamp(hold.until, UTC).isoformat()
                raise InvalidInput(
                    f"{change.title}: request {hold.request_id} keeps something else there until {ends}. Wait for that, end"
                    " it now, or ask for something that stays.",
                    reason="held_for_a_time",
                )

    def image(self, wish: Spec) -> dict[str, Any] | None:
        """What the target of one wish holds now."""
        return change_type(wish.change_type).image(wish, self._aws).content


def _numbered(wish: Spec, change_id: str) -> Spec:
    found: Spec = change_type(wish.change_type).numbered(wish, change_id)
    return found

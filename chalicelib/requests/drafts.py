"""A draft is its author's own: filled, changed and thrown away without anybody being told, until it is submitted."""

from collections.abc import Sequence

from chalicelib.changes.base import Spec
from chalicelib.core.errors import InvalidInput
from chalicelib.requests.create_request import TEXT_LIMIT, refuse_unseen
from chalicelib.requests.models import Request, RequestsConfig
from chalicelib.requests.plan_changes import Planner
from chalicelib.requests.rules import Person, judge, require
from chalicelib.requests.states import Command, OnFailure, State
from chalicelib.requests.write_revision import Revisions, Turn


class Drafts:
    def __init__(self, *, revisions: Revisions, planner: Planner, config: RequestsConfig) -> None:
        self._revisions = revisions
        self._planner = planner
        self._config = config

    def fill(
        self,
        request: Request,
        person: Person,
        *,
        wishes: Sequence[Spec] | None,
        justification: str | None,
        on_failure: OnFailure | None,
    ) -> None:
        """What the draft holds from now on; None leaves what it holds. Raises Conflict once it is submitted, InvalidInput for wishes
        that do not do.
        """
        require(judge(Command.UPDATE_CHANGE, request, person, self._config))
        if request.head.state is not State.DRAFT:
            raise InvalidInput(
                "changes: only a draft is filled anew. Edit one change with its change_id.", reason="no_draft"
            )
        if justification is not None and len(justification) > TEXT_LIMIT:
            raise InvalidInput(f"The justification is longer than {TEXT_LIMIT} characters.", reason="text_too_long")
        if wishes is None:
            changes = request.revision.changes
        else:
            refuse_unseen(wishes, person)
            changes = self._planner.plan(request.head.id, wishes)
        named = {"justification": justification, "on_failure": on_failure}
        head = {name: value for name, value in named.items() if value is not None}
        if wishes:
            head["principal_arn"] = wishes[0].principal_arn
        turn = Turn(state=State.DRAFT, kind="draft", text="draft changed", head=head)
        self._revisions.write(request, changes, person, turn)

    def submit(self, request: Request, person: Person) -> None:
        """On what is live now, which may have changed since it was drafted. Raises as for any new request."""
        require(judge(Command.SUBMIT, request, person, self._config))
        wishes = [(change.id, change.spec) for change in request.revision.changes if not change.cancelled]
        refuse_unseen([wish for _, wish in wishes], person)
        planned = {change.id: change for change in self._planner.replan(wishes)}
        changes = [planned.get(change.id, change) for change in request.revision.changes]
        turn = Turn(action="request.create", kind="created", text="Request submitted")
        self._revisions.write(request, changes, person, turn)

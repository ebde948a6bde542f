"""How far the approval of a request has come, in words and counts. Pure."""

from chalicelib.requests.models import Request
from chalicelib.requests.present_review import shown_ruling
from chalicelib.requests.rules import QUORUM
from chalicelib.requests.states import UNDECIDED, Verdict
from chalicelib.requests.wire_review import ApprovalProgress, ApprovalStage


def shown_progress(request: Request) -> ApprovalProgress:
    head = request.head
    said = {
        ruling.actor: ruling.verdict
        for ruling in request.rulings
        if (ruling.revision, ruling.revision_hash) == (head.revision, head.revision_hash)
    }
    given = sorted(actor for actor, verdict in said.items() if verdict is Verdict.APPROVE)
    asked = sorted(actor for actor, verdict in said.items() if verdict is Verdict.ASK)
    complete = len(given) >= QUORUM and not asked
    stage = ApprovalStage(
        rule="administrators",
        reason="One administrator of everything that it changes must approve it.",
        change_ids=[change.id for change in request.revision.changes if not change.cancelled],
        approvers=["whoever holds can_admin_policies over its targets"],
        count=QUORUM,
        approved_by=given,
        open=head.state in UNDECIDED and not complete,
        complete=complete,
    )
    return ApprovalProgress(
        approved=complete,
        reason=f"Approved by {', '.join(given)}." if complete else _missing(asked),
        stages=[stage],
        rulings=[shown_ruling(ruling) for ruling in sorted(request.rulings, key=lambda ruling: ruling.id)],
    )


def _missing(asked: list[str]) -> str:
    return f"{', '.join(asked)} asked for changes." if asked else "Nobody has approved this revision yet."

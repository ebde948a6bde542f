"""A request as Slack's Block Kit shows it. Pure.

What people wrote is plain text, or stands in a code block that it can't end: nobody can mention a channel or forge a link. What is
longer than Slack takes is cut, and says by how much; what was not shown whole can't be approved from here.
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.notifications.messages import Card, ShownChange, ShownFinding
from chalicelib.notifications.slack.buttons import sealed
from chalicelib.notifications.slack.interactions import REASON_FIELD, Act
from chalicelib.notifications.words import visible

MOST_CHANGES = 8
MOST_FINDINGS = 12
MOST_LINES = 40
MOST_LETTERS = 2_600
"""Of one section; Slack takes 3,000."""
_HEADER = 150
_JUSTIFICATION = 1_000

Block = dict[str, Any]


def blocks_of(card: Card, secret: str, *, deciding: bool) -> list[Block]:
    """`deciding` for whoever may press buttons, as long as there is something to decide."""
    blocks = [
        {"type": "header", "text": _plain(f"{card.state}: {_title(card)}", _HEADER)},
        _section(_plain(f"{card.requester} asks for a change to {card.principal_arn}", MOST_LETTERS)),
    ]
    if card.justification:
        blocks.append(_section(_plain(f"“{card.justification}”", _JUSTIFICATION)))
    for change in card.changes[:MOST_CHANGES]:
        blocks += _change(change)
    if (more := len(card.changes) - MOST_CHANGES) > 0:
        blocks.append(_section(_marked(f"and {more} more changes: <{card.url}|open the request>")))
    blocks += _findings(card)
    if card.standing:
        blocks.append({"type": "context", "elements": [_plain(card.standing, MOST_LETTERS)]})
    blocks.append({"type": "actions", "elements": _buttons(card, secret, deciding=deciding and card.open)})
    return blocks


def text_of(card: Card) -> str:
    """For notices of the system and for readers that show no blocks."""
    return escaped(visible(f"{card.state}: {_title(card)} ({card.requester})", _HEADER))


def whole(card: Card) -> bool:
    """Whether everything that is decided about is to be seen in the message."""
    return (
        len(card.changes) <= MOST_CHANGES
        and len(card.justification) < _JUSTIFICATION - 1
        and _fitting([_words(finding) for finding in card.findings], MOST_FINDINGS)[1] == 0
        and all(_fitting(change.diff, MOST_LINES)[1] == 0 for change in card.changes)
    )


def _title(card: Card) -> str:
    first = card.changes[0].title if card.changes else "a request"
    return first if len(card.changes) < 2 else f"{first} and {len(card.changes) - 1} more"  # noqa: PLR2004 one is itself


def _change(change: ShownChange) -> list[Block]:
    lines, more = _fitting(change.diff, MOST_LINES)
    shown = "\n".join([*lines, *([f"… {more} more lines"] if more else [])])
    code = escaped(shown.replace("`", "\N{MODIFIER LETTER GRAVE ACCENT}"))
    title = change.title if change.until is None else f"{change.title} (for a time)"
    found = [_section(_plain(title, MOST_LETTERS))]
    if change.until is not None:
        stamp = f"<!date^{change.until}^Until {{date_short_pretty}} {{time}}|for a time>"
        found.append({"type": "context", "elements": [_marked(stamp)]})
    return [*found, _section(_marked(f"```{code}```"))] if code else found


def _fitting(lines: Sequence[str], most: int) -> tuple[list[str], int]:
    """As many lines as there is room for, and how many are missing."""
    kept: list[str] = []
    room = MOST_LETTERS
    for line in lines[:most]:
        room -= len(escaped(line)) + 1
        if room < 0:
            break
        kept.append(line)
    return kept, len(lines) - len(kept)


def _findings(card: Card) -> list[Block]:
    if not card.findings:
        return []
    shown, more = _fitting([_words(one) for one in card.findings], MOST_FINDINGS)
    return [_section(_plain("\n".join([*shown, *([f"and {more} more findings"] if more else [])]), MOST_LETTERS + 100))]


def _words(finding: ShownFinding) -> str:
    return f"{finding.verdict.replace('_', ' ').upper()}  {finding.title}: {finding.reason}"


def _buttons(card: Card, secret: str, *, deciding: bool) -> list[Block]:
    opening = {"type": "button", "action_id": Act.OPEN.value, "text": _plain("Open", 75), "url": card.url}
    if not deciding:
        return [opening]
    value = sealed(card, secret)
    reject = {
        "type": "button",
        "action_id": Act.REJECT.value,
        "style": "danger",
        "text": _plain("Reject…", 75),
        "value": value,
    }
    if not whole(card):
        return [{**opening, "text": _plain("Open to see it all and approve", 75)}, reject]
    approve = {
        "type": "button",
        "action_id": Act.APPROVE.value,
        "style": "primary",
        "text": _plain("Approve", 75),
        "value": value,
    }
    return [approve, reject, opening]


_DIALOGS = {
    Act.REJECT: ("Reject", Act.REJECT_WITH, "Why? The requester reads this."),
    Act.APPROVE: ("Approve", Act.APPROVE_WITH, "Why? That must be said here, and everybody reads it."),
}


def reason_form(act: Act, value: str, channel: str) -> dict[str, Any]:
    """The dialog that asks why somebody rejects, or approves where that must be said."""
    verb, sent, ask = _DIALOGS[act]
    field = {"type": "plain_text_input", "action_id": REASON_FIELD, "multiline": True, "max_length": 1000}
    return {
        "type": "modal",
        "callback_id": sent.value,
        "private_metadata": f"{channel} {value}",
        "title": _plain(f"{verb} the request", 24),
        "submit": _plain(verb, 24),
        "close": _plain("Cancel", 24),
        "blocks": [{"type": "input", "label": _plain(ask, 200), "element": field}],
    }


def _section(text: Block) -> Block:
    return {"type": "section", "text": text}


def _plain(text: str, most: int) -> Block:
    return {"type": "plain_text", "text": visible(text, most), "emoji": False}


def _marked(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""The columns of an entry's row beside the entry itself: what its indexes find it by. Pure, so that a verifier can compare."""

from datetime import UTC, datetime

from chalicelib.audit.models import ChainedEntry

_KEY_LETTERS = 500


def day_of(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def hour_of(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H")


def index_key(name: str) -> str:
    """What an index takes: at least one letter, and at most 2,048 bytes."""
    return name[:_KEY_LETTERS] or "-"


def columns(link: ChainedEntry) -> dict[str, str | int | None]:
    """By name. Only the first entry of a chain says when it began: the index of beginnings holds one row for each chain."""
    return {
        "day": day_of(link.occurred_at),
        "person": index_key(link.entry.person),
        "target": index_key(link.entry.target),
        "occurred_at": link.occurred_at,
        "begun": None if link.number else hour_of(link.occurred_at),
    }

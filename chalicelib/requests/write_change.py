"""Writing one image to AWS, and seeing that it is there."""

from collections.abc import Callable
from typing import Any

from chalicelib.changes.base import Image, Writing
from chalicelib.changes.registry import change_type
from chalicelib.core.errors import AccessDeniedByAws, NotFound, Throttled, Upstream
from chalicelib.requests.models import PlannedChange

_READ_BACK_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)
"""IAM shows a write to its readers a little later."""
ANSWER_LOST = "answer_lost"
"""The reason of an Upstream after which AWS may still be writing."""


def write(change: PlannedChange, content: dict[str, Any] | None, aws: Writing, *, until: int | None = None) -> None:
    """`until` is when it really ends, which is not later than what was asked for."""
    spec = change.spec.model_copy(update={"until": until})
    try:
        change_type(change.change_type).write(spec, content, aws)
    except (AccessDeniedByAws, Throttled):
        raise
    except Upstream as error:
        raise Upstream(error.message, reason=ANSWER_LOST) from error


def image_of(change: PlannedChange, aws: Writing) -> Image | None:
    """What is live; None when there is no such target."""
    try:
        live: Image = change_type(change.change_type).image(change.spec, aws.reading)
    except NotFound:
        return None
    return live


def read_back(change: PlannedChange, was: Image, aws: Writing, pause: Callable[[float], None]) -> Image:
    """What is live after the write. Raises Upstream while AWS still shows what was there before, or only a part of what was written:
    then the next try looks.
    """
    for seconds in _READ_BACK_PAUSES:
        pause(seconds)
        try:
            live: Image = change_type(change.change_type).image(change.spec, aws.reading)
        except AccessDeniedByAws as error:
            raise Upstream(f"Written, but not read back: {error.message}", reason="not_verified") from error
        if live.hash != was.hash and not _in_between(change, live):
            return live
    raise Upstream(f"AWS does not show the write to {change.target} yet.", reason="not_visible_yet")


def _in_between(change: PlannedChange, live: Image) -> bool:
    """What several calls wrote, AWS may show one by one."""
    kind, preview = change_type(change.change_type), change.preview
    ends = {preview.before.hash, preview.after.hash}
    return live.hash not in ends and bool(kind.halfway(change.spec, preview, live))

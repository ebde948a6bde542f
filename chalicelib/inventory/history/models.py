"""What is kept of a resource's former contents, and what the history is told."""

from dataclasses import dataclass
from typing import Any

from chalicelib.core.model import Frozen


@dataclass(frozen=True, slots=True)
class Changed:
    """A resource that the table knew with the hash `replaces`, and that was read anew. `detail` is the packed record; None: it is gone."""

    arn: str
    replaces: str
    detail: bytes | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Where and when a change was seen. `who` is the changer as AWS's event names them, empty when nobody told."""

    kind: str
    account_id: str
    at: int
    who: str = ""


class Version(Frozen):
    """A content, and since when it was seen. One that is `gone` has none: the resource did not exist from then on."""

    at: int
    who: str = ""
    gone: bool = False
    content: dict[str, Any]


class ResourceHistory(Frozen):
    """Oldest first."""

    arn: str
    kind: str
    account_id: str
    versions: tuple[Version, ...]

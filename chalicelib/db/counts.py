"""Numbers by name in one attribute: what a run counted, for people to read."""

import json
from collections.abc import Mapping

_MOST = 30
"""A run tells no more numbers than a page can show."""


def packed(counts: Mapping[str, int]) -> str:
    return json.dumps(dict(sorted(counts.items())[:_MOST]), separators=(",", ":"))


def unpacked(text: str | None) -> dict[str, int]:
    """None, as a row has it that never counted, is nothing."""
    return {str(name): int(number) for name, number in json.loads(text or "{}").items()}

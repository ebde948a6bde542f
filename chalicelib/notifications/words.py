"""Text that people wrote, made fit to be shown to others. Pure."""

import unicodedata

_HIDING = {"Cc", "Cf", "Co", "Cs"}


def visible(text: str, most: int) -> str:
    """Without letters that hide or turn around others, and no longer than that."""
    seen = "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) not in _HIDING)
    return seen if len(seen) <= most else seen[: most - 1] + "…"

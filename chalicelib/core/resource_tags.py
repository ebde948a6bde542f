"""Tags as AWS takes them. Source: the general reference, "Tagging your AWS resources"."""

from collections.abc import Collection

from chalicelib.core.errors import InvalidInput

TAGS_LIMIT = 50
_KEY, _VALUE = 128, 256
_SIGNS = set("_.:/=+-@")
_AWS = "aws:"


def is_aws_own(key: str) -> bool:
    """Tags that only AWS sets; they do not count."""
    return key.lower().startswith(_AWS)


def check_tag(key: str, value: str) -> None:
    """Raises InvalidInput that says what does not fit."""
    if not 0 < len(key) <= _KEY:
        raise InvalidInput(f"key: a tag's key has 1 to {_KEY} letters.", reason="bad_tag_key")
    if is_aws_own(key):
        raise InvalidInput(f"key: {key} begins with aws:, which only AWS itself may use.", reason="bad_tag_key")
    if len(value) > _VALUE:
        raise InvalidInput(f"value: a tag's value has at most {_VALUE} letters.", reason="bad_tag_value")
    for what, text in (("key", key), ("value", value)):
        if unfit := [letter for letter in text if not (letter.isalnum() or letter.isspace() or letter in _SIGNS)]:
            raise InvalidInput(
                f"{what}: AWS takes letters, digits, blanks and _.:/=+-@ in tags, not U+{ord(unfit[0]):04X}.",
                reason=f"bad_tag_{what}",
            )


def check_count(keys: Collection[str]) -> None:
    if (number := sum(not is_aws_own(key) for key in keys)) > TAGS_LIMIT:
        raise InvalidInput(f"There would be {number} tags; AWS allows {TAGS_LIMIT}.", reason="too_many_tags")

"""The template of session names: what may stand in it, and how it is filled."""

import re
from string import Formatter

from chalicelib.core.errors import InvalidInput

_FIELDS = ("user", "local")
_AROUND = re.compile(r"[\w+=,.@-]*", re.ASCII)
_AROUND_LIMIT = 32
"""Characters beside the name: half of what AWS takes stays for the name itself."""


def check_template(template: str) -> str:
    """The template. Raises InvalidInput when it names no person, or holds what AWS does not take in a session's name."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise InvalidInput(f"'{template[:100]}' is no template: {error}.") from error
    fields = [name for _, name, _, _ in parts if name is not None]
    if not fields:
        raise InvalidInput("A session's name must hold {user} or {local}: CloudTrail shows it as who acted.")
    plain = all(
        name is None or (name in _FIELDS and not spec and not conversion) for _, name, spec, conversion in parts
    )
    around = "".join(literal for literal, _, _, _ in parts)
    if not plain or not _AROUND.fullmatch(around) or len(around) > _AROUND_LIMIT:
        raise InvalidInput(
            "A session's name is {user} or {local}, with at most "
            f"{_AROUND_LIMIT} letters, digits and signs of _+=,.@- around it."
        )
    return template


def filled(template: str, user: str) -> str:
    """The template with the user's name; `{local}` is what stands before the last @."""
    return template.format(user=user, local=user.rpartition("@")[0] or user)

"""Who may call what: each route against each kind of caller, from what the routes themselves declare.

`python -m infra.authorisation` writes docs/authorisation-matrix.md; with --check it compares. A test calls every route as every
kind of caller and compares what happens with `lets_in`.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from chalicelib import api
from chalicelib.core.decisions import Permission
from chalicelib.identity.scopes import SCOPED_PERMISSIONS
from chalicelib.wire.api import Api, Operation
from chalicelib.wire.authentication import Access
from chalicelib.wire.mount import blueprints

TARGET = Path(__file__).parents[1] / "docs" / "authorisation-matrix.md"


class Proof(StrEnum):
    """By what a caller shows who it is."""

    NOTHING = "nothing"
    ENDED = "a session that was ended"
    EXPIRED = "a session that has expired"
    SUSPENDED = "a session of somebody whom the directory has suspended since"
    PAGE = "a session of a page"
    COMMAND_LINE = "a session of a command line"
    PUSH = "the token of a directory that pushes"


@dataclass(frozen=True, slots=True)
class Kind:
    """`holds` everywhere, `scoped` over a part of the estate; `deploys` for an administrator of the deployment."""

    name: str
    proof: Proof
    holds: Permission | None = None
    scoped: Permission | None = None
    deploys: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.proof in {Proof.PAGE, Proof.COMMAND_LINE}


KINDS: tuple[Kind, ...] = (
    Kind("nobody", Proof.NOTHING),
    Kind("ended session", Proof.ENDED),
    Kind("expired session", Proof.EXPIRED),
    Kind("suspended person", Proof.SUSPENDED),
    Kind("directory that pushes", Proof.PUSH),
    Kind("command line", Proof.COMMAND_LINE),
    *(Kind(f"command line, {one.value}", Proof.COMMAND_LINE, holds=one) for one in Permission),
    Kind("page", Proof.PAGE),
    *(Kind(f"page, {one.value}", Proof.PAGE, holds=one) for one in Permission),
    *(Kind(f"page, {one.value} over a part", Proof.PAGE, scoped=one) for one in sorted(SCOPED_PERMISSIONS)),
    Kind("administrator of the deployment", Proof.PAGE, deploys=True),
)


def operations() -> list[Operation]:
    mounted = [blueprint for blueprint in blueprints(api) if isinstance(blueprint, Api)]
    found = [operation for blueprint in mounted for operation in blueprint.operations]
    return sorted(found, key=lambda operation: (operation.path, operation.method))


def states_its_rule(operation: Operation) -> bool:
    """Exactly one way of saying who may call it."""
    said = [operation.permission is not None, operation.over is not None, bool(operation.rule)]
    return sum(said) == (0 if operation.access is Access.SCIM else 1)


def lets_in(operation: Operation, kind: Kind, *, in_part: bool = True) -> bool:
    """Whether such a caller gets past everything but the rule of the thing itself (whose role, whose request it is).

    `in_part` tells, for a permission over a part of the estate, whether the request is about that part.
    """
    if operation.access is Access.PUBLIC:
        return True
    if operation.access is Access.SCIM:
        return kind.proof is Proof.PUSH
    if not kind.is_signed_in or (operation.access is Access.SESSION and kind.proof is not Proof.PAGE):
        return False
    needed = operation.permission or operation.over
    if needed is None or kind.deploys or kind.holds in {needed, Permission.ADMIN}:
        return True
    return operation.over is not None and kind.scoped in {needed, Permission.ADMIN} and in_part


HEAD = """# Authorisation matrix

Generated from the routes (`make docs`); do not edit by hand. A test calls every route as every kind of caller and compares.

`yes`: gets in. `-`: refused, before anything is read or changed. `part`: gets in for what lies in their part of the estate. Where a
route says a rule of its own, getting in is not yet getting something: the rule decides about the very thing.

Nobody, an ended session, an expired session, and a person whom the directory has suspended get in nowhere but at the routes for
anybody. A directory that pushes gets in at `/scim/v2/` and nowhere else, and nobody else does. Administrators of the deployment
and holders of `can_admin` hold every permission; it is no right to any role's credentials.
"""


def text() -> str:
    every = operations()
    people = [one for one in every if one.access in {Access.SESSION, Access.CLI}]
    return "\n".join(
        [
            HEAD,
            "## Routes for anybody\n",
            _table(("route", "why"), [(_label(one), one.rule) for one in every if one.access is Access.PUBLIC]),
            "## Routes for a directory that pushes\n",
            _table(
                ("route", "what it does"), [(_label(one), one.summary) for one in every if one.access is Access.SCIM]
            ),
            "## Routes for people\n",
            _table(
                ("route", "command line, no permission", "page, no permission", "needs", "rule"),
                [
                    (_label(one), _plain(one, "command line"), _plain(one, "page"), _needs(one), one.rule)
                    for one in people
                ],
            ),
            "## Who gets in where a permission is needed\n",
            _permissions([one for one in people if one.permission or one.over]),
        ]
    )


def _permissions(needing: list[Operation]) -> str:
    """`part` for a permission that may be held over a part of the estate: the same person gets in for that part."""
    held = {kind.holds: kind for kind in KINDS if kind.holds and kind.proof is Proof.PAGE}
    scoped = {kind.scoped: kind for kind in KINDS if kind.scoped}
    head = ("route", "command line too", *(one.value for one in Permission))
    rows = []
    for operation in needing:
        cells = [_cell(operation, held[one]) for one in Permission]
        parts = [_cell(operation, scoped[one]) if one in scoped else "-" for one in Permission]
        both = [f"{cell}, part" if part == "part" else cell for cell, part in zip(cells, parts, strict=True)]
        rows.append((_label(operation), "yes" if operation.access is Access.CLI else "-", *both))
    return _table(head, rows)


def _plain(operation: Operation, name: str) -> str:
    return _cell(operation, next(kind for kind in KINDS if kind.name == name))


def _cell(operation: Operation, kind: Kind) -> str:
    inside, outside = lets_in(operation, kind), lets_in(operation, kind, in_part=False)
    return "yes" if outside else "part" if inside else "-"


def _needs(operation: Operation) -> str:
    if operation.over:
        return f"`{operation.over.value}` over what is named"
    return f"`{operation.permission.value}`" if operation.permission else ""


def _label(operation: Operation) -> str:
    return f"`{operation.method} {operation.path}`"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the file is not what the routes say")
    if parser.parse_args().check:
        if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text():
            return 0
        print("docs/authorisation-matrix.md is not what the routes say: run `make docs`.", file=sys.stderr)
        return 1
    TARGET.write_text(text(), encoding="utf-8")
    print(f"{TARGET.name} written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What every change type keeps, on every kind of target, against embedded AWS.

Applying twice is applying once; the preview is what AWS then holds; taking back restores the canonical document byte for byte.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.changes.base import ALREADY_SO, Image, Preview, Spec
from chalicelib.changes.registry import change_type, change_types
from chalicelib.core.canonical import canonical_json
from chalicelib.core.errors import InvalidInput
from tests.integration.changes.principal_cases import PRINCIPAL_CASES
from tests.integration.changes.resource_cases import RESOURCE_CASES
from tests.support.change_estate import Case, Estate, estate

CASES = (*PRINCIPAL_CASES, *RESOURCE_CASES)


@pytest.fixture(scope="module")
def account() -> Iterator[Estate]:
    with estate() as made:
        yield made


class Tried:
    """A wish as the planner and the applier treat it."""

    def __init__(self, case: Case, account: Estate) -> None:
        self.account = account
        self.spec = case.prepare(account)
        self.kind = change_type(self.spec.change_type)
        self.spec = self.kind.numbered(self.spec, "8d0f0b9e-11f7-4b6f-a2b5-f8d6e0b1a4c20")
        self.kind.check(self.spec)
        self.preview = self.previewed()

    def previewed(self) -> Preview:
        survey = self.kind.survey(self.spec, self.account.writing.reading)
        preview: Preview = self.kind.preview(self.spec, survey)[0]
        return preview

    @property
    def live(self) -> Image:
        found: Image = self.kind.image(self.spec, self.account.writing.reading)
        return found

    def write(self, content: dict[str, Any] | None) -> None:
        self.kind.write(self.spec, content, self.account.writing)

    def undone(self) -> dict[str, Any] | None:
        content: dict[str, Any] | None = self.kind.undone(self.spec, self.preview, self.live)
        return content


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def tried(request: pytest.FixtureRequest, account: Estate) -> Tried:
    return Tried(request.param, account)


def test_every_change_type_is_tried() -> None:
    with estate() as account:
        assert {case.prepare(account).change_type for case in CASES} == set(change_types())


def test_the_preview_begins_with_what_aws_holds_and_ends_with_what_it_holds_then(tried: Tried) -> None:
    assert tried.live == tried.preview.before
    assert tried.preview.before.hash != tried.preview.after.hash
    tried.write(tried.preview.after.content)
    assert tried.live == tried.preview.after


def test_what_is_applied_is_not_planned_again(tried: Tried) -> None:
    tried.write(tried.preview.after.content)
    with pytest.raises(InvalidInput) as refused:
        tried.previewed()
    assert refused.value.reason == ALREADY_SO
    assert tried.live == tried.preview.after


def test_what_is_taken_back_is_what_was_there_byte_for_byte(tried: Tried) -> None:
    tried.write(tried.preview.after.content)
    assert tried.undone() == tried.preview.before.content
    tried.write(tried.undone())
    assert canonical_json(tried.live.content) == canonical_json(tried.preview.before.content)


def test_the_images_survive_json_as_they_are_stored(tried: Tried) -> None:
    assert Preview.model_validate_json(tried.preview.model_dump_json()) == tried.preview
    assert Image.model_validate_json(tried.live.model_dump_json()).hash == tried.live.hash


def test_the_wish_survives_the_wire(tried: Tried) -> None:
    shown = tried.kind.to_wire(tried.spec, tried.preview.before.content)
    again = tried.kind.from_wire(tried.spec.principal_arn, shown, "unused")
    assert tried.kind.numbered(again, "8d0f0b9e-11f7-4b6f-a2b5-f8d6e0b1a4c20") == tried.spec
    stored: Spec = tried.kind.spec.model_validate(tried.spec.model_dump(mode="json"))
    assert stored == tried.spec


def test_an_edit_without_a_document_is_the_same_wish_of_the_same_target(tried: Tried) -> None:
    edited = tried.kind.edited(tried.spec, None, tried.preview.before.content)
    assert (tried.kind.target(edited), tried.kind.place(edited)) == (
        tried.kind.target(tried.spec),
        tried.kind.place(tried.spec),
    )
    assert tried.kind.title(edited)


@pytest.mark.parametrize("case", [case for case in CASES if case.meddle], ids=lambda case: case.name)
def test_what_somebody_else_added_meanwhile_stays_when_ours_is_taken_back(case: Case, account: Estate) -> None:
    tried = Tried(case, account)
    tried.write(tried.preview.after.content)
    assert case.meddle is not None
    assert case.stays is not None
    case.meddle(account, tried.spec)
    wanted = tried.undone()
    if canonical_json(wanted) != canonical_json(tried.live.content):
        tried.write(wanted)
    assert case.stays(account, tried.spec)

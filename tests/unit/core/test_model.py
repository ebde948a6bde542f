from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.core.model import Frozen, OldWire


class Ours(Frozen):
    name: str = "a"


class Theirs(OldWire):
    principal_arn: str = ""
    enabled: bool = False
    Name: str = ""


def test_our_documents_refuse_a_key_that_nobody_knows() -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Ours.model_validate({"nmae": "b"})


@pytest.mark.parametrize("document", [Ours(), Theirs()])
def test_documents_do_not_change(document: Any) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        document.name = "b"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"principal_arn": "x"}, id="as we write it"),
        pytest.param({"PrincipalArn": "x"}, id="in CamelCase"),
        pytest.param({"PrincipalArn": "x", "WhatIsThis": 1, "": 2, "plain": []}, id="beside keys that nobody knows"),
    ],
)
def test_an_old_client_may_write(body: dict[str, Any]) -> None:
    assert Theirs.model_validate(body).principal_arn == "x"


def test_a_field_that_is_written_in_camel_case_itself_is_found() -> None:
    assert Theirs.model_validate({"Name": "x"}).Name == "x"


@pytest.mark.parametrize(("text", "value"), [("True", True), ("False", False), (True, True)])
def test_an_old_client_may_write_booleans_as_words(text: object, *, value: bool) -> None:
    assert Theirs.model_validate({"Enabled": text}).enabled is value


@pytest.mark.parametrize("body", [None, [], "text", 3, True])
def test_what_is_no_object_is_refused_and_not_a_crash(body: object) -> None:
    with pytest.raises(ValidationError):
        Theirs.model_validate(body)

import json

import pytest

from chalicelib.core.errors import Misconfigured, NotAuthenticated
from chalicelib.identity.directory.scim.tokens import ScimTokens
from tests.support.scim import secret_of

OLD, NEW = "o" * 32, "n" * 64


def tokens(text: str, *, switched_on: bool = True) -> ScimTokens:
    return ScimTokens(secret=lambda _: text, switched_on=switched_on)


def test_two_tokens_live_at_once_and_each_has_the_name_of_its_client() -> None:
    both = tokens(secret_of(okta=OLD, entra=NEW))
    assert (both.client(f"Bearer {OLD}"), both.client(f" bearer  {NEW} ")) == ("okta", "entra")


@pytest.mark.parametrize(
    "header", ["", "Bearer", f"Basic {OLD}", f"Bearer {OLD}x", "Bearer " + "o" * 31, "Bearer " + "o" * 2000, OLD]
)
def test_anything_else_is_refused_in_the_same_words(header: str) -> None:
    with pytest.raises(NotAuthenticated, match="missing or not known") as refusal:
        tokens(secret_of(okta=OLD)).client(header)
    assert refusal.value.reason == "bad_push_token"


def test_where_scim_is_no_source_a_good_token_is_refused_too() -> None:
    with pytest.raises(NotAuthenticated, match="switched off"):
        tokens(secret_of(okta=OLD), switched_on=False).client(f"Bearer {OLD}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"tokens": []}',
        json.dumps({"tokens": [{"name": "okta", "token": OLD}]}),
        json.dumps({"tokens": [{"name": "okta", "sha256": OLD}]}),
        secret_of(a=OLD, b=OLD),
        secret_of(a="1", b="2", c="3", d="4", e="5"),
    ],
)
def test_a_secret_that_is_unfit_is_told_without_its_text(text: str) -> None:
    with pytest.raises(Misconfigured, match="must be JSON like") as refusal:
        tokens(text).client(f"Bearer {OLD}")
    assert refusal.value.__cause__ is None
    assert OLD not in str(refusal.value)

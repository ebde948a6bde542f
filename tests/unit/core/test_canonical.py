import hashlib
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.canonical import canonical_json, content_hash

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé ", max_size=4), inner, max_size=5),
    max_leaves=20,
)


def shuffled(value: Any, seed: int) -> Any:
    if isinstance(value, list):
        return [shuffled(item, seed) for item in value]
    if isinstance(value, dict):
        keys = list(value)
        random.Random(seed).shuffle(keys)  # noqa: S311 an order, not a secret
        return {key: shuffled(value[key], seed) for key in keys}
    return value


@given(JSON, st.integers(0, 1000))
def test_the_hash_does_not_depend_on_the_order_of_keys(value: Any, seed: int) -> None:
    assert content_hash(shuffled(value, seed)) == content_hash(value)


def test_the_hash_is_the_sha256_of_the_canonical_text() -> None:
    assert canonical_json({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'
    assert content_hash({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param([1, 2], [2, 1], id="the order of a list"),
        pytest.param({"a": 1}, {"a": "1"}, id="a number and its text"),
        pytest.param({"a": True}, {"a": 1}, id="true and one"),
        pytest.param({"a": None}, {}, id="null and absent"),
    ],
)
def test_the_hash_tells_apart(one: Any, other: Any) -> None:
    assert content_hash(one) != content_hash(other)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_json_does_not_know_has_no_canonical_form(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": value})

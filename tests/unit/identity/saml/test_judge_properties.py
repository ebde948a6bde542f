"""Whatever becomes of a good response on its way: it is refused as such, or still says what was signed."""

import random
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from chalicelib.core.errors import NotAuthenticated
from tests.support.saml.forge import ADA, Forged
from tests.unit.identity.saml.conftest import Judge

WORDS = ["", "x", "-1", "2026-13-45", "\u00e9" * 300, "#_assertion", "urn:oasis:names:tc:SAML:2.0:status:Success"]


def altered(xml: str, seed: int) -> bytes:
    """One to three changes: an element gone, twice, elsewhere, or with another text or attribute."""
    choose = random.Random(seed)  # noqa: S311 hypothesis gives the seed
    root = etree.fromstring(xml.encode())
    for _ in range(choose.randint(1, 3)):
        elements = [element for element in root.iter() if element is not root]
        if not elements:
            break
        _change(choose, choose.choice(elements), root)
    found: bytes = etree.tostring(root)
    return found


def _change(choose: random.Random, element: Any, root: Any) -> None:
    kind = choose.randrange(5)
    parent = element.getparent()
    if kind == 0:
        parent.remove(element)
    elif kind == 1:
        parent.append(etree.fromstring(etree.tostring(element, with_tail=False)))
    elif kind == 2:
        root.append(element)
    elif kind == 3:
        element.text = choose.choice(WORDS)
    elif element.attrib:
        element.set(choose.choice(list(element.attrib)), choose.choice(WORDS))


@given(seed=st.integers(0, 10**9))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_is_refused_or_says_what_was_signed(judge: Judge, forged: Callable[..., Forged], seed: int) -> None:
    try:
        verdict = judge(altered(forged().signed(), seed))
    except NotAuthenticated:
        return
    assert (verdict.name_id, verdict.attributes) == (ADA, {"groups": ("admins", "engineers")})


@given(noise=st.binary(max_size=200), place=st.floats(0, 1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bytes_in_between_break_nothing(
    judge: Judge, forged: Callable[..., Forged], noise: bytes, place: float
) -> None:
    xml = forged().signed().encode()
    at = int(len(xml) * place)
    try:
        verdict = judge(xml[:at] + noise + xml[at:])
    except NotAuthenticated:
        return
    assert (verdict.name_id, verdict.attributes) == (ADA, {"groups": ("admins", "engineers")})

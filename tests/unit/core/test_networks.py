import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.core.networks import check_cidr


@pytest.mark.parametrize(
    ("text", "range_"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        (" 10.0.0.0/8 ", "10.0.0.0/8"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("128.0.0.0/1", "128.0.0.0/1"),
    ],
)
def test_ranges_are_written_in_one_way(text: str, range_: str) -> None:
    assert check_cidr(text) == range_


@pytest.mark.parametrize("text", ["office", "10.0.0.1/8", "10.0.0.0/33", "", "10.0.0.0/8,11.0.0.0/8", "x" * 500])
def test_what_is_no_range_is_refused_with_what_one_looks_like(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_cidr(text)
    assert refusal.value.reason == "bad_cidr"
    begin, _, end = refusal.value.message.partition(" (")
    assert begin == f"'{text[:100]}' is no range of addresses"
    assert end.endswith("). One looks like 203.0.113.0/24 or 2001:db8::/32.")


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0"])
def test_a_range_that_holds_everything_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_cidr(text)
    assert refusal.value.reason == "bad_cidr"
    assert refusal.value.message == f"'{text}' holds every address, and so restricts nothing."

"""Condition blocks of policies, as IAM reads them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

Context = Mapping[str, Sequence[str]]
"""Condition keys with their values; keys are compared without case."""


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def glob(pattern: str, value: str) -> bool:
    """`*` is any run of characters and `?` any one; nothing else is special."""
    parts = (".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern)
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None


def hold(statement: Mapping[str, Any], context: Context, *, doubt: bool) -> bool:
    """Whether all conditions of the statement are met; `doubt` is the answer where an operator is not known."""
    keys = {name.lower(): list(values) for name, values in context.items()}
    for operator, tests in (statement.get("Condition") or {}).items():
        for key, wanted in tests.items():
            verdict = _condition(operator, key.lower(), [_text(value) for value in listed(wanted)], keys)
            if verdict is None and not doubt:
                return False
            if verdict is False:
                return False
    return True


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _condition(operator: str, key: str, wanted: list[str], keys: Mapping[str, list[str]]) -> bool | None:
    """True, False, or None where the operator is not known."""
    quantifier, _, bare = operator.rpartition(":")
    optional = bare.endswith("IfExists")
    bare = bare.removesuffix("IfExists")
    actual = keys.get(key, [])
    if bare == "Null":
        return any((not actual) == (value == "true") for value in wanted)
    negated = "Not" in bare
    compare = _COMPARE.get(bare.replace("Not", "", 1) if negated else bare)
    if compare is None or quantifier not in {"", "ForAnyValue", "ForAllValues"}:
        return None
    filled = [text for value in wanted if (text := _with_variables(value, keys)) is not None]
    if not actual:
        return optional or quantifier == "ForAllValues" or (negated and quantifier == "")
    hits = [any(compare(value, one) for value in filled) != negated for one in actual]
    return any(hits) if quantifier == "ForAnyValue" else all(hits)


def _with_variables(value: str, keys: Mapping[str, list[str]]) -> str | None:
    """The value with `${aws:username}` and the like filled in; None when the request has no such key."""
    missing = False

    def filled(match: re.Match[str]) -> str:
        nonlocal missing
        name, _, default = match[1].partition(",")
        found = keys.get(name.strip().lower(), [])
        if len(found) == 1:
            return found[0]
        missing = missing or not default
        return default.strip().strip("'")

    text = re.sub(r"\$\{([^}*?$]+)\}", filled, value)
    return None if missing else text


def _arn(pattern: str, value: str) -> bool:
    wanted, actual = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(actual) and all(map(glob, wanted, actual))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def compared(wanted: str, actual: str) -> bool:
        try:
            return compare(float(actual), float(wanted))
        except ValueError:
            return False

    return compared


def _date(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def seconds(text: str) -> float:
        if re.fullmatch(r"\d+(\.\d+)?", text):
            return float(text)
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

    def compared(wanted: str, actual: str) -> bool:
        try:
            return compare(seconds(actual), seconds(wanted))
        except ValueError:
            return False

    return compared


def _address(wanted: str, actual: str) -> bool:
    try:
        return ip_address(actual) in ip_network(wanted, strict=False)
    except ValueError:
        return False


def _same(wanted: str, actual: str) -> bool:
    return wanted == actual


def _same_folded(wanted: str, actual: str) -> bool:
    return wanted.lower() == actual.lower()


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_folded,
    "StringLike": glob,
    "ArnEquals": _arn,
    "ArnLike": _arn,
    "Bool": _same_folded,
    "IpAddress": _address,
    "NumericEquals": _number(lambda one, two: one == two),
    "NumericLessThan": _number(lambda one, two: one < two),
    "NumericLessThanEquals": _number(lambda one, two: one <= two),
    "NumericGreaterThan": _number(lambda one, two: one > two),
    "NumericGreaterThanEquals": _number(lambda one, two: one >= two),
    "DateEquals": _date(lambda one, two: one == two),
    "DateLessThan": _date(lambda one, two: one < two),
    "DateLessThanEquals": _date(lambda one, two: one <= two),
    "DateGreaterThan": _date(lambda one, two: one > two),
    "DateGreaterThanEquals": _date(lambda one, two: one >= two),
}

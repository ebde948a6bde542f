"""When a content is another one, and which versions are kept. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from chalicelib.inventory.history.models import ResourceHistory, Version

KEPT = 20


def differing(before: Mapping[str, Any], after: Mapping[str, Any], volatile: Collection[str]) -> tuple[str, ...]:
    """Fields whose contents differ, in order of their names.

    A field that only one of them has came or went with a release of this product, not with a change in AWS.
    """
    shared = (before.keys() & after.keys()) - set(volatile)
    return tuple(sorted(field for field in shared if before[field] != after[field]))


def extended(
    history: ResourceHistory, before: Version | None, after: Version, volatile: Collection[str]
) -> ResourceHistory | None:
    """With what the resource was `before` the change, unless that stands there already, and with what it is `after` it.

    None when the history already says all of this, or something later: the same change may be told twice, or too late.
    """
    versions = list(history.versions)
    if versions and versions[-1].at > after.at:
        return None
    if before is not None and _unheard(versions, before, volatile):
        versions.append(before)
    if not versions or not same(versions[-1], after, volatile):
        versions.append(after)
    if len(versions) == len(history.versions):
        return None
    return history.model_copy(update={"versions": tuple(versions[-KEPT:])})


def same(one: Version, other: Version, volatile: Collection[str]) -> bool:
    if one.gone or other.gone:
        return one.gone and other.gone
    return not differing(one.content, other.content, volatile)


def _unheard(versions: list[Version], before: Version, volatile: Collection[str]) -> bool:
    if not versions:
        return True
    return versions[-1].at < before.at and not same(versions[-1], before, volatile)

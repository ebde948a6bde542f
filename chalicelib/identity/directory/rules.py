"""What the words of several sources mean together: pure."""

from collections.abc import Iterable, Mapping

from chalicelib.identity.directory.models import PUSHED, SIGN_IN, DirectoryConfig, Person, PersonRecord

LASTS = 86_400
"""Seconds for which a source that is asked on schedule speaks for groups after its last complete answer."""


def effective(
    said: Mapping[str, PersonRecord], fresh: Mapping[str, int], config: DirectoryConfig, now: int
) -> Person | None:
    """A person as the records (by source) say together; None when nobody knows them.

    `fresh` is when each source last answered whole. A suspension counts whatever its age, and one is enough. A source that is no
    longer configured has no word. Groups: as `config.groups` says; sources that have been silent for a day do not speak for them,
    and where none speaks the sign-in's own word counts.
    """
    words = [said[source] for source in config.sources if source in said]
    sign_in = said.get(SIGN_IN)
    if not words and sign_in is None:
        return None
    present = [word for word in words if not word.removed]
    removed = bool(words) and not present
    ages = {word.source: _age_of(word, fresh, sign_in) for word in present}
    speaking = [word for word in present if _speaks(word, ages[word.source], config, now)]
    listened: list[tuple[PersonRecord, int, str]] = [(word, ages[word.source], word.source) for word in speaking]
    if sign_in is not None and not removed and _counts(sign_in, speaking, config, now):
        listened.append((sign_in, sign_in.observed_at, sign_in.by or SIGN_IN))
    return Person(
        user=(words[0] if words else sign_in or words[0]).user,
        groups=frozenset(group for word, _, _ in listened for group in word.groups),
        source=", ".join(name for _, _, name in listened),
        observed_at=min((age for _, age, _ in listened), default=0),
        suspended=removed or any(word.suspended for word in present),
        removed=removed,
        known=bool(words),
        speaks=bool(speaking),
    )


def _age_of(word: PersonRecord, fresh: Mapping[str, int], sign_in: PersonRecord | None) -> int:
    """When the word was last good. One that is pushed was still good when the person last signed in."""
    last = fresh.get(word.source, 0)
    if word.source in PUSHED and sign_in is not None:
        return max(last, word.observed_at, sign_in.observed_at)
    return max(last, word.observed_at) if word.source in PUSHED else last


def _speaks(word: PersonRecord, age: int, config: DirectoryConfig, now: int) -> bool:
    if config.groups == SIGN_IN:
        return False
    return word.source in PUSHED or now - age <= LASTS


def _counts(sign_in: PersonRecord, speaking: Iterable[PersonRecord], config: DirectoryConfig, now: int) -> bool:
    """Whether the word of the last sign-in about groups is heard."""
    if not list(speaking):
        return True
    return config.groups == "both" and now - sign_in.observed_at <= LASTS


def may_sign_in_unknown(said: Mapping[str, PersonRecord], config: DirectoryConfig) -> bool:
    return config.unknown_people == "allow" or any(source in said for source in config.sources)

"""The first look at an account at each visit: whether its spoke role can be taken, and now and then its aliases and regions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.accounts.facts import AccountFacts, SpokeHealth, health_of_refusal
from chalicelib.accounts.facts_store import FactsStore
from chalicelib.aws.spoke_read import AccountReader, SpokeReader, iam_paging
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AccessDeniedByAws, AppError, Upstream

ACTIONS = frozenset({"ec2:DescribeRegions", "iam:ListAccountAliases"})
"""What the spoke's reading role needs for this."""

_KEPT = 6 * 3600
"""Seconds for which aliases and regions are believed: a visit in between only takes the role."""


@dataclass(slots=True)
class _Look:
    """One reading of an account. What AWS does not answer is noted, and stays as it was."""

    refused: str | None = None
    silent: bool = False
    found: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def ask(self, what: str, question: Callable[[], tuple[str, ...]]) -> None:
        try:
            self.found[what] = question()
        except AccessDeniedByAws as error:
            self.refused = self.refused or error.message
        except AppError:
            self.silent = True


class ReadAccount:
    def __init__(
        self, *, readers: SpokeReader, store: FactsStore, regions: Sequence[str], home: str, clock: Clock
    ) -> None:
        """`regions` are the configured ones; `home` is where regions are asked for."""
        self._readers = readers
        self._store = store
        self._regions = tuple(regions)
        self._home = home
        self._clock = clock

    def facts(self, account_id: str, *, anew: bool = False) -> AccountFacts:
        """What is known now, written down when it is new. `anew` asks for all of it, however fresh it is.

        An account that nobody gets into is an answer, with its reason. Raises Throttled or Upstream when AWS does not say whether we
        get in.
        """
        known, now = self._store.find(account_id), self._clock.now()
        reader = self._readers.of(account_id)
        try:
            reader.enter()
        except AccessDeniedByAws as error:
            health = health_of_refusal(error)
            return self._noted(
                self._with(known, account_id, spoke=health, entered=False, reason=error.message), known, now
            )
        if not anew and known is not None and known.spoke is SpokeHealth.OK and now - known.checked_at < _KEPT:
            return known
        look = _Look()
        look.ask("aliases", lambda: _aliases(reader))
        look.ask("regions", lambda: _regions(reader, self._home))
        health = SpokeHealth.REFUSED if look.refused else SpokeHealth.OK
        read: dict[str, Any] = {**look.found, **({"regions_known": True} if "regions" in look.found else {})}
        found = self._with(known, account_id, spoke=health, entered=True, reason=look.refused, **read)
        return self._noted(found, known, now, whole=not look.silent)

    def _with(self, known: AccountFacts | None, account_id: str, **news: Any) -> AccountFacts:
        former = known or AccountFacts(account_id=account_id, spoke=SpokeHealth.OK, entered=True)
        told = former.model_copy(update=news)
        return told if told.regions_known else told.model_copy(update={"regions": self._regions})

    def _noted(self, found: AccountFacts, known: AccountFacts | None, now: int, *, whole: bool = True) -> AccountFacts:
        """Written when it says something new, and when what is written has grown old. What AWS left open, the next visit asks again."""
        if not whole:
            if found != known:
                self._store.put(found)
            return found
        if known is not None and found == known and now - known.checked_at < _KEPT:
            return known
        fresh = found.model_copy(update={"checked_at": now})
        self._store.put(fresh)
        return fresh


def _aliases(reader: AccountReader) -> tuple[str, ...]:
    pages = reader.pages("iam", "list_account_aliases", iam_paging("AccountAliases"))
    return tuple(str(alias) for page in pages for alias in page.items)


def _regions(reader: AccountReader, home: str) -> tuple[str, ...]:
    """The enabled ones: those that need no opting in, and those that were opted into."""
    answer = reader.call("ec2", "describe_regions", region=home)
    found = tuple(sorted(str(region["RegionName"]) for region in answer.get("Regions", ())))
    if not found:
        raise Upstream(f"AWS named no region of account {reader.account_id}.", reason="no_regions")
    return found

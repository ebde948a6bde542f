"""One look at one source: asked whole, compared with what was carried out before, and carried out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from pydantic import ValidationError

from chalicelib.core.directory import DirectorySource, DirectoryUser
from chalicelib.core.errors import AppError, Upstream
from chalicelib.identity.directory.carry_out import CarryOut
from chalicelib.identity.directory.listing import (
    Listing,
    difference,
    listing_of,
    person_record,
    verdict,
    without_losses,
)
from chalicelib.identity.directory.models import DirectoryConfig, PersonRecord, SourceReport
from chalicelib.identity.directory.together import WORKERS, Work, all_done

BY = "system:sync_directory"


@dataclass(frozen=True, slots=True)
class Look:
    """`before` is what was carried out of the source's word so far, `began` the epoch seconds of this look."""

    source: str
    before: Listing
    began: int
    carry_out: CarryOut
    workers: int = WORKERS

    def at(
        self, source: DirectorySource, held: str, config: DirectoryConfig, *, returns: bool
    ) -> tuple[SourceReport, str]:
        """What was done, and what stays held. `returns` does it all again, also for those of whom nothing new is said.

        Raises what the source raised, or Upstream when something could not be carried out; what could be is done.
        """
        found = self._asked(source)
        judged = verdict(self.before, found, held, config)
        believed = found if judged.believed else without_losses(self.before, found)
        news = difference(self.before, believed)
        all_done(self._works(believed, returns=returns), self.workers)
        report = SourceReport(
            source=self.source,
            people=len(believed.people),
            groups=len(believed.groups),
            suspended=sum(record.suspended for record in believed.people.values()),
            changed_people=len(news.people),
            changed_groups=len(news.groups),
            removed_people=len(news.gone_people),
            removed_groups=len(news.gone_groups),
            warning=judged.reason or None,
        )
        return report, judged.held

    def _asked(self, source: DirectorySource) -> Listing:
        """Whoever is suspended in an answer that breaks off is suspended: that is a word, and the silence after it is none."""
        users: list[DirectoryUser] = []
        try:
            for user in source.users():
                users.append(user)  # noqa: PERF402 what came before an error is wanted
            return listing_of(self.source, users, source.groups(), self.began)
        except (AppError, ValidationError) as error:
            all_done(self._suspensions(users), self.workers)
            if isinstance(error, AppError):
                raise
            raise Upstream(f"{self.source} says what can't be: {error}", reason="unreadable_answer") from error

    def _suspensions(self, users: Iterable[DirectoryUser]) -> Iterator[tuple[str, Work]]:
        for user in users:
            known = self.before.people.get(user.name)
            if user.suspended and not (known is not None and known.suspended):
                groups = known.groups if known is not None else frozenset[str]()
                yield user.name, self._person(person_record(self.source, user, groups, self.began))

    def _works(self, found: Listing, *, returns: bool) -> Iterator[tuple[str, Work]]:
        """What there is to do: whoever is suspended or removed comes first."""
        news = difference(self.before, found)
        gone = [self._removed(name) for name in sorted(news.gone_people)]
        told = list(found.people.values()) if returns else list(news.people)
        for record in sorted([*gone, *told], key=lambda record: not (record.removed or record.suspended)):
            yield record.user, self._person(record)
        for group in news.groups:
            yield group.group, partial(self.carry_out.group, group, self.before.groups.get(group.group))
        for name in sorted(news.gone_groups):
            yield name, partial(self.carry_out.group_gone, self.source, name, self.began)

    def _removed(self, name: str) -> PersonRecord:
        known = self.before.people[name]
        return PersonRecord(
            source=self.source, user=name, display_name=known.display_name, removed=True, observed_at=self.began
        )

    def _person(self, record: PersonRecord) -> Work:
        return partial(self.carry_out.person, record, self.before.people.get(record.user), BY)

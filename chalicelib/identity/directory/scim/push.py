"""What follows from what was pushed: the directory's words, its sessions, and the audit log."""

from collections.abc import Iterable
from functools import partial

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.identity.directory.carry_out import CarryOut
from chalicelib.identity.directory.listing import group_record, person_record
from chalicelib.identity.directory.models import SCIM, PersonRecord
from chalicelib.identity.directory.scim.convert import directory_group, directory_user
from chalicelib.identity.directory.scim.models import Member, StoredGroup, StoredUser
from chalicelib.identity.directory.scim.store import ScimStore
from chalicelib.identity.directory.store import DirectoryStore
from chalicelib.identity.directory.together import WORKERS, all_done

AT_ONCE = 200
"""So many people who only gain by a push are served while the client waits; the next sync serves the rest."""
_HEARD_EVERY = 60
_TRIES = 4


class Push:
    """A failure leaves what was pushed standing: the next sync of the source `scim` carries out the rest."""

    def __init__(
        self,
        *,
        store: ScimStore,
        directory: DirectoryStore,
        carry_out: CarryOut,
        audit: AuditLog,
        clock: Clock,
        workers: int = WORKERS,
    ) -> None:
        self._store = store
        self._directory = directory
        self._carry_out = carry_out
        self._audit = audit
        self._clock = clock
        self._workers = workers

    def heard(self) -> None:
        """Notes that the client is there: so long its words are fresh."""
        state, now = self._directory.state(SCIM), self._clock.now()
        if state.succeeded_at is None or now - state.succeeded_at >= _HEARD_EVERY:
            self._directory.put_state(state.model_copy(update={"succeeded_at": now}), now)

    def keep_out(self, name: str) -> None:
        """Before anything else is done about somebody who is suspended or gone: no session begins from now on."""
        known = self._directory.listed_person(SCIM, name)
        groups = known.groups if known is not None else frozenset[str]()
        self._directory.say(
            PersonRecord(source=SCIM, user=name, groups=groups, suspended=True, observed_at=self._clock.now())
        )

    def person(self, user: StoredUser, by: str) -> None:
        """Reads the groups again afterwards: another push may have changed them meanwhile."""
        for _ in range(_TRIES):
            groups = self._groups(user.id)
            record = person_record(SCIM, directory_user(user), groups, self._clock.now())
            self._carry_out.person(record, self._directory.listed_person(SCIM, user.name), by)
            if self._groups(user.id) == groups:
                return
        raise Conflict(f"The groups of {user.name} keep changing. Send it again.")

    def _groups(self, user_id: str) -> frozenset[str]:
        return frozenset(group.name for group in self._store.groups_of(user_id))

    def gone(self, name: str, by: str) -> None:
        record = PersonRecord(source=SCIM, user=name, removed=True, observed_at=self._clock.now())
        self._carry_out.person(record, self._directory.listed_person(SCIM, name), by)

    def people(self, losers: Iterable[Member], gainers: Iterable[Member], by: str) -> None:
        """Whoever may lose something comes first, and all of them; raises Upstream when some failed."""
        first = list(losers)
        ids = [member.id for member in [*first, *list(gainers)[:AT_ONCE]]]
        users = self._store.found_users(ids)
        works = [(users[one].name, partial(self.person, users[one], by)) for one in ids if one in users]
        all_done(works, self._workers)

    def group(self, group: StoredGroup) -> None:
        listed = directory_group(group, self._store.members(group.id).values())
        record = group_record(SCIM, listed, listed.members, self._clock.now())
        self._carry_out.group(record, self._directory.listed_group(SCIM, group.name))

    def group_gone(self, name: str) -> None:
        self._carry_out.group_gone(SCIM, name, self._clock.now())

    def tell(self, what: str, target: str, by: str, **details: str | int | bool | None) -> None:
        self._audit.record(
            AuditEntry(
                action="directory.push",
                person=by,
                target=target,
                outcome=Outcome.DONE,
                reason=what,
                details=details,
            )
        )

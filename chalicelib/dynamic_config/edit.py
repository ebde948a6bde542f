"""Changing the configuration: what is in force, what a change would do, and the save that replaces exactly what was read."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.configuration_hooks import Effect, Finding, Guard, Sections
from chalicelib.core.errors import AppError, Conflict, Forbidden, InvalidInput
from chalicelib.core.principals import Caller, Principal
from chalicelib.dynamic_config.document import Configuration
from chalicelib.dynamic_config.faults import BadDocument
from chalicelib.dynamic_config.follow_up import TARGET, FollowUp
from chalicelib.dynamic_config.models import Current, Preview, Saved, SaveWish, Shown, Version, VersionInfo, hash_of
from chalicelib.dynamic_config.packaged import Packaged
from chalicelib.dynamic_config.rules import changed_sections, guards_against, is_repeated, unexplained, unified_diff
from chalicelib.dynamic_config.store import ConfigStore
from chalicelib.observability import logger

FOLLOW_SECONDS = 35
"""Longer than the API function lives."""
Check = Callable[[Sections, Sections, Caller], Iterable[Finding]]


class ConfigurationEditor:
    def __init__(
        self,
        *,
        store: ConfigStore,
        packaged: Packaged,
        check: Check,
        follow_up: FollowUp,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        """`check` asks the hooks `configuration_check`."""
        self._store = store
        self._packaged = packaged
        self._check = check
        self._follow_up = follow_up
        self._audit = audit
        self._clock = clock

    def shown(self) -> Shown:
        """What is in force by now, strongly consistent, as a person reads and edits it."""
        return self._shown(self._store.current())

    def _shown(self, current: Current | None) -> Shown:
        if current is None:
            text = self._packaged.editable
            return Shown(text=text, sha256=hash_of(text), deployment=self._packaged.deployment, current=None, info=None)
        version = self._store.version(current.number)
        return Shown(
            text=version.text,
            sha256=version.info.sha256,
            deployment=self._packaged.deployment,
            current=current,
            info=version.info,
        )

    def preview(self, caller: Caller, text: str) -> Preview:
        """What a save of the text would do. Stores nothing; faults are an answer here, not an error."""
        shown = self.shown()
        try:
            after = self._packaged.checked(text, _number(shown.current) + 1)
        except BadDocument as error:
            return Preview(sha256=shown.sha256, faults=error.faults)
        before = self._in_force(shown)
        findings = tuple(self._check(before, after, caller))
        return Preview(
            sha256=shown.sha256,
            sections=changed_sections(before, after),
            effects=(
                *(finding for finding in findings if isinstance(finding, Effect)),
                *unexplained(before, after, findings),
            ),
            guards=tuple(finding for finding in findings if isinstance(finding, Guard)),
        )

    def save(self, caller: Caller, wish: SaveWish) -> Saved:
        """Puts a text in force, if what is in force is still what the person had read.

        Raises InvalidInput naming every fault or what has to be confirmed, Forbidden for a guard that does not give way, and
        Conflict saying who saved meanwhile. Repeating a save that succeeded answers as the first time.
        """
        sha256 = hash_of(wish.text)
        if sha256 == wish.existing_sha256:
            raise InvalidInput("Nothing is changed: this is the text that you began with.", reason="unchanged")
        shown, author = self.shown(), str(Principal.user(caller.user))
        if shown.current is not None and shown.info is not None:
            if is_repeated(shown.info, author, sha256, wish):
                return Saved(info=shown.info, text=shown.text, applied=shown.current.settled)
            if shown.sha256 != wish.existing_sha256:
                raise self._overtaken(shown)
        before, after = self._in_force(shown), self._checked(wish.text, _number(shown.current) + 1)
        self._refuse_guarded(caller, author, wish, before, after)
        info = VersionInfo(
            number=self._next_number(shown.current),
            sha256=sha256,
            previous=shown.sha256,
            author=author,
            saved_at=self._clock.now(),
            comment=wish.comment.strip(),
            sections=changed_sections(before, after),
            restored=wish.restored,
        )
        try:
            self._store.add(Version(info=info, text=wish.text), shown.current)
        except Conflict as error:
            raise self._overtaken(self.shown()) from error
        return Saved(info=info, text=wish.text, applied=self._followed_up())

    def roll_back(self, caller: Caller, number: int, wish: SaveWish) -> Saved:
        """Puts an older version's text in force again, as a new version and with the same checks. Raises NotFound, and as `save`."""
        text = self._store.version(number).text
        return self.save(caller, wish.model_copy(update={"text": text, "restored": number}))

    def compared(self, number: int, against: int | None) -> tuple[Version, str | None]:
        """A version, and what is different in it from another one. Raises NotFound."""
        version = self._store.version(number)
        if against is None:
            return version, None
        other = self._store.version(against)
        names = {"before_name": f"version {against}", "after_name": f"version {number}"}
        return version, unified_diff(other.text, version.text, **names)

    def _checked(self, text: str, number: int) -> Configuration:
        try:
            return self._packaged.checked(text, number)
        except BadDocument as error:
            raise InvalidInput(
                error.message,
                reason="bad_configuration",
                extra={"faults": [fault.model_dump() for fault in error.faults]},
            ) from error

    def _refuse_guarded(
        self, caller: Caller, author: str, wish: SaveWish, before: Configuration, after: Configuration
    ) -> None:
        findings = tuple(self._check(before, after, caller))
        final, unconfirmed = guards_against(findings, wish.confirmed)
        if final is not None:
            entry = AuditEntry(
                action="config.save" if wish.restored is None else "config.rollback",
                person=author,
                target=TARGET,
                outcome=Outcome.REFUSED,
                reason=final.reason,
                details={"rule": final.rule, "before": wish.existing_sha256, "after": hash_of(wish.text)},
            )
            self._audit.record(entry)
            raise Forbidden(final.reason, reason=final.rule)
        if unconfirmed:
            raise InvalidInput(
                " ".join(guard.reason for guard in unconfirmed),
                reason="needs_confirmation",
                extra={"guards": [guard.model_dump() for guard in unconfirmed]},
            )

    def _in_force(self, shown: Shown) -> Configuration:
        if shown.info is None:
            return self._packaged.configuration
        return self._packaged.stored(Version(info=shown.info, text=shown.text))

    def _next_number(self, current: Current | None) -> int:
        return (self._store.newest_number() if current is None else current.number) + 1

    def _followed_up(self) -> bool:
        """The save stands: what fails now is done by the task."""
        try:
            return self._follow_up.run(FOLLOW_SECONDS).done
        except AppError as error:
            logger.warning("left to the task follow_configuration", extra={"cause": error.message[:500]})
            return False

    def _overtaken(self, shown: Shown) -> Conflict:
        info = shown.info
        assert info is not None  # noqa: S101 somebody saved, or nobody could have been faster
        when = datetime.fromtimestamp(info.saved_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return Conflict(
            f"{info.author} saved version {info.number} at {when}, after you began. Your text is not lost: compare it with"
            " theirs, and save again on top of it.",
            reason="changed_meanwhile",
            extra={
                "current": {
                    "number": info.number,
                    "saved_by": info.author,
                    "saved_at": info.saved_at,
                    "comment": info.comment,
                    "sha256": shown.sha256,
                }
            },
        )


def _number(current: Current | None) -> int:
    return current.number if current else 0

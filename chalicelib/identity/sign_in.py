"""Signing in, whatever the method: what all of them share, and nothing that one of them knows better."""

import secrets
from collections.abc import Callable, Mapping, Sequence

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Forbidden, NotAuthenticated, NotFound, Upstream
from chalicelib.core.principals import SessionKind
from chalicelib.identity.directory.people import PeopleStore
from chalicelib.identity.methods.base import (
    Attempt,
    Identified,
    Proved,
    RedirectMethod,
    RequestMethod,
)
from chalicelib.identity.models import SessionToken
from chalicelib.identity.names import same
from chalicelib.identity.sessions import SessionService
from chalicelib.identity.sign_in_store import SignInStore, hashed
from chalicelib.observability import logger
from chalicelib.wire.http import HttpRequest

GroupsOf = Callable[[str, frozenset[str], str], frozenset[str]]
"""User, groups as the method has told them, and the method: the groups that count."""

_LONGEST_STATE = 200
_PROVED = "proved"
"""Note of an attempt whose answer was judged, and whose session waits for the browser that began."""


class SignIn:
    def __init__(
        self,
        *,
        methods: Sequence[RedirectMethod | RequestMethod],
        store: SignInStore,
        sessions: SessionService,
        people: PeopleStore,
        groups_of: GroupsOf,
        public_url: str,
        clock: Clock,
    ) -> None:
        self.methods = tuple(methods)
        self.choices: tuple[RedirectMethod, ...] = tuple(one for one in methods if not isinstance(one, RequestMethod))
        """The methods that a person chooses from, in the deployment's order."""
        self._of_request = tuple(one for one in methods if isinstance(one, RequestMethod))
        self._store = store
        self._sessions = sessions
        self._people = people
        self._groups_of = groups_of
        self._public_url = public_url
        self._clock = clock

    def begin(self, name: str, return_to: str, browser: str, address: str) -> str:
        """Where the browser goes now. `browser` is the secret in its cookie.

        Raises NotFound, LimitExceeded for an address from which too many begin, or Upstream as the method does.
        """
        method = self._choice(name)
        self._store.count(address)
        attempt = Attempt(
            method=name,
            state=secrets.token_urlsafe(32),
            return_to=return_to,
            browser=hashed(browser),
            begun_at=self._clock.now(),
        )
        begun = method.begin(attempt)
        self._store.add(attempt.model_copy(update={"notes": begun.notes}))
        return begun.url

    def _choice(self, name: str) -> RedirectMethod:
        for method in self.choices:
            if method.name == name:
                return method
        raise NotFound("There is no such way to sign in here.", reason="unknown_method")

    def take(self, state: str, browser: str) -> Attempt:
        """The attempt that an answer belongs to: it counts once, and for the browser that began.

        Raises NotAuthenticated for an answer to a question that this browser did not ask.
        """
        attempt = self._known(state)
        brings_cookies = self._choice(attempt.method).brings_cookies
        if brings_cookies and not same(hashed(browser), attempt.browser):
            raise _other_browser()
        return attempt

    def _known(self, state: str) -> Attempt:
        attempt = self._store.take(state) if 0 < len(state) <= _LONGEST_STATE else None
        if attempt is None:
            raise _unknown()
        return attempt

    def finish(self, attempt: Attempt, request: HttpRequest) -> SessionToken:
        """Begins the session of whoever the provider's answer proves. Raises as the method does."""
        method = self._choice(attempt.method)
        if not method.brings_cookies:
            # Nobody has looked yet whose browser it is: that is for `hold` and `collect`.
            raise _wrong_place()
        return self._start(method.finish(attempt, request), request)

    def hold(self, attempt: Attempt, request: HttpRequest) -> str:
        """Judges an answer that came without cookies. What it returns lets the browser that began collect the session, once.

        Else somebody could have their own answer posted from another's browser, which would then act as them unawares.
        """
        method = self._choice(attempt.method)
        if method.brings_cookies:
            raise _wrong_place()
        proved, ticket = method.finish(attempt, request), secrets.token_urlsafe(32)
        self._store.add(attempt.model_copy(update={"state": ticket, "notes": {_PROVED: proved.model_dump_json()}}))
        return ticket

    def collect(self, ticket: str, browser: str, request: HttpRequest) -> tuple[SessionToken, str]:
        """The session for a ticket of `hold`, and the path that the person came for. Raises NotAuthenticated."""
        attempt = self._known(ticket)
        if _PROVED not in attempt.notes:
            raise _unknown()
        if not same(hashed(browser), attempt.browser):
            raise _other_browser()
        return self._start(Proved.model_validate_json(attempt.notes[_PROVED]), request), attempt.return_to

    def identify(self, request: HttpRequest) -> Identified | None:
        """The person whom the request itself names, by the first method that finds one. Raises Forbidden for a forged name."""
        for method in self._of_request:
            if found := method.identify(request):
                return found
        return None

    def start(self, identified: Identified, request: HttpRequest) -> SessionToken:
        """Begins the session of a person whom their request names."""
        return self._start(Proved(identified=identified), request)

    def _start(self, proved: Proved, request: HttpRequest) -> SessionToken:
        identified = proved.identified
        if identified.directory_required:
            self._require_directory(identified.user)
        token = self._sessions.start(
            user=identified.user,
            groups=self._groups_of(identified.user, identified.groups, identified.method),
            # To note that a provider told none would forget what an earlier sign-in told.
            note_groups=identified.groups_complete,
            kind=SessionKind.WEB,
            method=identified.method,
            address=request.address,
            client=request.user_agent,
            sign_out=proved.sign_out,
            no_later_than=identified.ends_at,
        )
        logger.info("signed in", extra={"method": identified.method, "groups": len(identified.groups)})
        return token

    def _require_directory(self, user: str) -> None:
        person = self._people.find(user)
        if person is None or not person.speaks:
            raise Forbidden(
                "You are in more groups than your identity provider tells, and no directory tells yours. An administrator checks the "
                "directory's synchronisation.",
                reason="groups_unknown",
            )

    def sign_out_url(self, method: str, notes: Mapping[str, str]) -> str | None:
        """Where the browser ends the provider's session too; None where there is no such place, or it can't be asked now."""
        found = next((one for one in self.choices if one.name == method), None)
        if found is None:
            return None
        try:
            return found.sign_out_url(notes, f"{self._public_url}/")
        except Upstream as error:
            # The session here has ended already, and that is what was asked for.
            logger.warning("signed out here only", extra={"method": method, "reason": error.reason})
            return None


def _unknown() -> NotAuthenticated:
    return NotAuthenticated(
        "This sign-in is not known: it took longer than ten minutes, or its page was opened twice. Start again.",
        reason="unknown_sign_in",
    )


def _wrong_place() -> NotAuthenticated:
    return NotAuthenticated("This answer came to the wrong place. Start again.", reason="unknown_sign_in")


def _other_browser() -> NotAuthenticated:
    return NotAuthenticated(
        "This sign-in was begun in another browser, or cookies are switched off. Start again in this one.",
        reason="other_browser",
    )

"""Several people submit, edit, approve, reject, ask for changes, extend and end at random, while time jumps and processes die: after each
step everything is as a small model says, and nothing is there that nobody lets be there.
"""

from typing import Any, ClassVar, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from chalicelib.core.errors import AppError
from tests.support.request_model import APPLIED, APPROVERS, CANCELLED, FAILED, PENDING, REBASE, REJECTED, Model, Wished
from tests.support.request_world import ADA, BO, EVE, ZOE, World, body, document, wish

MINUTE = 60
CY = "cy@example.com"
PEOPLE = (ADA, BO, CY, EVE, ZOE)
CONTENTS = {"read": document("s3:GetObject"), "list": document("s3:ListBucket", resource="arn:aws:s3:::exports")}
NAMES = {str(content): name for name, content in CONTENTS.items()}


class Move(NamedTuple):
    """What somebody may do at a step; each deed takes of it what it needs. `which` counts from the newest request, times are minutes."""

    user: str
    place: str
    content: str
    after: int | None
    passes: int
    which: int
    flag: bool


moves = st.builds(
    Move,
    user=st.sampled_from(PEOPLE),
    place=st.sampled_from(["a", "b"]),
    content=st.sampled_from(sorted(CONTENTS)),
    after=st.sampled_from([None, 30, 60, 120]),
    passes=st.sampled_from([1, 20, 31, 61, 125]),
    which=st.integers(0, 3),
    flag=st.booleans(),
)
DEEDS = {
    "approve_by_all": 4,
    "approve": 3,
    "edit": 2,
    "submit": 3,
    "reject_or_cancel": 1,
    "ask_for_changes": 1,
    "extend": 3,
    "end_now": 1,
    "end_sooner": 2,
    "let_time_pass": 3,
    "die": 1,
}
"""How often each is done."""


class Requests(RuleBasedStateMachine):
    shop: ClassVar[World]

    @initialize(quorum=st.sampled_from([1, 2]))
    def begin(self, quorum: int) -> None:
        self.model = Model(quorum)
        self.shop.begin_anew()
        self.shop.configure(
            groups={"can_admin_policies": [f"user:{name}" for name in sorted(APPROVERS)]},
            requests={"approval_rules": [{"name": "so many", "stages": [{"count": quorum}]}]},
        )
        self._signed_in()

    def _signed_in(self) -> None:
        for user in PEOPLE:
            self.shop.sign_in(user)

    def _one(self, place: int) -> str:
        """One of the last requests."""
        ids = list(self.model.requests)
        return ids[-1 - place % len(ids)]

    def _at(self, after: int | None) -> int | None:
        return None if after is None else self.shop.clock.now() + after * MINUTE

    def _told(self, user: str, request_id: str, command: str, **more: Any) -> str:
        """The error's name; nothing when it was done."""
        try:
            self.shop.order(user, request_id, command, **more)
        except AppError as error:
            return type(error).__name__
        return ""

    def _settled(self, request_id: str) -> str:
        """What became of it once its workflow has come as far as it can."""
        self.shop.workflows.run()
        return str(self.shop.find(request_id).head.state)

    @rule(deed=st.sampled_from([deed for deed, often in DEEDS.items() for _ in range(often)]), move=moves)
    def step(self, deed: str, move: Move) -> None:
        """One rule for all: Hypothesis leaves out some rules of a walk, and a walk without submissions is none."""
        getattr(self, deed if self.model.requests else "submit")(move)

    def submit(self, move: Move) -> None:
        user, place, content, after = move.user, move.place, move.content, move.after
        there, until = self.model.there().get(place), self._at(after)
        new = there is None or there == content
        asked = body(wish(CONTENTS[content], name=place, until=until, new=new))
        temporary = [one for one in self.model.requests.values() if one.state == APPLIED and one.ends is not None]
        held = [one for one in temporary if one.place == place and one.content != content]
        stays = any(
            one.state == APPLIED and one.ends is None and (one.place, one.content) == (place, content)
            for one in self.model.requests.values()
        )
        request_id, refused = "", ""
        try:
            request_id = self.shop.requested(user, asked)
        except AppError as error:
            refused = error.reason
        if refused:
            assert refused in {"already_so", "held_for_a_time"}
            assert held if refused == "held_for_a_time" else there == content
            return
        assert not (there == content and stays), "nothing was to be done"
        self.model.requests[request_id] = Wished(user, place, content, until)

    def edit(self, move: Move) -> None:
        user, content, request_id = move.user, move.content, self._one(move.which)
        expected = self.model.may_edit(request_id, user)
        told = self._told(
            user, request_id, "update_change", change_id=f"{request_id}0", policy_document=CONTENTS[content]
        )
        assert told == expected or (not expected and told == "InvalidInput"), told
        if not told:
            self.model.edit(request_id, user, content)
            assert self._settled(request_id) == PENDING

    def approve(self, move: Move) -> None:
        user, stale = move.user, move.flag
        request_id, until = self._one(move.which), self._at(move.after)
        shown = self.shop.shown(request_id)
        if stale and shown["revision"] > 1:
            shown = {"revision": shown["revision"] - 1, "revision_hash": "0" * 64}
        expected = self.model.may_approve(request_id, user)
        told = self._told(user, request_id, "approve_request", until=until, **shown)
        if shown["revision_hash"] == "0" * 64:
            assert told == (expected or "Conflict")
            return
        assert told == expected, told
        if told:
            return
        complete = self.model.approve(request_id, user, until)
        state = self._settled(request_id)
        if not complete:
            assert state == PENDING
            return
        end = self.model.end_of(request_id)
        if end is not None and end <= self.shop.clock.now():
            assert state == FAILED
        assert state in {APPLIED, REBASE, FAILED}
        if state == APPLIED:
            self.model.apply(request_id)
            assert self.shop.find(request_id).records[0].until == self.model.requests[request_id].ends
        else:
            self.model.requests[request_id].state = state

    def approve_by_all(self, move: Move) -> None:
        """As many as it takes, so that many a walk gets beyond the decision."""
        for user in sorted(APPROVERS):
            if not self.model.may_approve(self._one(move.which), user):
                self.approve(move._replace(user=user, flag=False))

    def reject_or_cancel(self, move: Move) -> None:
        user, rejects, request_id = move.user, move.flag, self._one(move.which)
        command = "reject_request" if rejects else "cancel_request"
        expected = self.model.may_say_no(request_id, user) if rejects else self.model.may_edit(request_id, user)
        assert self._told(user, request_id, command) == expected
        if not expected:
            self.model.requests[request_id].state = REJECTED if rejects else CANCELLED

    def ask_for_changes(self, move: Move) -> None:
        user, request_id = move.user, self._one(move.which)
        expected = self.model.may_say_no(request_id, user, asks=True)
        assert self._told(user, request_id, "ask_for_changes", comment_text="less, please") == expected
        if not expected:
            self.model.ask(request_id, user)

    def extend(self, move: Move) -> None:
        user, request_id = move.user, self._one(move.which)
        until = self.shop.clock.now() + (180 if move.flag else 90) * MINUTE
        expected = self.model.may_end(request_id, user)
        before = set(self.model.requests)
        told = self._told(user, request_id, "extend_request", until=until)
        assert told == expected or (not expected and told == "InvalidInput"), told
        if told:
            return
        self.shop.workflows.run()
        with self.shop.boundary.unguarded():
            listed = [one.id for one in self.shop.container().requests.catalog.store.newest(100)]
        for new in listed:
            if new not in before:
                old = self.model.requests[request_id]
                assert self.shop.find(new).head.extends == request_id
                self.model.requests[new] = Wished(user, old.place, old.content, until)

    def end_now(self, move: Move) -> None:
        user, request_id = move.user, self._one(move.which)
        expected = self.model.may_end(request_id, user)
        assert self._told(user, request_id, "end_request") == expected
        if not expected:
            self.model.requests[request_id].ends = self.shop.clock.now()
            self.shop.workflows.run()

    def end_sooner(self, move: Move) -> None:
        user, request_id = move.user, self._one(move.which)
        until = self.shop.clock.now() + (45 if move.flag else 10) * MINUTE
        request = self.model.requests[request_id]
        if request.state in {PENDING, REBASE}:
            return
        expected = self.model.may_end(request_id, user)
        told = self._told(user, request_id, "change_expiry", until=until)
        sooner = request.ends is not None and until < request.ends
        assert told == (expected or ("" if sooner else "InvalidInput"))
        if not told:
            request.ends = until

    def let_time_pass(self, move: Move) -> None:
        self.shop.clock.advance(move.passes * MINUTE)
        self._signed_in()
        self.shop.tick(0)

    def die(self, _: Move) -> None:
        self.shop.crash()

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        self.model.pass_time(self.shop.clock.now())
        held = {name: NAMES[str(content)] for name, content in self.shop.policies().items()}
        assert held == self.model.there()
        for request_id, request in [*self.model.requests.items()][-1:]:
            found = self.shop.find(request_id)
            assert found.head.state == request.state, request
            assert set(found.revision.authors) == request.authors


def walk(shop: World, examples: int) -> None:
    Requests.shop = shop
    run_state_machine_as_test(
        Requests,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],  # to shrink fifty steps against the embedded AWS takes many minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_five_hundred_random_steps_leave_everything_as_the_model_says(shop: World) -> None:
    walk(shop, 10)


@pytest.mark.long
def test_ten_thousand_random_steps_leave_everything_as_the_model_says(shop: World) -> None:
    walk(shop, 200)

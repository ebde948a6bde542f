"""A message goes to each channel once, whatever becomes of the others."""

from chalicelib.core.errors import Upstream
from chalicelib.notifications.messages import Message
from chalicelib.notifications.send import Sender
from tests.support.messages import message


class Fake:
    def __init__(self, name: str, *, fails: bool = False) -> None:
        self.name = name
        self.fails = fails
        self.heard: list[Message] = []

    def tell(self, message: Message) -> None:
        self.heard.append(message)
        if self.fails:
            raise Upstream(f"{self.name} is down")


def test_a_channel_that_fails_keeps_no_other_from_telling() -> None:
    broken, fine = Fake("broken", fails=True), Fake("fine")
    sent = Sender([broken, fine]).send(message())
    assert len(fine.heard) == 1
    assert sent.done == {"fine"}
    assert not sent.complete
    assert sent.failure == "broken: broken is down"


def test_a_second_try_tells_only_those_who_do_not_have_it() -> None:
    first, second = Fake("first"), Fake("second")
    sent = Sender([first, second]).send(message(), {"first"})
    assert (len(first.heard), len(second.heard)) == (0, 1)
    assert sent.complete
    assert sent.done == {"first", "second"}


def test_what_every_channel_has_is_done_without_asking_any() -> None:
    assert Sender([]).send(message()).complete

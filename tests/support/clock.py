"""A clock that stands still until it is told to move."""

from dataclasses import dataclass

START = 1_800_000_000


@dataclass
class FrozenClock:
    seconds: int = START

    def now(self) -> int:
        return self.seconds

    def advance(self, seconds: int) -> None:
        self.seconds += seconds

"""Time as the product knows it: whole epoch seconds, from a clock that is handed in."""

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> int:
        """Epoch seconds."""


class SystemClock:
    def now(self) -> int:
        return int(time.time())

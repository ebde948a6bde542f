"""What waits in the queue of `tell_people`."""

from typing import Literal

from chalicelib.core.model import Frozen


class TellMessage(Frozen):
    """Something about this request is to be told. `call` tells one such message from the next."""

    kind: Literal["tell"] = "tell"
    request_id: str
    call: str

"""Address ranges as people write them."""

import ipaddress

from chalicelib.core.errors import InvalidInput


def check_cidr(text: str) -> str:
    """The range in its usual form: `203.0.113.7` becomes `203.0.113.7/32`.

    Raises InvalidInput for what is no range, for one whose address lies inside it (`10.0.0.1/8` may mean two things), and for
    one that holds every address.
    """
    try:
        network = ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise InvalidInput(
            f"'{text[:100]}' is no range of addresses ({error}). One looks like 203.0.113.0/24 or 2001:db8::/32.",
            reason="bad_cidr",
        ) from error
    if network.prefixlen == 0:
        raise InvalidInput(f"'{text[:100]}' holds every address, and so restricts nothing.", reason="bad_cidr")
    return str(network)

"""The partitions of AWS: where their consoles and sign-in endpoints are. Source: AWS general reference, "Console endpoints"."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from chalicelib.core.errors import InvalidInput

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}")


@dataclass(frozen=True, slots=True)
class Partition:
    console: str
    federation: str


_PARTITIONS = {
    "aws": Partition("console.aws.amazon.com", "https://signin.aws.amazon.com/federation"),
    "aws-cn": Partition("console.amazonaws.cn", "https://signin.amazonaws.cn/federation"),
    "aws-us-gov": Partition("console.amazonaws-us-gov.com", "https://signin.amazonaws-us-gov.com/federation"),
}


def partition(name: str) -> Partition:
    """Raises InvalidInput for a partition that has no console."""
    if name not in _PARTITIONS:
        raise InvalidInput(f"The partition {name} has no console that this product knows.", reason="unknown_partition")
    return _PARTITIONS[name]


def console_destination(partition_name: str, region: str, wanted: str) -> str:
    """Where in the console somebody lands: `wanted` if it is a page of the partition's console, else its start page.

    Raises InvalidInput for another host: the link would sign somebody in and send them elsewhere.
    """
    host = partition(partition_name).console
    if not _REGION.fullmatch(region):
        raise InvalidInput(f"'{region[:50]}' is not a region.", reason="bad_region")
    if not wanted:
        return f"https://{region}.{host}/console/home?region={region}"
    if not _is_page_of(host, wanted):
        raise InvalidInput(f"The destination must be a page of https://{host}.", reason="bad_destination")
    return wanted


def _is_page_of(host: str, wanted: str) -> bool:
    try:
        target = urlsplit(wanted)
        plain = target.scheme == "https" and target.username is None and target.port is None
    except ValueError:
        return False
    # Browsers read a backslash as a slash, and so another host before it.
    return plain and "\\" not in wanted and (target.hostname == host or (target.hostname or "").endswith(f".{host}"))

"""The partitions of AWS: where their consoles and sign-in endpoints are. Source: AWS general reference, "Console endpoints"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from chalicelib.core.errors import InvalidInput

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}")
_SESSION_OF_A_TAB = re.compile(r"^\d{12}-[a-z0-9]+\.")
"""With several sessions in one browser, the console's host begins with the account and a word for the session."""


@dataclass(frozen=True, slots=True)
class Partition:
    """`console` is the console's host, whose subdomains are the console too; `domain` is under which AWS's other pages are, and
    `endpoints` under which its regions' services answer.
    """

    console: str
    domain: str
    sign_in: str
    endpoints: str = "amazonaws.com"

    @property
    def federation(self) -> str:
        return f"https://{self.sign_in}/federation"

    @property
    def sign_out(self) -> str:
        return f"https://{self.sign_in}/oauth"


_PARTITIONS = {
    "aws": Partition("console.aws.amazon.com", "aws.amazon.com", "signin.aws.amazon.com"),
    "aws-cn": Partition("console.amazonaws.cn", "amazonaws.cn", "signin.amazonaws.cn", "amazonaws.com.cn"),
    "aws-us-gov": Partition("console.amazonaws-us-gov.com", "amazonaws-us-gov.com", "signin.amazonaws-us-gov.com"),
    "aws-eusc": Partition(
        "console.amazonaws-eusc.eu", "amazonaws-eusc.eu", "eusc-de-east-1.signin.amazonaws-eusc.eu", "amazonaws.eu"
    ),
}


def partition(name: str) -> Partition:
    """Raises InvalidInput for a partition that has no console."""
    if name not in _PARTITIONS:
        raise InvalidInput(f"The partition {name} has no console that this product knows.", reason="unknown_partition")
    return _PARTITIONS[name]


def is_region(name: str) -> bool:
    """Whether it has the form of a region's name."""
    return _REGION.fullmatch(name) is not None


def console_destination(partition_name: str, region: str, wanted: str, more_hosts: Iterable[str] = ()) -> str:
    """Where in the console somebody lands: `wanted` if it is a page of the partition's console or of one of AWS's hosts that are
    named, else the region's start page. What it says of a session of another tab is left out.

    Raises InvalidInput for another host: the link would sign somebody in and send them elsewhere.
    """
    found = partition(partition_name)
    if not is_region(region):
        raise InvalidInput(f"'{region[:50]}' is not a region.", reason="bad_region")
    if not wanted:
        return f"https://{region}.{found.console}/console/home?region={region}"
    named = {host for host in more_hosts if host.endswith(f".{found.domain}")}
    if not _is_page_of(found.console, named, wanted):
        raise InvalidInput(f"The destination must be a page of https://{found.console}.", reason="bad_destination")
    target = urlsplit(wanted)
    return urlunsplit(target._replace(netloc=_SESSION_OF_A_TAB.sub("", target.netloc)))


def signed_out_first(partition_name: str, sign_in_url: str) -> str:
    """A link that ends the browser's other console sessions, and then signs in."""
    query = {"Action": "logout", "redirect_uri": sign_in_url}
    return f"{partition(partition_name).sign_out}?{urlencode(query)}"


def _is_page_of(console: str, hosts: Iterable[str], wanted: str) -> bool:
    # Browsers read a backslash as a slash, and so another host before it; they drop line ends and tabs.
    if not wanted.isprintable() or "\\" in wanted or " " in wanted:
        return False
    try:
        target = urlsplit(wanted)
        plain = target.scheme == "https" and target.username is None and target.port is None
    except ValueError:
        return False
    host = target.hostname or ""
    return plain and (host == console or host.endswith(f".{console}") or host in hosts)

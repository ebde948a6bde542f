"""AWS replaced where botocore would send bytes: IAM of any number of accounts, STS, SQS, S3 and the tables, answering at once."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from bench.simulated_tables import Tables

_PAGE = 1000
_ACCESS_KEY = re.compile(r"Credential=(?:ASIA)?(\d*)")
_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111111111111:role/ConsoleMeApi"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": f"S{number}",
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": f"arn:aws:s3:::data-{number}/*",
            }
            for number in range(8)
        ],
    }
)


class SimulatedAws:
    """`roles` is the number of roles of an account. What is asked for and not known here is an error that names it."""

    def __init__(self, roles: Callable[[str], int]) -> None:
        self.tables = Tables()
        self._roles = roles
        self.changed: set[str] = set()
        """ARNs of roles that have another tag now."""

    def answer(self, request: Any) -> tuple[int, bytes, dict[str, str]]:
        url, headers = urlsplit(request.url), {str(key).lower(): _text(value) for key, value in request.headers.items()}
        body = _text(request.body or b"")
        target = headers.get("x-amz-target", "").rpartition(".")[2]
        if target == "SendMessageBatch":
            return _json(
                {
                    "Successful": [
                        {"Id": one["Id"], "MessageId": "m", "MD5OfMessageBody": ""}
                        for one in json.loads(body)["Entries"]
                    ]
                }
            )
        if target:
            return _json(self.tables.answer(target, json.loads(body)))
        if "Action=" in body:
            given = {key: values[0] for key, values in parse_qs(body).items()}
            account = _ACCESS_KEY.search(headers["authorization"])
            return self._query(given, account[1] if account else "")
        if url.path.startswith(("/history", "/bench")) or url.netloc.startswith("bench."):
            return self._object(request.method)
        raise RuntimeError(f"{request.method} {request.url} is not simulated")

    def _object(self, method: str) -> tuple[int, bytes, dict[str, str]]:
        if method == "PUT":
            return 200, b"", {"ETag": '"e"'}
        return 404, b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>", {"Content-Type": "application/xml"}

    def _query(self, given: dict[str, str], account: str) -> tuple[int, bytes, dict[str, str]]:
        action = given["Action"]
        if action == "AssumeRole":
            return _xml(action, _credentials(given["RoleArn"].split(":")[4]))
        if action == "ListAccountAliases":
            return _xml(action, "<AccountAliases/><IsTruncated>false</IsTruncated>")
        if action == "DescribeRegions":
            return (
                200,
                b"<DescribeRegionsResponse><regionInfo><item><regionName>us-east-1</regionName></item></regionInfo></DescribeRegionsResponse>",
                {},
            )
        listing = {
            "ListRoles": ("Roles", self._header),
            "GetAccountAuthorizationDetails": ("RoleDetailList", self._detail),
        }
        items, write = listing[action]
        first = int(given.get("Marker", 0))
        last = min(first + _PAGE, self._roles(account))
        more = last < self._roles(account)
        marker = f"<Marker>{last}</Marker>" if more else ""
        found = "".join(map(partial(write, account), range(first, last)))
        return _xml(action, f"<{items}>{found}</{items}><IsTruncated>{str(more).lower()}</IsTruncated>{marker}")

    def _header(self, account: str, number: int) -> str:
        return f"<member>{_names(account, number)}<MaxSessionDuration>3600</MaxSessionDuration></member>"

    def _detail(self, account: str, number: int) -> str:
        team = (
            "other-team"
            if f"arn:aws:iam::{account}:role/application-{number}" in self.changed
            else f"team-{number % 40}"
        )
        tags = {"owner": f"{team}@corp.example", "stage": "prod", "cost-center": str(number % 90)}
        if number % 10 == 0:
            tags["consoleme-authorized"] = team
        told = "".join(f"<member><Key>{key}</Key><Value>{value}</Value></member>" for key, value in tags.items())
        inline = f"<member><PolicyName>own</PolicyName><PolicyDocument>{quote(_POLICY)}</PolicyDocument></member>"
        return (
            f"<member>{_names(account, number)}<RolePolicyList>{inline}</RolePolicyList><Tags>{told}</Tags>"
            "<AttachedManagedPolicies/><InstanceProfileList/></member>"
        )


def _names(account: str, number: int) -> str:
    return (
        f"<Path>/</Path><RoleName>application-{number}</RoleName><RoleId>AROA{number}</RoleId>"
        f"<Arn>arn:aws:iam::{account}:role/application-{number}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>"
        f"<AssumeRolePolicyDocument>{quote(_TRUST)}</AssumeRolePolicyDocument>"
    )


def _credentials(account: str) -> str:
    """Their access key names the account: it comes back in the signature of each call."""
    return (
        f"<Credentials><AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
        "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
    )


def _json(value: Any) -> tuple[int, bytes, dict[str, str]]:
    return 200, json.dumps(value).encode(), {"Content-Type": "application/x-amz-json-1.0"}


def _xml(action: str, result: str) -> tuple[int, bytes, dict[str, str]]:
    body = f"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
    return 200, body.encode(), {"Content-Type": "text/xml"}


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes | bytearray) else str(value)


class _Raw(io.BytesIO):
    """As much of urllib3's response as botocore reads."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


@contextmanager
def replaced(simulated: SimulatedAws) -> Iterator[None]:
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders
    from botocore.httpsession import URLLib3Session

    real = URLLib3Session.send

    def send(_: Any, request: Any) -> Any:
        status, body, headers = simulated.answer(request)
        told = HTTPHeaders()
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            told[name] = value
        return AWSResponse(request.url, status, told, _Raw(body))

    setattr(URLLib3Session, "send", send)  # noqa: B010 put in its place while this process measures
    try:
        yield
    finally:
        setattr(URLLib3Session, "send", real)  # noqa: B010

"""Which API call an HTTP request to AWS is, and what CloudTrail would write of it: read by AWS's own service descriptions."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from botocore.parsers import ResponseParserError, create_parser

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_SCOPE = re.compile(r"Credential=[^/]*/\d+/([^/]*)/([^/]+)/")
_READS = re.compile(
    r"(?:Get|List|Describe|Head|Lookup|Simulate|Generate|Batch(?:Get|Describe)|Select|AssumeRole|Decode)"
)
_DATA = re.compile(
    r"dynamodb:(?:Batch|Transact|Execute)?(?:Get|Put|Update|Delete|Write|Query|Scan|Statement|Transaction)(?:Items?|Statement)?$"
    r"|sqs:(?:Send|Receive|Delete)Message(?:Batch)?$|sqs:ChangeMessageVisibility(?:Batch)?$|sns:Publish(?:Batch)?$|lambda:Invoke$"
    r"|events:PutEvents$|logs:PutLogEvents$"
)
"""Calls on what a resource holds. A trail has them only when somebody pays for it, and ours has none."""


@dataclass(frozen=True)
class Call:
    service: str
    """As endpoints and event sources call it."""
    operation: str
    region: str
    parameters: dict[str, Any]
    model: Any
    """AWS's description of the operation."""
    protocol: str

    @property
    def reads(self) -> bool:
        return _READS.match(self.operation) is not None

    @property
    def on_data(self) -> bool:
        return _DATA.match(f"{self.service}:{self.operation}") is not None

    def answered(self, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """What AWS answered, in CloudTrail's spelling, or `Error` with code and message."""
        told = {
            "status_code": status,
            "headers": {name.lower(): value for name, value in headers.items()},
            "body": body,
        }
        try:
            parsed = create_parser(self.protocol).parse(told, self.model.output_shape)
        except ResponseParserError:
            return {"Error": {"Code": str(status), "Message": ""}} if status >= 400 else {}  # noqa: PLR2004 HTTP's errors
        if status >= 400:  # noqa: PLR2004
            return {"Error": dict(parsed.get("Error", {}))}
        parsed.pop("ResponseMetadata", None)
        shown: dict[str, Any] = _spelled(parsed, self.model.output_shape)
        return shown


def scope_of(environ: "WSGIEnvironment") -> tuple[str, str]:
    """Region and service that the request was signed for; empty for one that was not."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (found[1], found[2]) if found else ("", "")


def call_of(environ: "WSGIEnvironment", body: bytes) -> Call | None:
    """None for what is no call that is known here: objects of buckets, and services whose calls are paths."""
    region, service = scope_of(environ)
    try:
        if service == "s3":
            return _bucket_call(environ, region)
        if target := environ.get("HTTP_X_AMZ_TARGET", ""):
            model = _operation(service, target.rpartition(".")[2])
            given = json.loads(body or b"{}")
            return Call(service, model.name, region, _spelled(given, model.input_shape), model, "json")
        form = dict(parse_qsl((body.decode() or environ.get("QUERY_STRING", "")), keep_blank_values=True))
        if "Action" not in form:
            return None
        model = _operation(service, form["Action"])
        return Call(service, model.name, region, _of_form(service, model, form), model, _form_protocol(service))
    except (OperationNotFoundError, UnknownServiceError, ValueError):
        return None


def _bucket_call(environ: "WSGIEnvironment", region: str) -> Call | None:
    """A bucket is the first segment of the path: whoever calls an address without a name cannot do otherwise."""
    bucket, _, key = environ.get("PATH_INFO", "/").lstrip("/").partition("/")
    asked = environ.get("QUERY_STRING", "").partition("&")[0].partition("=")[0]
    name = _bucket_calls().get((environ.get("REQUEST_METHOD", ""), asked)) or ("ListObjects" if not asked else "")
    if not bucket or key or not name:
        return None
    model = _operation("s3", name)
    parameters = {"bucketName": bucket, "Host": environ.get("HTTP_HOST", ""), **({asked: ""} if asked else {})}
    return Call("s3", name, region, parameters, model, "rest-xml")


@cache
def _bucket_calls() -> dict[tuple[str, str], str]:
    """By method and the one word of the query."""
    found: dict[tuple[str, str], str] = {}
    model = _service("s3")
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, word = http["requestUri"].partition("?")
        if path == "/{Bucket}":
            found.setdefault((http["method"], word.partition("&")[0].partition("=")[0]), name)
    return found


@cache
def _service(name: str) -> Any:
    from moto.core.utils import get_service_model

    return get_service_model({"states": "stepfunctions", "monitoring": "cloudwatch", "email": "ses"}.get(name, name))


def _operation(service: str, name: str) -> Any:
    return _service(service).operation_model(name)


def _of_form(service: str, model: Any, form: Mapping[str, str]) -> dict[str, Any]:
    from moto.core.parse import PROTOCOL_PARSERS

    parser: Any = PROTOCOL_PARSERS[_form_protocol(service)](model)
    shown: dict[str, Any] = _spelled(parser.parse({"values": form}), model.input_shape)
    return shown


def _form_protocol(service: str) -> str:
    return "ec2" if service == "ec2" else "query"


def _spelled(value: Any, described: Any) -> Any:
    """Names of fields begin with a small letter; keys of maps, which somebody chose, stay as they are."""
    if described is None:
        return {}
    if described.type_name == "structure" and isinstance(value, Mapping):
        members = described.members
        return {
            f"{name[:1].lower()}{name[1:]}": _spelled(one, members[name])
            for name, one in value.items()
            if name in members
        }
    if described.type_name == "list" and isinstance(value, list):
        return [_spelled(one, described.member) for one in value]
    if described.type_name == "map" and isinstance(value, Mapping):
        return {key: _spelled(one, described.value) for key, one in value.items()}
    return json.loads(json.dumps(value, default=str))

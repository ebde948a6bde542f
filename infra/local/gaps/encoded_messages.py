"""What EC2 packs into a refusal and only `sts:DecodeAuthorizationMessage` unpacks. AWS encrypts it; here it is merely unreadable."""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any


def decision(*, caller: str, action: str, resource: str, explicit: bool) -> dict[str, Any]:
    """The document as AWS's reference of DecodeAuthorizationMessage shows it."""
    return {
        "allowed": False,
        "explicitDeny": explicit,
        "matchedStatements": {"items": []},
        "failures": {"items": []},
        "context": {
            "principal": {"id": "AROAEXAMPLE", "arn": caller},
            "action": action,
            "resource": resource,
            "conditions": {"items": []},
        },
    }


def encode(document: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(document).encode())).decode().rstrip("=")


def decode(text: str) -> str:
    """The document as JSON. Raises ValueError for what nobody encoded here."""
    try:
        return zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))).decode()
    except zlib.error as error:
        raise ValueError("The encoded message is none.") from error


@contextmanager
def decoded_by_sts() -> Iterator[None]:
    """While inside, STS knows `DecodeAuthorizationMessage`, which moto lacks. As in AWS, only the caller's own account decodes."""
    from moto.sts.responses import TokenResponse

    kind: Any = TokenResponse
    known = hasattr(kind, "decode_authorization_message")
    kind.decode_authorization_message = _decode
    try:
        yield
    finally:
        if not known:
            del kind.decode_authorization_message


def _decode(response: Any) -> Any:
    from moto.core.responses import ActionResult
    from moto.sts.exceptions import STSClientError

    decoded = account = ""
    with suppress(ValueError):
        decoded = decode(response._get_param("EncodedMessage"))  # noqa: SLF001 moto's way to read a parameter
        account = json.loads(decoded)["context"]["principal"]["arn"].split(":")[4]
    if not account or account != response.current_account:
        raise STSClientError("InvalidAuthorizationMessageException", "Message is not valid")
    return ActionResult({"DecodedMessage": decoded})

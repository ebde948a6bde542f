"""What EC2 encodes in its messages. STS decodes it only in the account whose call was refused, so the spoke's reading role asks."""

from chalicelib.aws.spoke_read import SpokeReader
from chalicelib.core.errors import AccessDeniedByAws, InvalidInput, NotFound, Throttled, Upstream
from chalicelib.observability import logger

ACTIONS = frozenset({"sts:DecodeAuthorizationMessage"})
"""What the spoke's reading role needs for it."""


class DecodeMessage:
    def __init__(self, reader: SpokeReader) -> None:
        self._reader = reader

    def text(self, account_id: str, encoded: str, region: str) -> str:
        """Empty when it can't be had: the deny is counted all the same, and says less. Raises Throttled."""
        try:
            answer = self._reader.of(account_id).call(
                "sts", "decode_authorization_message", region=region, EncodedMessage=encoded
            )
        except Throttled:
            raise
        except (AccessDeniedByAws, InvalidInput, NotFound, Upstream) as error:
            logger.info("a message was not decoded", extra={"account": account_id, "cause": error.message})
            return ""
        return str(answer.get("DecodedMessage") or "")

"""Resources with a policy or tags of their own: buckets, queues, topics and customer managed policies."""

from chalicelib.core.arn import Arn
from chalicelib.core.model import Frozen


class DescribedResource(Frozen):
    """`identity` is what AWS says of it that one made again under the same name would not have; where AWS has nothing of the kind (buckets
    and topics), its account.
    """

    arn: str
    identity: str


_NOUNS = {"s3": "bucket", "sqs": "queue", "sns": "topic"}
_UNFIT = set("/:*?")


def resource_noun(arn: Arn) -> str:
    """`bucket`, `queue`, `topic` or `policy`; empty for what is none of them."""
    if arn.is_iam("policy"):
        return "policy"
    found = _NOUNS.get(arn.service, "")
    placed = not (arn.region or arn.account) if found == "bucket" else bool(arn.region and arn.account)
    return found if placed and not _UNFIT & set(arn.resource) else ""

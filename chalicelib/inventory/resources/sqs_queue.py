"""SQS queues: attributes, policy and tags."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from chalicelib.aws.spoke_read import Paging
from chalicelib.core.arn import Arn
from chalicelib.core.errors import NotFound
from chalicelib.core.partitions import is_region, partition
from chalicelib.inventory.answers import epoch_iso
from chalicelib.inventory.describe import page_of
from chalicelib.inventory.policed import Asked, PolicedResource, policy_of_text
from chalicelib.inventory.resource_type import REGIONAL_EVERY, Page, Place, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader

_PAGE = 1000
"""Without saying so there is no token, and the list ends here."""
_COUNTED = "Approximate"
"""How attributes begin that count messages."""


class QueueRecord(PolicedResource):
    """`attributes` are SQS's own words, `counts` those that count messages at the time of reading."""

    VOLATILE: ClassVar[frozenset[str]] = frozenset({"counts"})

    url: str
    attributes: dict[str, str]
    counts: dict[str, str]

    @property
    def config_id(self) -> str:
        return self.url

    @property
    def created(self) -> str | None:
        return epoch_iso(self.attributes.get("CreatedTimestamp"))

    @property
    def updated(self) -> str | None:
        return epoch_iso(self.attributes.get("LastModifiedTimestamp"))


class Queues:
    name = "sqs_queue"
    technology = "AWS::SQS::Queue"
    regional = True
    every = REGIONAL_EVERY
    actions = frozenset({"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags", "sqs:ListQueues"})
    record = QueueRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[QueueRecord]]:
        batches = reader.pages(
            "sqs", "list_queues", Paging("QueueUrls"), region=place.region, after=after, MaxResults=_PAGE
        )
        for batch in batches:
            yield page_of(
                batch.items,
                arn_of=lambda url: _arn(reader, place.region, url),
                describe=lambda url: _described(reader, place.region, url),
                after=batch.after,
            )

    def read(self, reader: "AccountReader", arn: Arn) -> QueueRecord | None:
        """Raises InvalidInput for a garbled policy."""
        try:
            url = str(reader.call("sqs", "get_queue_url", region=arn.region, QueueName=arn.resource)["QueueUrl"])
            return _described(reader, arn.region, url)
        except NotFound:
            return None

    def owns(self, arn: Arn) -> bool:
        return arn.service == "sqs" and is_region(arn.region) and not set("/:*?") & set(arn.resource)

    def console(self, record: Shown) -> str:
        arn = Arn.parse(record.arn)
        url = f"https://sqs.{arn.region}.{partition(arn.partition).endpoints}/{arn.account}/{arn.resource}"
        return f"/sqs/v3/home?region={arn.region}#/queues/{quote(url, safe='')}"


def _arn(reader: "AccountReader", region: str, url: str) -> str:
    """Of a queue that does not tell it: the last two parts of its URL are account and name."""
    return f"arn:{reader.partition}:sqs:{region}:{':'.join(url.rsplit('/', 2)[1:])}"


def _described(reader: "AccountReader", region: str, url: str) -> QueueRecord:
    """Raises NotFound for one that has vanished."""
    asked = Asked()
    told = asked.ask(
        "attributes",
        lambda: reader.call("sqs", "get_queue_attributes", region=region, QueueUrl=url, AttributeNames=["All"]),
    )
    tags = asked.ask("tags", lambda: reader.call("sqs", "list_queue_tags", region=region, QueueUrl=url))
    attributes: dict[str, str] = dict((told or {}).get("Attributes") or {})
    policy = policy_of_text(attributes.pop("Policy", None))
    arn = Arn.parse(attributes.get("QueueArn") or _arn(reader, region, url))
    return QueueRecord(
        arn=str(arn),
        name=arn.resource,
        account_id=reader.account_id,
        region=region,
        tags=(tags or {}).get("Tags") or {},
        policy=policy,
        refused=asked.refused,
        url=url,
        attributes={key: value for key, value in attributes.items() if not key.startswith(_COUNTED)},
        counts={key: value for key, value in attributes.items() if key.startswith(_COUNTED)},
    )


RESOURCE_TYPE = Queues()

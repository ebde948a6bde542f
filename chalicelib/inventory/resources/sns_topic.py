"""SNS topics: attributes, policy and tags."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote

from chalicelib.aws.spoke_read import Paging
from chalicelib.core.arn import Arn
from chalicelib.core.errors import NotFound
from chalicelib.core.partitions import is_region
from chalicelib.inventory.answers import tag_map
from chalicelib.inventory.describe import page_of
from chalicelib.inventory.policed import Asked, PolicedResource, policy_of_text
from chalicelib.inventory.resource_type import REGIONAL_EVERY, Page, Place, Shown

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader

_COUNTED = "Subscriptions"
"""How attributes begin that count subscriptions."""


class TopicRecord(PolicedResource):
    """`attributes` are SNS's own words, `counts` those that count subscriptions at the time of reading."""

    VOLATILE: ClassVar[frozenset[str]] = frozenset({"counts"})

    attributes: dict[str, str]
    counts: dict[str, str]


class Topics:
    name = "sns_topic"
    technology = "AWS::SNS::Topic"
    regional = True
    every = REGIONAL_EVERY
    actions = frozenset({"sns:GetTopicAttributes", "sns:ListTagsForResource", "sns:ListTopics"})
    record = TopicRecord

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[TopicRecord]]:
        for batch in reader.pages("sns", "list_topics", Paging("Topics"), region=place.region, after=after):
            yield page_of(
                [topic["TopicArn"] for topic in batch.items],
                arn_of=str,
                describe=lambda arn: _described(reader, Arn.parse(arn)),
                after=batch.after,
            )

    def read(self, reader: "AccountReader", arn: Arn) -> TopicRecord | None:
        """Raises InvalidInput for a garbled policy."""
        try:
            return _described(reader, arn)
        except NotFound:
            return None

    def owns(self, arn: Arn) -> bool:
        """Subscriptions, endpoints and applications have further parts."""
        return arn.service == "sns" and is_region(arn.region) and not set("/:*?") & set(arn.resource)

    def console(self, record: Shown) -> str:
        return f"/sns/v3/home?region={record.region}#/topic/{quote(record.arn, safe=':')}"


def _described(reader: "AccountReader", arn: Arn) -> TopicRecord:
    """Raises NotFound for one that has vanished."""
    asked = Asked()
    told = asked.ask(
        "attributes", lambda: reader.call("sns", "get_topic_attributes", region=arn.region, TopicArn=str(arn))
    )
    tags = asked.ask(
        "tags", lambda: reader.call("sns", "list_tags_for_resource", region=arn.region, ResourceArn=str(arn))
    )
    attributes: dict[str, str] = dict((told or {}).get("Attributes") or {})
    policy = policy_of_text(attributes.pop("Policy", None))
    return TopicRecord(
        arn=str(arn),
        name=arn.resource,
        account_id=reader.account_id,
        region=arn.region,
        tags=tag_map((tags or {}).get("Tags") or ()),
        policy=policy,
        refused=asked.refused,
        attributes={key: value for key, value in attributes.items() if not key.startswith(_COUNTED)},
        counts={key: value for key, value in attributes.items() if key.startswith(_COUNTED)},
    )


RESOURCE_TYPE = Topics()

"""What this product stands on and a request could change. Pure."""

from urllib.parse import urlsplit

from chalicelib.core.deployment import Hub
from chalicelib.settings import Settings


def own_resources(settings: Settings, hub: Hub) -> frozenset[str]:
    """ARNs of its buckets and queues."""
    buckets = (settings.bucket, settings.audit_bucket)
    queues = (settings.authorization_queue_url, settings.telling_queue_url)
    return frozenset(
        [
            *(f"arn:{hub.partition}:s3:::{name}" for name in buckets if name),
            *(f"arn:{hub.partition}:sqs:{settings.region}:{hub.account_id}:{_name(url)}" for url in queues if url),
        ]
    )


def _name(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2]

"""From the name of an API call to the IAM action that it needs, where AWS's message does not say it. Sources: the service authorization
reference, and the names of CloudTrail's events.

Most calls are called like their action. What needs more than one action (a transaction of DynamoDB) is left out: no action is better than
a wrong one.
"""

import re

_PREFIXES = {
    "monitoring": "cloudwatch",
    "email": "ses",
    "tagging": "tag",
    "streams.dynamodb": "dynamodb",
    "rdsdata": "rds-data",
    "data.iot": "iot",
    "iotdata": "iot",
    "models.lex": "lex",
    "runtime.lex": "lex",
    "runtime.sagemaker": "sagemaker",
    "api.sagemaker": "sagemaker",
    "bedrock-runtime": "bedrock",
    "bedrock-agent-runtime": "bedrock",
    "entitlement.marketplace": "aws-marketplace",
    "metering.marketplace": "aws-marketplace",
    "api.pricing": "pricing",
    "data.mediastore": "mediastore",
    "s3-control": "s3",
    "qldb-session": "qldb",
    "session.qldb": "qldb",
    "participant.connect": "connect",
    "api.elastic-inference": "elastic-inference",
}
"""Hosts that are called otherwise than IAM calls the service."""

_S3 = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "InitiateMultipartUpload": "PutObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
_OTHERWISE: dict[str, dict[str, str]] = {
    "s3": _S3,
    "lambda": {
        "Invoke": "InvokeFunction",
        "InvokeAsync": "InvokeFunction",
        "InvokeWithResponseStream": "InvokeFunction",
    },
    "dynamodb": {"TransactGetItems": "GetItem"},
    "sqs": {
        "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
        "DeleteMessageBatch": "DeleteMessage",
        "SendMessageBatch": "SendMessage",
    },
    "sns": {"PublishBatch": "Publish"},
    "bedrock": {"Converse": "InvokeModel", "ConverseStream": "InvokeModelWithResponseStream"},
}
_NO_SINGLE_ACTION = {
    ("dynamodb", "TransactWriteItems"),
    ("dynamodb", "ExecuteStatement"),
    ("dynamodb", "BatchExecuteStatement"),
    ("dynamodb", "ExecuteTransaction"),
    ("kms", "ReEncrypt"),
}
_BY_METHOD = {"apigateway"}
"""Services whose actions are methods of HTTP."""
_VERSION = re.compile(r"\d{8}(?:v\d+)?$|\d{4}_\d{2}_\d{2}$")
"""Lambda and CloudFront put the version of their API behind a call's name."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,127}")


def action_of(service: str, event_name: str) -> str:
    """`s3:ListBucket` of a call of ListObjectsV2; empty when no single action can be told. `service` is the host without its domain."""
    prefix = _PREFIXES.get(service, service)
    name = _VERSION.sub("", event_name)
    if prefix in _BY_METHOD or (prefix, name) in _NO_SINGLE_ACTION or not _NAME.fullmatch(name) or not prefix:
        return ""
    return f"{prefix}:{_OTHERWISE.get(prefix, {}).get(name, name)}"


def spelt(action: str, service: str, event_name: str) -> str:
    """An action of a message as people know it: some services write it in small letters."""
    known = action_of(service, event_name)
    prefix, _, name = action.partition(":")
    return known if known.lower() == action.lower() else f"{prefix.lower()}:{name}"

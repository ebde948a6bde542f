"""What moto's CloudFormation leaves out of buckets, and the key that signs the seals of the audit log (`app.yaml` declares it)."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from infra.package import template

Document = dict[str, Any]


def lock_buckets(file: Path, s3: Any, outputs: Mapping[str, str]) -> None:
    """Versioning and Object Lock as the template says: moto makes buckets without. `outputs` name them, as `<LogicalId>Name`."""
    document = template.load(file)
    for logical, resource in document["Resources"].items():
        if resource["Type"] != "AWS::S3::Bucket":
            continue
        properties, bucket = resource["Properties"], outputs[_output(logical)]
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=properties["VersioningConfiguration"])
        if "ObjectLockConfiguration" in properties:
            configuration = _with_defaults(properties["ObjectLockConfiguration"], document["Parameters"])
            s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=configuration)


def _output(logical: str) -> str:
    return "BucketName" if logical == "DataBucket" else f"{logical}Name"


def _with_defaults(value: Any, parameters: Mapping[str, Document]) -> Any:
    """The value with each parameter's default in place of its name."""
    if isinstance(value, dict) and value.keys() == {"Ref"}:
        return parameters[value["Ref"]]["Default"]
    if isinstance(value, dict):
        return {key: _with_defaults(inner, parameters) for key, inner in value.items()}
    return value


def create_audit_key(kms: Any, alias: str) -> str:
    """The id of the key behind `alias`, which is made when there is none."""
    with suppress(kms.exceptions.NotFoundException):
        return str(kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"])
    made = kms.create_key(
        KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY", Description="Signs the seals of the audit log"
    )
    kms.create_alias(AliasName=alias, TargetKeyId=made["KeyMetadata"]["KeyId"])
    return str(made["KeyMetadata"]["KeyId"])

"""Events as CloudTrail writes them and EventBridge and SNS wrap them, after the examples of AWS's user guides."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from chalicelib.tasks.runtime import QueueRecord

FIRST = "222222222222"
TIME = "2026-11-22T09:30:00Z"
SESSION: dict[str, Any] = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLEROLEID:i-0123456789",
    "arn": f"arn:aws:sts::{FIRST}:assumed-role/deployer/pipeline-7",
    "accountId": FIRST,
    "accessKeyId": "ASIAEXAMPLEKEY",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLEROLEID",
            "arn": f"arn:aws:iam::{FIRST}:role/ci/deployer",
            "accountId": FIRST,
            "userName": "deployer",
        },
        "webIdFederationData": {},
        "attributes": {"creationDate": "2026-11-22T09:00:00Z", "mfaAuthenticated": "false"},
        "sourceIdentity": "ada@example.com",
    },
}
USER: dict[str, Any] = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLEUSERID",
    "arn": f"arn:aws:iam::{FIRST}:user/people/grace",
    "accountId": FIRST,
    "accessKeyId": "AKIAEXAMPLEKEY",
    "userName": "grace",
}
ROOT: dict[str, Any] = {
    "type": "Root",
    "principalId": FIRST,
    "arn": f"arn:aws:iam::{FIRST}:root",
    "accountId": FIRST,
    "accessKeyId": "AKIAEXAMPLEROOT",
}


def record(
    name: str, request: Mapping[str, Any] | None = None, *, source: str = "iam.amazonaws.com", **more: Any
) -> dict[str, Any]:
    """What is `detail` of the event. Its id is made of what it says, so that equal events have one."""
    told = {
        "eventVersion": "1.10",
        "userIdentity": SESSION,
        "eventTime": TIME,
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.64",
        "userAgent": "aws-cli/2.17.0 md/awscrt#0.20.11",
        "requestParameters": None if request is None else dict(request),
        "responseElements": None,
        "requestID": "4b6d9a9f-2d0a-4a43-8a4f-000000000000",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": FIRST,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": "iam.amazonaws.com"},
        **more,
    }
    return {"eventID": str(uuid5(NAMESPACE_OID, json.dumps(told, sort_keys=True))), **told}


def envelope(detail: Mapping[str, Any], **more: Any) -> str:
    """As EventBridge puts it into a queue."""
    service = str(detail["eventSource"]).partition(".")[0]
    kind = "AWS Service Event" if detail.get("eventType") == "AwsServiceEvent" else "AWS API Call"
    told = {
        "version": "0",
        "id": "c030038d-8c4d-6141-9545-00ff7b7153ec",
        "detail-type": f"{kind} via CloudTrail",
        "source": f"aws.{service}",
        "account": detail.get("recipientAccountId", FIRST),
        "time": detail["eventTime"],
        "region": detail["awsRegion"],
        "resources": [],
        "detail": dict(detail),
    }
    return json.dumps({**told, **more})


def notification(message: str) -> str:
    """The same, when a topic of SNS stands before the queue."""
    return json.dumps({
        "Type": "Notification",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "TopicArn": f"arn:aws:sns:us-east-1:{FIRST}:trail",
        "Message": message,
        "Timestamp": "2026-11-22T09:30:02.000Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000.pem",
        "UnsubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe",
    })  # fmt: skip


def queued(*bodies: str) -> tuple[QueueRecord, ...]:
    """A batch, with message ids m0, m1..."""
    return tuple(QueueRecord(message_id=f"m{number}", group="", body=body) for number, body in enumerate(bodies))


ACCOUNT_CREATED = {
    "eventVersion": "1.05",
    "userIdentity": {"accountId": "111122223333", "invokedBy": "organizations.amazonaws.com"},
    "eventTime": "2026-11-22T09:31:45Z",
    "eventSource": "organizations.amazonaws.com",
    "eventName": "CreateAccountResult",
    "awsRegion": "us-east-1",
    "sourceIPAddress": "organizations.amazonaws.com",
    "userAgent": "organizations.amazonaws.com",
    "requestParameters": None,
    "responseElements": None,
    "eventID": "EXAMPLE8-90ab-cdef-fedc-ba987EXAMPLE",
    "readOnly": False,
    "eventType": "AwsServiceEvent",
    "recipientAccountId": "111122223333",
    "serviceEventDetails": {
        "createAccountStatus": {
            "id": "car-examplecreateaccountrequestid111",
            "state": "SUCCEEDED",
            "accountName": "****",
            "accountId": "444455556666",
            "requestedTimestamp": "Nov 22, 2026 9:31:30 AM",
            "completedTimestamp": "Nov 22, 2026 9:31:45 AM",
        }
    },
}
"""The end of an account's creation, which comes minutes after the call that began it."""

DENIED: dict[str, Any] = record(
    "DescribeInstances",
    {"instancesSet": {}, "filterSet": {}},
    source="ec2.amazonaws.com",
    errorCode="Client.UnauthorizedOperation",
    errorMessage="You are not authorized to perform this operation. User: "
    f"arn:aws:sts::{FIRST}:assumed-role/deployer/pipeline-7 is not authorized to perform: ec2:DescribeInstances "
    "because no identity-based policy allows the ec2:DescribeInstances action",
    readOnly=True,
)

"""What stands before the functions: API Gateway's own answers, the CDN's behaviours, and one alarm for each function."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """One of API Gateway's own answers, in the words and the shape of ours."""

    kind: str
    status: int
    code: str
    message: str

    def as_property(self) -> Document:
        """`$context.requestId` is filled in by API Gateway; its own error texts are not repeated, since they may quote the request."""
        body = {
            "status": "error",
            "status_code": self.status,
            "reason": self.code,
            "code": self.code,
            "message": self.message,
            "errors": [self.message],
            "requested_role": "",
            "exception": "",
            "request_id": "$context.requestId",
        }
        return {
            "StatusCode": str(self.status),
            "ResponseTemplates": {"application/json": json.dumps(body)},
            "ResponseParameters": {"Headers": {"Cache-Control": "'no-store'"}},
        }


GATEWAY_ANSWERS = (
    GatewayAnswer("BAD_REQUEST_BODY", 400, "bad_request", "The body of the request is not what this address takes."),
    GatewayAnswer("BAD_REQUEST_PARAMETERS", 400, "bad_request", "A parameter of the request is missing or malformed."),
    GatewayAnswer("UNAUTHORIZED", 403, "unauthorized", "The request was refused before it reached the application."),
    GatewayAnswer("ACCESS_DENIED", 403, "access_denied", "The request was refused before it reached the application."),
    GatewayAnswer("WAF_FILTERED", 403, "filtered", "The firewall in front of the application refused the request."),
    GatewayAnswer(
        "MISSING_AUTHENTICATION_TOKEN", 404, "not_found", "There is nothing at this address for this method."
    ),
    GatewayAnswer("RESOURCE_NOT_FOUND", 404, "not_found", "There is nothing at this address."),
    GatewayAnswer("REQUEST_TOO_LARGE", 413, "too_large", "The request is larger than 10 MB."),
    GatewayAnswer("UNSUPPORTED_MEDIA_TYPE", 415, "bad_media_type", "The body must be application/json."),
    GatewayAnswer("THROTTLED", 429, "throttled", "Too many requests at once. Try again in a moment."),
    GatewayAnswer("QUOTA_EXCEEDED", 429, "throttled", "Too many requests. Try again later."),
    GatewayAnswer("DEFAULT_4XX", 400, "bad_request", "The request was refused before it reached the application."),
    GatewayAnswer("INTEGRATION_FAILURE", 502, "unavailable", "The application did not answer. Try again in a moment."),
    GatewayAnswer("INTEGRATION_TIMEOUT", 504, "timeout", "The application did not answer in time. Try again."),
    GatewayAnswer("DEFAULT_5XX", 500, "unavailable", "The application could not answer. Try again in a moment."),
)


def gateway_responses() -> Document:
    """Value of the property GatewayResponses of AWS::Serverless::Api."""
    return {answer.kind: answer.as_property() for answer in GATEWAY_ANSWERS}


_BEARERS = {"scim"}
"""First segments of routes whose callers bring an Authorization header."""
_WITH_AUTHORIZATION = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""AWS's AllViewerExceptHostHeader: a list of headers of one's own can't name Authorization."""


def api_behaviors(prefixes: Iterable[str]) -> list[Document]:
    """Behaviours of the CDN for the API's first segments: nothing cached, all that the application reads passed on, https only."""
    return [
        {
            "PathPattern": pattern,
            "TargetOriginId": "api",
            "ViewerProtocolPolicy": "https-only",
            "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # AWS's CachingDisabled
            "OriginRequestPolicyId": _WITH_AUTHORIZATION if prefix in _BEARERS else {"Ref": "ApiOriginRequestPolicy"},
            "ResponseHeadersPolicyId": {"Ref": "ApiHeadersPolicy"},
            "Compress": False,
        }
        for prefix in sorted(prefixes)
        for pattern in (f"/{prefix}", f"/{prefix}/*")
    ]


def error_alarms(functions: Iterable[str]) -> Document:
    """One alarm for each function (by logical id): it failed at least once within five minutes."""
    return {
        f"{function}Errors": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmDescription": f"{function} ended with an error. Its log says why.",
                "Namespace": "AWS/Lambda",
                "MetricName": "Errors",
                "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": function}}],
                "Statistic": "Sum",
                "Period": 300,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": {"Fn::If": ["AlarmsAreSent", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]},
            },
        }
        for function in functions
    }

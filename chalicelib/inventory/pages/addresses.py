"""Which resource the parts of a page's URL mean. Pure."""

from chalicelib.core.errors import NotFound
from chalicelib.inventory.pages.find import Wanted
from chalicelib.inventory.registry import resource_types

ROLE, USER, POLICY, AWS_POLICY = "iam_role", "iam_user", "iam_managed_policy", "aws_managed_policy"
_REGIONAL = {"sqs": ("sqs_queue", "queue"), "sns": ("sns_topic", "topic")}


def identity(kind: str, partition: str, account_id: str, name: str) -> Wanted:
    """A role or a user by its name, with or without its path."""
    word = kind.removeprefix("iam_")
    plain = name.strip("/")
    arn = f"arn:{partition}:iam::{account_id}:{word}/{plain}"
    return Wanted(resource_types()[kind], account_id, arn, plain, word)


def resource(kind: str, partition: str, account_id: str, rest: str) -> Wanted:
    """What follows `/resources/{account}/`: `s3/{bucket}`, `sqs/{region}/{queue}`, `sns/{region}/{topic}`, and
    `managed_policy/{path and name}`. Raises NotFound for what is none of these.
    """
    plain = rest.strip("/")
    if kind == "s3":
        return Wanted(resource_types()["s3_bucket"], account_id, f"arn:{partition}:s3:::{plain}", word="bucket")
    if kind == "managed_policy":
        arn = f"arn:{partition}:iam::{account_id}:policy/{plain}"
        return Wanted(resource_types()[POLICY], account_id, arn, plain, "managed policy")
    if kind in _REGIONAL:
        name, word = _REGIONAL[kind]
        region, separator, one = plain.partition("/")
        if not separator:
            raise NotFound(
                f"A {word}'s page needs its region: /api/v2/resources/{account_id[:20]}/{kind}/<region>/{plain[:100]}.",
                reason="no_region",
            )
        return Wanted(
            resource_types()[name], account_id, f"arn:{partition}:{kind}:{region}:{account_id}:{one}", word=word
        )
    raise NotFound(
        f"There are no pages of '{kind[:50]}'. There are some of s3, sqs, sns and managed_policy; roles and users have their own.",
        reason="unknown_type",
    )

"""A small product for the laptop cloud's own tests: what its functions do is visible in their answers."""

import os
import sys
import threading
from pathlib import Path
from typing import Any

import boto3
from chalice.app import Blueprint, Chalice, Cron, Rate, Response

tasks = Blueprint(__name__)


class Conflict(Exception):
    pass


@tasks.lambda_function(name="echo")
def echo(event: Any, context: Any) -> Any:
    return {"event": event, "function": context.function_name, "pid": os.getpid()}


@tasks.lambda_function(name="surroundings")
def surroundings(event: Any, context: Any) -> Any:
    return {
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "environment": {name: os.environ.get(name) for name in event},  # noqa: TID251 shows what a function is given
        "chalice_app_loaded": "app" in sys.modules,
    }


@tasks.lambda_function(name="fail")
def fail(event: Any, context: Any) -> Any:
    raise Conflict(f"no {event}")


@tasks.lambda_function(name="exit_at_once")
def exit_at_once(event: Any, context: Any) -> Any:
    os._exit(3)


@tasks.lambda_function(name="hang")
def hang(event: Any, context: Any) -> Any:
    threading.Event().wait()


@tasks.lambda_function(name="who_am_i")
def who_am_i(event: Any, context: Any) -> Any:
    endpoint = os.environ["CONSOLEME_AWS_ENDPOINT_URL"]  # noqa: TID251 shows what a function is given
    return boto3.client("sts", endpoint_url=endpoint).get_caller_identity()["Arn"]


@tasks.lambda_function(name="keep_token")
def keep_token(event: Any, context: Any) -> Any:
    draft = Path(event["file"] + ".draft")
    draft.write_text(event["token"])
    draft.rename(event["file"])


@tasks.schedule(Rate(1, unit=Rate.MINUTES), name="heartbeat")
def heartbeat(event: Any) -> Any:
    return event.to_dict()


@tasks.schedule(Cron(0, 3, "*", "*", "?", "*"), name="nightly")
def nightly(event: Any) -> Any:
    return event.to_dict()


@tasks.on_sqs_message(queue="sample.fifo", batch_size=5, name="consume")
def consume(event: Any) -> Any:
    """A body that begins with `bad` fails alone; one that begins with `explode` fails the batch."""
    records = event.to_dict()["Records"]
    if any(record["body"].startswith("explode") for record in records):
        raise Conflict("exploded")
    failed = [record["messageId"] for record in records if record["body"].startswith("bad")]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


routes = Blueprint(__name__)


@routes.route("/api/echo", methods=["GET", "POST"])
def echo_request() -> Any:
    request: Any = routes.current_request
    return request.to_original_event()


@routes.route("/api/things/{name}")
def thing(name: str) -> Any:
    return {"name": name}


@routes.route("/api/deep/{path+}")
def deep() -> Any:
    request: Any = routes.current_request
    return request.uri_params


@routes.route("/cookies")
def cookies() -> Response:
    return Response(body={"ok": True}, headers={"Set-Cookie": ["a=1; Path=/", "b=2; Path=/"]}, status_code=201)


@routes.route("/broken")
def broken() -> Any:
    os._exit(1)


app = Chalice("sample", configure_logs=False)
app.register_blueprint(tasks)
app.register_blueprint(routes)

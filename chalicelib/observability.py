"""Logs and metrics over Powertools: one logger, one metrics namespace, no secrets in either."""

import logging

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

__all__ = ["MetricUnit", "logger", "metrics", "quiet_libraries"]

logger = Logger(service="consoleme", log_uncaught_exceptions=False)
metrics = Metrics(namespace="ConsoleMe", service="consoleme")


def quiet_libraries() -> None:
    """Libraries that log whole requests at DEBUG or INFO would log credentials; they speak from WARNING up."""
    for name in ("botocore", "boto3", "urllib3", "pynamodb"):
        logging.getLogger(name).setLevel(logging.WARNING)

"""Logs and metrics over Powertools: one logger, one metrics namespace, no secrets in either."""

import logging

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit, single_metric

__all__ = ["MetricUnit", "gauge", "logger", "metrics", "quiet_libraries"]

logger = Logger(service="consoleme", log_uncaught_exceptions=False)
metrics = Metrics(namespace="ConsoleMe", service="consoleme")


def quiet_libraries() -> None:
    """Libraries that log whole requests at DEBUG or INFO would log credentials; they speak from WARNING up."""
    for name in ("botocore", "boto3", "urllib3", "pynamodb"):
        logging.getLogger(name).setLevel(logging.WARNING)


def gauge(name: str, value: float, unit: MetricUnit, **dimensions: str) -> None:
    """One number with dimensions of its own, told at once: for a function that measures many things."""
    with single_metric(
        name=name,
        unit=unit,
        value=value,
        namespace=metrics.namespace,
        default_dimensions={"service": str(metrics.service)},
    ) as metric:
        for dimension, said in dimensions.items():
            metric.add_dimension(name=dimension, value=said)

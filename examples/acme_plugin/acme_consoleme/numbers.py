"""Counts of what the product does, since this process began. A real company would send them on."""

from collections import Counter

from chalicelib.core.hooks import MetricSample

counted: Counter[str] = Counter()


def count(sample: MetricSample) -> None:
    labels = ",".join(f"{name}={value}" for name, value in sorted(sample.dimensions.items()))
    counted[f"{sample.name}{{{labels}}}"] += int(sample.value)

"""Benchmarks: `python -m bench [--quick]`. They print tables; nothing here is asserted by time."""

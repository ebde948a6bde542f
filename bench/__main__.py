"""Prints the tables of `make bench`."""

import argparse
import sys
from collections.abc import Sequence

from bench import imports, refresh, rights, search
from bench.ground import ground
from bench.interpreters import ROOT
from bench.request_list import RequestPages
from bench.requests import Amount, Requests
from infra.local.declared import load

FULL = Amount(processes=5, calls=200, large_calls=30)
QUICK = Amount(processes=1, calls=3, large_calls=0)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Prints the benchmark tables.")
    parser.add_argument("--quick", action="store_true", help="everything once: shows that it works, measures little")
    amount = QUICK if parser.parse_args(arguments).quick else FULL
    declared = load(ROOT)
    with ground(declared) as prepared:
        _show(imports.table(declared, prepared.environment, amount.processes).text())
        requests = Requests(prepared, amount)
        for table in (requests.first, requests.warm, requests.map_update):
            _show(table().text())
        _show(rights.table(prepared, requests, amount).text())
        pages = RequestPages(prepared, requests, amount, 20 if amount is QUICK else 10_000)
        _show(pages.listed().text())
        _show(pages.submitted().text())
    _show(refresh.account_table(20 if amount is QUICK else 2_000).text())
    organisation = (3, 5, (5,)) if amount is QUICK else (1_000, 50, (50, 500, 2_000, 10_000))
    _show(refresh.organisation_table(*organisation).text())
    for size in (1_000,) if amount is QUICK else (100_000, 1_000_000):
        _show(search.table(size).text())
    return 0


def _show(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())

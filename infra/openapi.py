"""Writes web/openapi.json, from which the page's types are generated: `python -m infra.openapi`. With --check, compares only."""

import argparse
import json
import sys
from pathlib import Path

from chalicelib import api
from chalicelib.wire.api import Api
from chalicelib.wire.mount import blueprints
from chalicelib.wire.openapi import openapi

TARGET = Path(__file__).parents[1] / "web" / "openapi.json"


def text() -> str:
    mounted = [blueprint for blueprint in blueprints(api) if isinstance(blueprint, Api)]
    operations = [operation for blueprint in mounted for operation in blueprint.operations]
    return json.dumps(openapi(operations, title="ConsoleMe Serverless", version="1"), indent=2, sort_keys=True) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the file is not what the routes say")
    check = parser.parse_args().check
    if check:
        if TARGET.read_text(encoding="utf-8") == text():
            return 0
        print("web/openapi.json is not what the routes say: run `make openapi`.", file=sys.stderr)
        return 1
    TARGET.write_text(text(), encoding="utf-8")
    print(f"{TARGET.name} written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

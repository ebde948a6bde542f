"""Writes docs/spoke-read-policy.json, the policy of the role that reads everywhere: `python -m infra.spoke_policy` (--check compares)."""

import argparse
import json
import sys
from pathlib import Path

from chalicelib.inventory.spoke_actions import read_policy

TARGET = Path(__file__).parents[1] / "docs" / "spoke-read-policy.json"


def text() -> str:
    return json.dumps(read_policy(), indent=2) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the file is not what the modules say")
    if parser.parse_args().check:
        if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text():
            return 0
        print(f"docs/{TARGET.name} is not what the types of resources say: run `make docs`.", file=sys.stderr)
        return 1
    TARGET.write_text(text(), encoding="utf-8")
    print(f"{TARGET.name} written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

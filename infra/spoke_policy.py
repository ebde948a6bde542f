"""Writes the policies of the two spoke roles, docs/spoke-*-policy.json: `python -m infra.spoke_policy` (--check compares)."""

import argparse
import json
import sys
from pathlib import Path

from chalicelib.changes.spoke_actions import apply_policy, read_policy

_DOCS = Path(__file__).parents[1] / "docs"


def texts() -> dict[Path, str]:
    """Each file and what is to be in it."""
    policies = {"spoke-read-policy.json": read_policy(), "spoke-apply-policy.json": apply_policy()}
    return {_DOCS / name: json.dumps(policy, indent=2) + "\n" for name, policy in policies.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when a file is not what the modules say")
    checking = parser.parse_args().check
    for path, text in texts().items():
        if not checking:
            path.write_text(text, encoding="utf-8")
            print(f"{path.name} written.")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            print(f"docs/{path.name} is not what the types say: run `make docs`.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

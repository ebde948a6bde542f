"""In a fresh interpreter: how long importing the named modules takes, and what it loads."""

import sys
import time

before = frozenset(sys.modules)
began = time.perf_counter()
for _name in sys.argv[1:]:
    __import__(_name)
seconds = time.perf_counter() - began
news = frozenset(sys.modules) - before

if __name__ == "__main__":
    import json

    heavy = ("boto3", "botocore.session", "pynamodb", "cryptography", "jwt", "pluggy", "yaml")
    print(json.dumps({"seconds": seconds, "modules": len(news), "heavy": [name for name in heavy if name in news]}))

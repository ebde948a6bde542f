#!/usr/bin/env bash
# Chromium for the browser tests: the machine's own, or Debian's package where apt allows.
set -euo pipefail
command -v chromium >/dev/null 2>&1 && exit 0
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
  echo "The browser tests need Chromium on the PATH (Debian: apt-get install chromium)." >&2
  exit 1
fi
echo "Installing Chromium..."
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null

#!/bin/bash
# The demo and forty cohorts on a real Slurm, through a bad night; as root on Debian,
# elsewhere nothing is checked, and that is said. `make test-cluster` compares every one of
# them, and has more faults, one at a time: too long for every change.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "not checked: a Slurm can only be brought up by root, with Debian's packages"
  exit 0
fi
EVERY=${EVERY:-8} make test-cluster TESTS="tests/cluster/test_cluster_batch.py"

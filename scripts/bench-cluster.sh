#!/usr/bin/env bash
# Latency over shards, on a cluster in this machine. Arguments are those of Benchmarks/Cluster/bench_cluster.py.
set -euo pipefail
cd "$(dirname "$0")/.."
exec scripts/test-cluster.sh Benchmarks/Cluster/bench_cluster.py "$@"

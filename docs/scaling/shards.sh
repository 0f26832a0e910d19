#!/bin/sh
# Judges a snapshot by several processes on this machine:
#
#   shards.sh SNAPSHOT N [flags of "nscheck result merge"…]
#
# What chooses rules and parameters stands in nscheck.yaml and NSCHECK_POLICY,
# which both commands read. The exit status is that of the merged result.
set -eu
snapshot=$1 n=$2
shift 2
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

pids=
i=1
while [ "$i" -le "$n" ]; do
	nscheck eval "$snapshot" --shard "$i/$n" --parallel 1 --quiet -o "$parts/part-$i.nsresult.zst" &
	pids="$pids $!"
	i=$((i + 1))
done
failed=0
for pid in $pids; do
	wait "$pid" || failed=$?
done
[ "$failed" -eq 0 ] || exit "$failed"

nscheck result merge "$parts"/part-*.nsresult.zst "$@"

#!/bin/sh
# The first ring: format, types, unused code, unit and case tests, reference. About a minute.
set -eu
cd "$(dirname "$0")/.."
biome check .
for project in pure node test; do
  tsc -p "tsconfig.$project.json" &
  pids="${pids:-} $!"
done
for pid in $pids; do wait "$pid"; done
knip
node scripts/reference.ts --check
vitest run --project unit

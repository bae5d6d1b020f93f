#!/bin/bash
# The programs that our exports are made for open them: QIIME 2, phyloseq, MultiQC, the
# validator of RO-Crates.
# Usage: bash .ci/clients.sh [FOLDER WITH results/ OF THE DEMO]
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$PWD/.venv/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
demo=${1:-$scratch/demo}
if [ ! -d "$demo/results" ]; then
  mkdir -p "$demo"
  (cd "$demo" && "$bin/tryptome" run)
fi

# MultiQC and the validator ask for other versions than the workflow does.
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --require-hashes -r requirements/clients.txt

"$bin/python" .ci/clients/hostile.py "$scratch/hostile"
(cd "$scratch/hostile" && "$bin/tryptome" run config.yaml > run.log 2>&1) ||
  { cat "$scratch/hostile/run.log"; exit 1; }

# The same configuration again, in a folder of its own, gives the same files.
"$bin/tryptome" verify "$scratch/hostile/results"

"$bin/python" .ci/clients/debian.py "$scratch/hostile/results" "$scratch"
"$bin/python" .ci/clients/exports_page.py "$scratch/hostile" hostile "$scratch"
for results in "$demo/results" "$scratch/hostile/results"; do
  "$bin/python" .ci/clients/multiqc.py "$results" "$scratch"
  "$bin/python" .ci/clients/crate.py "$results" "$scratch"
done

# A study that was run again has a crate of its own, with its verdicts.
"$bin/tryptome" reproduce david2014 --directory "$scratch" > "$scratch/reproduce.log" 2>&1 ||
  { cat "$scratch/reproduce.log"; exit 1; }
"$bin/python" .ci/clients/crate.py "$scratch/results/studies/david2014/results" "$scratch"

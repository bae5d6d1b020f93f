#!/bin/bash
# The documentation: its site is built without a warning, and its tutorial prints what it shows.
# Give the folder of a run of the demo.
set -euo pipefail
cd "$(dirname "$0")/.."
make docs
# Nothing is fetched from elsewhere.
if grep -rlE "<(script|link|img|iframe)[^>]+(src|href)=.?https?://" site --include=*.html; then exit 1; fi
.venv/bin/python maintain/examples.py docs/tutorial.md --done "$1"
.venv/bin/python maintain/examples.py docs/how-to/own-genomes.md
